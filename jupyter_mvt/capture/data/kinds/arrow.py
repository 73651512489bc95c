"""Tables, batches and arrays of Arrow."""

from __future__ import annotations

from typing import Any

from jupyter_mvt.capture.data.columns import arrow_strip
from jupyter_mvt.capture.data.kind import Table

__all__ = ["KIND", "ArrowKind", "from_arrow"]


class ArrowKind:
    """Whatever pyarrow holds in memory."""

    name = "arrow"
    match: tuple[str, ...] = (
        "pyarrow.Table",
        "pyarrow.RecordBatch",
        "pyarrow.ChunkedArray",
        "pyarrow.Array",
    )

    def table(self, obj: Any) -> Table:
        """Return the columns."""
        if hasattr(obj, "column_names") or hasattr(obj, "num_columns"):
            return from_arrow(obj, "arrow", obj.nbytes)
        strip = arrow_strip("", obj)
        return Table(kind="arrow", rows=strip.rows, strips=(strip,), nbytes=int(obj.nbytes))


def from_arrow(table: Any, kind: str, nbytes: int) -> Table:
    """Return an Arrow table or batch as columns."""
    pairs = zip(table.schema.names, table.columns, strict=True)
    strips = tuple(arrow_strip(name, column) for name, column in pairs)
    return Table(kind=kind, rows=table.num_rows, strips=strips, nbytes=int(nbytes))


KIND = ArrowKind()
