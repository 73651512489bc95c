"""The one line that a version says which was made by itself, or by the end of a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.api.watching import after_cell
from jupyter_mvt.errors import MvtError, RepositoryError
from jupyter_mvt.magics.magic import NotebookDesk
from jupyter_mvt.views.commit import as_line

if TYPE_CHECKING:
    from jupyter_mvt.api.kernel import Kernel
    from jupyter_mvt.api.repo import Repo

__all__ = ["commit_quietly", "told"]


def told(kernel: Kernel) -> list[str]:
    """Return a line for each version that the cell's recordings made, once."""
    results, kernel.untold[:] = tuple(kernel.untold), ()
    return [
        f"mvt: {as_line(result)}" if result.created
        else f"mvt: nothing changed since {result.version.name}"
        for result in results
    ]  # fmt: skip


def commit_quietly(kernel: Kernel, *, ok: bool, last: bool = False) -> str | None:
    """Make a version if a cell trained a model; return the line to show, if any.

    `last` tells that the session ends.
    """
    desk = NotebookDesk(kernel)

    def repo() -> Repo:
        try:
            return desk.repo()
        except RepositoryError as error:
            if error.code != "not-a-repository":
                raise
        desk.init(".")
        return desk.repo()

    try:
        found = after_cell(kernel, repo, ok=ok, last=last)
    except Exception as error:
        # The kernel must not suffer: it stops, and says so once.
        kernel.watch.on = False
        return f"mvt: watching stopped after an error of its own ({error!r})."
    if found is None:
        return None
    if isinstance(found, MvtError):
        return "mvt: no automatic version. " + " ".join(found.lines("%mvt"))
    return f"mvt: {as_line(found)}"
