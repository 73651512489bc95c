"""What the sidebar asks of a kernel: a verb as words in, plain data out, never an exception.

The panel sends calls of these functions by ``user_expressions`` of a silent request, its words as
JSON literals, so nothing of it is a cell, and nothing of it is ever pasted into code.
"""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

from jupyter_mvt.api.kernel import attached
from jupyter_mvt.errors import MvtError, UsageError
from jupyter_mvt.magics.progress import Sidebar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MIME", "Told", "glance", "restore", "run"]

MIME = "application/vnd.jupyter-mvt.told+json"


class Told:
    """An answer that travels as JSON beside the reply."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {MIME: self.data, "text/plain": ""}


def run(words: list[str]) -> Told:
    """Run ``%mvt`` with `words`; loads the extension first where it is not."""
    return _told(lambda: _magic(words))


def restore(revision: str, name: str) -> Told:
    """Bind what a version holds to `name`, beside the user's own names."""

    def bind() -> Any:
        if not name.isidentifier():
            msg = f"{name[:40]!r} cannot name a variable."
            raise UsageError(msg, hint="old = %mvt checkout v3")
        shell = _shell()
        if name in shell.user_ns:
            msg = f"There is already a variable {name}."
            raise UsageError(
                msg, hint=f"{name}_2 = %mvt checkout {revision}", code="variable-taken"
            )
        found = _magic(["checkout", revision])
        shell.user_ns[name] = found
        return found

    return _told(bind)


def glance() -> Told:
    """Tell what would be committed, in a word: for the status bar, when a cell has run."""

    def look() -> Any:
        from jupyter_mvt.api.discover import open_

        kernel = attached()
        if kernel is None:
            return None
        return open_(".").status()

    return _told(look)


def _shell() -> Any:
    shell = get_ipython()
    if shell is None:
        msg = "There is no IPython kernel here."
        raise UsageError(
            msg, hint="in a notebook with a Python kernel: mvt status", code="no-kernel"
        )
    return shell


def _magic(words: list[str]) -> Any:
    shell = _shell()
    shell.extension_manager.load_extension("jupyter_mvt")
    with _beside():
        return shell.run_line_magic("mvt", shlex.join(words))


@contextmanager
def _beside() -> Iterator[None]:
    """Show in the sidebar how far long work is: there is no cell to show it in."""
    from jupyter_mvt.views.progress import Meter

    kernel = attached()
    if kernel is None:
        yield
        return
    before, kernel.progress = kernel.progress, Meter(Sidebar())
    try:
        yield
    finally:
        kernel.progress = before


def _told(act: Callable[[], Any]) -> Told:
    from jupyter_mvt.views.register import drawing_of

    try:
        value = act()
    except MvtError as error:
        _, *hints = error.lines("%mvt")
        hint = hints[0].removeprefix("Hint: ") if hints else ""
        return Told({"ok": False, "code": error.code, "message": error.message, "hint": hint})
    drawing = drawing_of(value)
    view = None if drawing is None else drawing.payload(value)
    return Told({"ok": True, "view": view, "changed": getattr(value, "changed", None)})
