"""What a verb that was interrupted has changed by then, where it does not say so itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_mvt.errors import UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_mvt.api.repo import Repo

__all__ = ["accounted"]


@contextmanager
def accounted(opened: Sequence[Repo]) -> Iterator[None]:
    """Say of an interrupt in the block what the log tells, unless what is in it has said more.

    Parameters
    ----------
    opened
        The repositories that the block opens, each for itself alone; without any, nothing is said.
    """
    try:
        yield
    except KeyboardInterrupt as interrupt:
        if opened and not getattr(interrupt, "__notes__", ()):
            from jupyter_mvt.store import oplog

            number = max(oplog.appended(repo._handle.store) for repo in opened)
            done = f"Interrupted, but operation {number} had been recorded by then."
            interrupt.add_note(done if number else UNCHANGED)
        raise
