"""Which cells of two tables differ: rows and columns are paired by their titles, then by order."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.objects.output import Grid

__all__ = ["CellEdit", "Marks", "Place", "marks"]

Place: TypeAlias = tuple[int, int]
"""Row, counted from the first one below the titles, and column."""

Line: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEdit:
    """One cell that is on both sides with another text."""

    row: str
    column: str
    base: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Cells that differ: places on each side, and those that are on both, in order."""

    base: tuple[Place, ...]
    other: tuple[Place, ...]
    edits: tuple[CellEdit, ...]


def marks(base: Grid, other: Grid) -> Marks:
    """Return which cells of two tables differ; titles themselves are not marked.

    Columns are paired by titles, rows by labels where each names one row, else by their texts.
    What has no partner is marked whole.
    """
    columns = _pairs(_titles(base), _titles(other))
    rows = _pairs(_names(base, columns, 0), _names(other, columns, 1))
    left = {(i, j) for i, row in enumerate(base.rows) for j in range(len(row))}
    right = {(i, j) for i, row in enumerate(other.rows) for j in range(len(row))}
    edits = []
    for i, k in rows:
        for j, n in columns:
            if _same(base.rows[i][j], other.rows[k][n]):
                left.discard((i, j))
                right.discard((k, n))
            else:
                edits.append(_edit(base, other, (i, j), (k, n)))
    return Marks(base=tuple(sorted(left)), other=tuple(sorted(right)), edits=tuple(edits))


def _same(base: str, other: str) -> bool:
    if base == other:
        return True
    # 1.0 becomes 1.00 when another number of its column needs two digits.
    try:
        return float(base.replace("−", "-")) == float(other.replace("−", "-"))
    except ValueError:
        return False


def _edit(base: Grid, other: Grid, old: Place, new: Place) -> CellEdit:
    (i, j), (k, n) = old, new
    row = " ".join(filter(None, other.rows[k][: other.labels])) or str(k + 1)
    title = _titles(other)[n]
    column = " ".join(dict.fromkeys(filter(None, title))) or str(n + 1)
    return CellEdit(row=row, column=column, base=base.rows[i][j], other=other.rows[k][n])


def _titles(grid: Grid) -> list[Line]:
    if grid.head:
        return list(zip(*grid.head, strict=True))
    return [(str(j),) for j in range(len(grid.rows[0]) if grid.rows else 0)]


def _names(grid: Grid, columns: Sequence[Place], side: int) -> list[Line]:
    """Return what a row goes by."""
    labels = [row[: grid.labels] for row in grid.rows]
    if grid.labels and len(set(labels)) == len(labels):
        return labels
    shared = [pair[side] for pair in columns]
    return [tuple(row[j] for j in shared) for row in grid.rows]


def _pairs(base: Sequence[Line], other: Sequence[Line]) -> list[Place]:
    found: list[Place] = []
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    for _, a1, a2, b1, b2 in matcher.get_opcodes():
        found += zip(range(a1, a2), range(b1, b2), strict=False)
    return found
