"""The magic itself: words in, a value out, errors as two lines."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from jupyter_mvt.errors import (
    UNTOUCHED,
    InterruptedWorkError,
    UsageError,
    if_interrupted,
    interrupted,
)

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_mvt.api.kernel import Kernel
    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.store.backend import Durability

__all__ = ["MvtMagics", "NotebookDesk", "words"]


class NotebookDesk:
    """The repository at or above the working directory, and this kernel."""

    def __init__(self, kernel: Kernel | None) -> None:
        self.kernel = kernel

    def repo(self) -> Repo:
        """Return the repository at hand; `RepositoryError` when there is none."""
        with if_interrupted(UNTOUCHED):
            from jupyter_mvt.api.discover import open_
        return open_(".")

    def init(self, path: str, durability: Durability = "full") -> Any:
        """Make a repository in folder `path`."""
        with if_interrupted(UNTOUCHED):
            from jupyter_mvt.api.discover import initialise
        return initialise(path, durability=durability)


@magics_class
class MvtMagics(Magics):
    """``%mvt VERB …``, ``%%mvt commit``, ``%%mvt sql``."""

    def __init__(self, shell: InteractiveShell, kernel: Kernel) -> None:
        super().__init__(shell)
        self._desk = NotebookDesk(kernel)
        self._run_cell = shell.run_cell
        self._awaits = shell.should_run_async
        self._transform = shell.transform_cell

    @no_var_expand
    @line_cell_magic
    def mvt(self, line: str, cell: str | None = None) -> Any:
        """Git for ML models; ``%mvt help`` tells the verbs."""
        given = words(line)
        if cell is not None:
            given = self._with_cell(given, cell)
        try:
            with if_interrupted(UNTOUCHED):
                # The verbs are imported when the first is used, not when the extension is loaded.
                from jupyter_mvt.commands.command import carry_out, parse

                command, args = parse(given)
            return carry_out(command, self._desk, args)
        except KeyboardInterrupt as interrupt:
            raise InterruptedWorkError(interrupted(interrupt)) from None

    def _with_cell(self, given: list[str], cell: str) -> list[str]:
        verb = given[0] if given else ""
        if verb == "sql":
            return [*given, cell]
        if verb != "commit":
            msg = f"%%mvt {verb or 'VERB'} takes no cell."
            raise UsageError(msg, hint="mvt help")
        from jupyter_mvt.commands.command import parse

        parse(given)
        if _loop_runs() and self._awaits(cell, transformed_cell=self._transform(cell)):
            msg = "A cell that awaits cannot be run inside of another."
            hint = "run it without its first line, then in the next cell: mvt commit"
            raise UsageError(msg, code="cell-awaits", hint=hint)
        result = self._run_cell(cell)
        if not result.success:
            msg = "The cell failed, so nothing was committed."
            raise UsageError(
                msg,
                code="cell-failed",
                hint="mend the cell and run it again, or keep what is there: mvt commit",
            )
        return given


def _loop_runs() -> bool:
    """Tell whether this is within a running event loop, as in a kernel."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def words(line: str) -> list[str]:
    """Split a line as a shell would, without its comment.

    Raises
    ------
    UsageError
        A quote is not closed (code ``usage``).
    """
    try:
        return shlex.split(line, comments=True)
    except ValueError as error:
        msg = f"The line cannot be split into words: {str(error).lower()}."
        raise UsageError(msg, hint='%mvt commit -m "a message in quotes"') from error
