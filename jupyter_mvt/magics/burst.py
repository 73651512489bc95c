"""The last model of a burst of trainings, kept when the burst is over and no further cell comes."""

from __future__ import annotations

import asyncio
import atexit
from typing import TYPE_CHECKING

from jupyter_mvt.api.watching import due_in
from jupyter_mvt.magics.automatic import commit_quietly

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.api.kernel import Kernel

__all__ = ["Burst"]


class Burst:
    """Commits what `%mvt watch` put off, in the kernel's own loop, between cells.

    The loop runs in the thread that runs cells, so no line of the user's runs meanwhile. A terminal
    has no loop between two lines: there the next line brings it in, or the end of the session.

    Parameters
    ----------
    kernel
        The live session.
    say
        Shows a line below the newest cell.
    """

    def __init__(self, kernel: Kernel, say: Callable[[str | None], None]) -> None:
        self._kernel = kernel
        self._say = say
        self._timer: asyncio.TimerHandle | None = None
        self._registered = False
        self._running = False

    def busy(self) -> None:
        """Note that a cell starts: its end looks at what is waiting."""
        self._running = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def free(self) -> None:
        """Note that a cell ended."""
        self._running = False
        seconds = due_in(self._kernel)
        if seconds is None:
            return
        if not self._registered:
            self._registered = True
            atexit.register(self.close)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._timer = loop.call_later(seconds, self._due)

    def close(self) -> None:
        """Keep what is still waiting: the session ends."""
        atexit.unregister(self.close)
        self.busy()
        if due_in(self._kernel) is not None:
            commit_quietly(self._kernel, ok=True, last=True)

    def _due(self) -> None:
        self._timer = None
        if self._running:  # a cell that awaits
            return
        try:
            self._say(commit_quietly(self._kernel, ok=True))
        except KeyboardInterrupt:
            self._say("mvt: interrupted; what was trained last is kept after the next cell.")
