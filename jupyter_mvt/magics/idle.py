"""Packing while nobody waits: in a thread of low priority, paused as soon as a cell starts."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mvt.errors import MvtError

if TYPE_CHECKING:
    from jupyter_mvt.api.kernel import Kernel

__all__ = ["IDLE", "Idle"]

IDLE = 60.0
"""Seconds without a cell before anything is done."""
_RESUME = 3.0
_GOODBYE = 0.3
_NICEST = 19


class _Closed(BaseException):
    """The kernel ends; what was being written is forgotten."""


class Idle:
    """Packs the repositories that a kernel works with; `busy` and `free` are its cell events.

    Its thread is a daemon with a store of its own: it shares nothing with the session but the
    files, so it can be killed at any moment.
    """

    def __init__(self, kernel: Kernel, after: float = IDLE) -> None:
        self._kernel = kernel
        self._after = after
        self._thread: threading.Thread | None = None
        self._quiet = threading.Event()
        self._cell = threading.Event()
        self._closed = False

    def busy(self) -> None:
        """Note that a cell starts."""
        self._quiet.clear()
        self._cell.set()

    def free(self) -> None:
        """Note that a cell ended."""
        if self._thread is None and self._kernel.sessions and not self._closed:
            self._thread = threading.Thread(
                target=self._work, name="packing when idle", daemon=True
            )
            self._thread.start()
            atexit.register(self.close)
        self._quiet.set()

    def close(self) -> None:
        """End; waits only a moment for the file that is being written to be taken away."""
        self._closed = True
        self._cell.set()
        self._quiet.set()
        atexit.unregister(self.close)
        if self._thread is not None:
            self._thread.join(_GOODBYE)

    def _work(self) -> None:
        _be_nice()
        with suppress(_Closed):
            while True:
                self._wait(self._after)
                for root in list(self._kernel.sessions):
                    self._pack(str(root.parent))
                self._cell.wait()  # nothing changes until one has run

    def _pack(self, folder: str) -> None:
        from jupyter_mvt.api.idle import tidy

        # Whatever is the matter with the repository, the next command tells whoever asks.
        with suppress(MvtError, OSError, MemoryError):
            tidy(folder, self._kernel.identity, self._stop)

    def _stop(self) -> bool:
        """Wait while a cell runs, and for a moment after it."""
        if self._closed:
            raise _Closed
        if not self._quiet.is_set():
            self._wait(_RESUME)
        return False

    def _wait(self, seconds: float) -> None:
        """Wait until no cell has run for so long."""
        while True:
            self._quiet.wait()
            self._cell.clear()
            disturbed = self._cell.wait(seconds)
            if self._closed:
                raise _Closed
            if not disturbed and self._quiet.is_set():
                return


def _be_nice() -> None:
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICEST)
