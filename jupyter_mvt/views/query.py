"""The rows of a query as a table."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jupyter_mvt.views import escape, format, parts, wire
from jupyter_mvt.views.tables import column

if TYPE_CHECKING:
    from jupyter_mvt.metrics.result import SqlResult

__all__ = ["payload"]

_ROWS = 500


def payload(result: SqlResult) -> wire.TableView:
    """Return the wire form of a query's first rows."""
    rows = result.rows(_ROWS)
    numeric = [
        any(_number(row[i]) for row in rows) and all(_number(row[i], none=True) for row in rows)
        for i in range(len(result.columns))
    ]
    heads = [
        column(escape.line(name, 80), key=str(i), numeric=flag)
        for i, (name, flag) in enumerate(zip(result.columns, numeric, strict=True))
    ]
    view: wire.TableView = {
        "view": "table",
        "schema": parts.SCHEMA,
        "title": "Query",
        "columns": heads,
        "rows": [[_cell(value) for value in row] for row in rows],
        "total": len(result),
        "empty": "The query has no rows.",
        "command": "",
    }
    if len(rows) < len(result):
        view["cut"] = (
            f"Shown are the first {format.count(len(rows))} of"
            f" {format.plural(len(result), 'row')}. All of them: .df() of the result."
        )
    return view


def _number(value: Any, *, none: bool = False) -> bool:
    if value is None:
        return none
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _cell(value: Any) -> wire.Cell:
    if value is None:
        return {"text": "NULL", "kind": "quiet"}
    if isinstance(value, int) and not isinstance(value, bool):
        # Identifiers and years are integers as well: as they are, without separators.
        return {"text": escape.line(value), "value": format.value_of(value)}
    if isinstance(value, float):
        return {"text": format.number(value), "value": format.value_of(value)}
    if isinstance(value, Decimal):
        return {"text": escape.line(value), "value": format.value_of(float(value))}
    if isinstance(value, (datetime, date, time, timedelta)):
        return {"text": escape.line(value)}
    return {"text": escape.line(value if isinstance(value, str) else repr(value))}
