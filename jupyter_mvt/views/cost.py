"""What answering costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.views import format, parts, wire
from jupyter_mvt.views.tables import column

if TYPE_CHECKING:
    from jupyter_mvt.api.cost import CostModel

__all__ = ["payload"]

_NOT_SET = "not set"


def payload(found: CostModel) -> wire.TableView:
    """Return the wire form: a row a price, and what a day costs."""
    said = found.settings
    figures = [
        ("A machine", _dollars(said.cost_per_hour, "/hour")),
        ("A request", _dollars(said.cost_per_request, "")),
        ("Requests a day",
         format.brief(said.requests_per_day) if said.requests_per_day else _NOT_SET),
        ("Answered at once", format.brief(said.concurrency)),
    ]  # fmt: skip
    if found.prices is not None and found.version is not None:
        name = found.version.name
        figures += [
            (f"A prediction of {name}", format.number(found.prices.seconds * 1000, "ms")),
            (f"{name} costs", format.number(found.prices.dollars_per_day, "$/day")),
        ]
    rows: list[list[wire.Cell]] = [[{"text": name}, {"text": text}] for name, text in figures]
    return {"view": "table", "schema": parts.SCHEMA, "title": "Cost of answering",
            "columns": [column("What"), column("Value", numeric=True)], "rows": rows,
            "total": len(rows), "empty": "", "command": _next(found),
            "counted": ""}  # fmt: skip


def _dollars(price: float | None, per: str) -> str:
    return _NOT_SET if price is None else format.number(price, "$") + per


def _next(found: CostModel) -> str:
    """Return what is missing for a price a day."""
    if not found.settings.priced:
        return "%mvt cost set --hour 1.20 --requests 1000000"
    return "" if found.version is not None else "%mvt evaluate HEAD X_test y_test"
