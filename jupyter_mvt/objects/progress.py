"""How far a long piece of work is: told by what does it, shown by whoever wants to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

__all__ = ["BYTES", "SILENT", "Progress", "Silent", "told"]

BYTES = "bytes"
"""What is counted unless something else is said, such as "versions"."""


class Progress(Protocol):
    """Is told how far work is; shows it, or does not.

    It is called from the thread that does the work, often, and so has to be quick. What it
    raises ends the work, as an interrupt would: nothing half done is left.
    """

    def start(self, what: str, total: int, unit: str = BYTES) -> None:
        """Begin with `what` (a participle, "Committing") of `total` bytes, or of so many `unit`."""
        ...

    def advance(self, nbytes: int) -> None:
        """Count so many bytes, or whatever the unit is, as done."""
        ...

    def finish(self) -> None:
        """End what was begun, however it ended."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, what: str, total: int, unit: str = BYTES) -> None:
        """See `Progress.start`."""

    def advance(self, nbytes: int) -> None:
        """See `Progress.advance`."""

    def finish(self) -> None:
        """See `Progress.finish`."""


SILENT: Progress = Silent()


@contextmanager
def told(progress: Progress, what: str, total: int, unit: str = BYTES) -> Iterator[None]:
    """Tell `progress` of the work inside the block."""
    progress.start(what, total, unit)
    try:
        yield
    finally:
        progress.finish()
