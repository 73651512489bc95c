"""A run of a cell, as a kernel remembers it.

On its own, because it is all that a session needs until the first commit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["CellRun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRun:
    """One run of a cell with its text; see `objects.code.Cell`."""

    order: int
    source: str
    cell_id: str = ""
    seconds: float = 0.0
    ok: bool = True
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    made: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    rng: tuple[tuple[str, bytes], ...] = ()
    """Generator and its state before the run."""
    failed_at: int = 0
