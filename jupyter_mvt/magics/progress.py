"""Progress in a notebook: one output that is updated in place and emptied at the end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from jupyter_mvt.objects.progress import SILENT, Progress

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["Notebook", "Shown"]


class Shown:
    """A `Progress` that finds out at the first work where it can be shown."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._shown: Progress | None = None

    def start(self, what: str, total: int) -> None:
        """See `Progress.start`."""
        if self._shown is None:
            self._shown = _progress(self._shell)
        self._shown.start(what, total)

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
    """A `views.progress.Surface`: an output of the cell. What is saved of it holds nothing."""

    def __init__(self) -> None:
        self._output: Any = None

    def show(self, line: str) -> None:
        """See `Surface.show`."""
        from IPython.display import display

        data = {"text/plain": line}
        if self._output is None:
            self._output = display(data, raw=True, display_id=True)
        else:
            self._output.update(data, raw=True)

    def clear(self) -> None:
        """See `Surface.clear`."""
        if self._output is not None:
            self._output.update({}, raw=True)
            self._output = None
