"""Progress in a notebook: one output, updated in place, that at the end says what was done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from jupyter_mvt.objects.progress import BYTES, SILENT, Progress

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_mvt.views.wire import Progress as State

__all__ = ["MIME", "Notebook", "Shown", "Sidebar"]

MIME = "application/vnd.jupyter-mvt.progress+json"


class Shown:
    """A `Progress` that finds out at the first work where it can be shown."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._shown: Progress | None = None

    def start(self, what: str, total: int, unit: str = BYTES) -> None:
        """See `Progress.start`."""
        if self._shown is None:
            self._shown = _progress(self._shell)
        self._shown.start(what, total, unit)

    def advance(self, nbytes: int) -> None:
        """See `Progress.advance`."""
        if self._shown is not None:
            self._shown.advance(nbytes)

    def finish(self) -> None:
        """See `Progress.finish`."""
        if self._shown is not None:
            self._shown.finish()


def _progress(shell: InteractiveShell) -> Progress:
    # Imported with the first work: the extension is loaded long before, and has to be quick.
    from jupyter_mvt.views.progress import Meter, Terminal

    if getattr(shell, "kernel", None) is not None:
        return Meter(Notebook())
    if sys.stderr is not None and sys.stderr.isatty():
        return Meter(Terminal(sys.stderr))
    return SILENT


class Notebook:
    """A `views.progress.Surface`: an output of the cell. An output cannot be taken back alone."""

    def __init__(self) -> None:
        self._output: Any = None

    def show(self, told: State) -> None:
        """See `Surface.show`."""
        from jupyter_mvt.views.progress import line

        self._say(line(told))

    def end(self, said: str) -> None:
        """See `Surface.end`."""
        self._say(said)
        self._output = None

    def _say(self, said: str) -> None:
        from IPython.display import display

        data = {"text/plain": said}
        if self._output is None:
            self._output = display(data, raw=True, display_id=True)
        else:
            self._output.update(data, raw=True)


class Sidebar:
    """A `views.progress.Surface`: the answer to a request of the panel, which is no cell."""

    def show(self, told: State) -> None:
        """See `Surface.show`."""
        from IPython.display import display

        display({MIME: told}, raw=True)

    def end(self, said: str) -> None:
        """See `Surface.end`: the panel is told by the answer itself."""
