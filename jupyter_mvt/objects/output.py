"""What a version's cells showed: figures as they were, tables as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from jupyter_mvt.objects.encode import decode_as
from jupyter_mvt.objects.ids import ObjectId

__all__ = [
    "FIGURES",
    "MOST_COLUMNS",
    "MOST_OUTPUTS",
    "MOST_ROWS",
    "TABLE",
    "Grid",
    "Kind",
    "Output",
    "read_grid",
]

Kind: TypeAlias = Literal["figure", "table"]

FIGURES = ("image/png", "image/jpeg", "image/svg+xml")
"""What a figure may be; of several forms the first is kept."""

TABLE = "application/vnd.jupyter-mvt-table+json"
"""What a table is stored as: an encoded `Grid`."""

MOST_OUTPUTS = 24
"""So many a version keeps."""

MOST_ROWS, MOST_COLUMNS = 200, 50
"""Of one table, rows of titles not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A figure or table that a cell showed.

    Attributes
    ----------
    kind
        ``"figure"`` or ``"table"``.
    mime
        Of the stored bytes: one of `FIGURES`, or `TABLE`.
    body
        Object id of the bytes.
    nbytes
        How many they are.
    cell
        Execution number of the cell within its session; see `objects.code.Cell`.
    cell_id
        The notebook's own id of the cell, if the front end told it.
    width, height
        Pixels of a figure, columns and rows of a table; 0 where that is not known.
    title
        The caption, where it has one.
    """

    kind: Kind
    mime: str
    body: ObjectId
    nbytes: int
    cell: int
    cell_id: str = ""
    width: int = 0
    height: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table as text.

    Attributes
    ----------
    head
        Rows of column titles.
    rows
        All other rows, each as long as those of `head`.
    labels
        How many columns at the left name the rows.
    """

    head: tuple[tuple[str, ...], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    labels: int = 0


def read_grid(body: bytes) -> Grid:
    """Return a stored table, with every row as long as the longest and no more than is kept.

    Raises
    ------
    CorruptionError
        The bytes are no table (code ``corrupt-encoding``).
    """
    found = decode_as(body, Grid)
    lines = (*found.head, *found.rows)
    width = min(max(map(len, lines), default=0), MOST_COLUMNS)

    def even(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        return tuple((*row[:width], *[""] * (width - len(row))) for row in rows[:MOST_ROWS])

    labels = max(0, min(found.labels, width))
    return Grid(head=even(found.head), rows=even(found.rows), labels=labels)
