"""The result of a SQL query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.display import Displayable

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["SqlResult"]


@dataclass(frozen=True, slots=True, eq=False)
class SqlResult(Displayable):
    """Rows of a query, held as one Arrow table.

    Attributes
    ----------
    table
        The rows.
    statement
        What was asked.
    """

    table: pa.Table
    statement: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order; they need not be unique."""
        return tuple(self.table.column_names)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        return f"SqlResult({len(self)} rows: {', '.join(self.columns)})"

    def arrow(self) -> pa.Table:
        """Return the rows as an Arrow table, without a copy."""
        return self.table

    def df(self) -> pd.DataFrame:
        """Return the rows as a pandas frame."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def pl(self) -> pl.DataFrame:
        """Return the rows as a polars frame (polars must be installed)."""
        import polars

        frame = polars.from_arrow(self.table)
        assert isinstance(frame, polars.DataFrame)
        return frame

    def rows(self, limit: int | None = None) -> list[tuple[Any, ...]]:
        """Return the first `limit` rows, or all, as tuples of Python values."""
        table = self.table if limit is None else self.table.slice(0, limit)
        if not table.num_columns:
            return []
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return ``{"columns": […], "rows": [[…], …]}`` in plain values."""
        return {
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows()],
        }
