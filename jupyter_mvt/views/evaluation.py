"""What an evaluation found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from jupyter_mvt.views import escape, format, parts, titles, wire
from jupyter_mvt.views.tables import column

if TYPE_CHECKING:
    from jupyter_mvt.api.evaluate import EvaluationResult
    from jupyter_mvt.objects.evaluation import Evaluation, Latency
    from jupyter_mvt.objects.metric import Metric

__all__ = ["facts", "payload", "section"]

_MOST = 500
_QUIET: wire.Cell = {"text": "", "kind": "quiet"}


def payload(found: EvaluationResult) -> wire.TableView:
    """Return the wire form: a row a metric, slice by slice, then the times."""
    made = found.evaluation
    name = "The live model" if found.version is None else found.version.name
    against = "" if found.against is None else found.against.name
    view: wire.TableView = {
        "view": "table", "schema": parts.SCHEMA, "title": f"{name} on {_where(made)}",
        "columns": _heads(), "rows": _rows(made, against),
        "total": len(made.metrics) + len(made.latency) + bool(made.model_bytes),
        "empty": "Nothing was measured.", "command": "",
    }  # fmt: skip
    return view


def section(made: Evaluation) -> wire.Evaluated:
    """Return an evaluation as part of its version's details."""
    author = escape.line(made.author, 80)
    title = f"{_where(made)}, by {author}" if author else _where(made)
    return {"title": title, "time_ms": made.time_us // 1000, "columns": _heads(),
            "rows": _rows(made, "")}  # fmt: skip


def _where(made: Evaluation) -> str:
    return f"{format.plural(made.rows, 'row')} of {escape.line(made.split) or 'data'}"


def _heads() -> list[wire.Column]:
    return [column("Metric"), column("Slice"), column("Value", numeric=True),
            column("Error", numeric=True), column("Rows", numeric=True)]  # fmt: skip


def _rows(made: Evaluation, against: str) -> list[list[wire.Cell]]:
    rows = [_metric(metric) for metric in made.metrics[:_MOST]]
    rows += [_latency(latency, against or latency.against[:10]) for latency in made.latency]
    if made.model_bytes:
        size: wire.Cell = {"text": format.size(made.model_bytes)}
        rows.append([{"text": "Size of the model"}, _QUIET, size, _QUIET, _QUIET])
    return rows


def _metric(metric: Metric) -> list[wire.Cell]:
    error = "" if metric.stderr is None else f"± {format.number(metric.stderr, metric.unit)}"
    return [
        {"text": titles.title(metric.name)},
        {"text": escape.line(metric.slice, 80) or "all rows", "kind": "quiet"},
        _figure(metric),
        {"text": error, "kind": "quiet"},
        {"text": format.count(metric.n or 0), "kind": "quiet", "value": float(metric.n or 0)},
    ]


def _figure(metric: Metric) -> wire.Cell:
    value = metric.value if metric.value is not None else float("nan")
    cell: wire.Cell = {"text": format.number(value, metric.unit)}
    if math.isfinite(value):
        cell["value"] = value
    return cell


def _latency(latency: Latency, against: str) -> list[wire.Cell]:
    beside = f" against {escape.line(against, 80)}" if against else ""
    return [
        {"text": f"Latency, {format.plural(latency.batch, 'row')}"},
        {"text": _verdict(latency) + beside, "kind": "quiet"},
        {"text": format.number(latency.p50_ms, "ms")},
        {"text": f"p95 {format.number(latency.p95_ms, 'ms')}", "kind": "quiet"},
        {"text": format.count(latency.pairs), "kind": "quiet"},
    ]


def _verdict(latency: Latency) -> str:
    if not latency.differs:
        return "no measurable change"
    interval = f"{format.ratio(latency.low)} to {format.ratio(latency.high)}"
    return f"{format.ratio(latency.ratio)} times ({interval})"


def facts(made: Evaluation) -> str:
    """Return one line about an evaluation, for a version's details."""
    whole = [metric for metric in made.metrics if not metric.slice][:4]
    said = ", ".join(
        f"{escape.line(m.name, 60)} {format.number(m.value, m.unit)}"
        for m in whole
        if m.value is not None
    )
    where = escape.line(made.split, 60) or "data"
    return f"{format.plural(made.rows, 'row')} of {where}: {said}"
