"""What an evaluation found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.views import escape, format, parts, wire
from jupyter_mvt.views.tables import column

if TYPE_CHECKING:
    from jupyter_mvt.api.evaluate import EvaluationResult
    from jupyter_mvt.objects.evaluation import Evaluation, Latency

__all__ = ["facts", "payload"]

_MOST = 500
_QUIET: wire.Cell = {"text": "", "kind": "quiet"}


def payload(found: EvaluationResult) -> wire.TableView:
    """Return the wire form: a row a metric, slice by slice, then the times."""
    made = found.evaluation
    name = "The live model" if found.version is None else found.version.name
    rows: list[list[wire.Cell]] = []
    for metric in made.metrics[:_MOST]:
        value = metric.value if metric.value is not None else float("nan")
        error = "" if metric.stderr is None else f"± {format.number(metric.stderr, metric.unit)}"
        rows.append(
            [
                {"text": escape.line(metric.name)},
                {"text": escape.line(metric.slice) or "all rows", "kind": "quiet"},
                {"text": format.number(value, metric.unit)},
                {"text": error, "kind": "quiet"},
                {"text": format.count(metric.n or 0), "kind": "quiet"},
            ]
        )
    for latency in made.latency:
        against = "" if found.against is None else f" against {found.against.name}"
        rows.append(
            [
                {"text": f"latency, {format.plural(latency.batch, 'row')}"},
                {"text": _verdict(latency) + against, "kind": "quiet"},
                {"text": format.number(latency.p50_ms, "ms")},
                {"text": f"p95 {format.number(latency.p95_ms, 'ms')}", "kind": "quiet"},
                {"text": format.count(latency.pairs), "kind": "quiet"},
            ]
        )
    if made.model_bytes:
        rows.append([{"text": "size of the model"}, _QUIET,
                     {"text": format.size(made.model_bytes)}, _QUIET, _QUIET])  # fmt: skip
    heads = [column("Metric"), column("Slice"), column("Value", numeric=True),
             column("Error", numeric=True), column("Rows", numeric=True)]  # fmt: skip
    title = f"{name} on {format.plural(made.rows, 'row')} of {escape.line(made.split) or 'data'}"
    view: wire.TableView = {
        "view": "table", "schema": parts.SCHEMA, "title": title, "columns": heads, "rows": rows,
        "total": len(made.metrics) + len(made.latency) + bool(made.model_bytes),
        "empty": "Nothing was measured.", "command": "",
    }  # fmt: skip
    return view


def _verdict(latency: Latency) -> str:
    if not latency.differs:
        return "no measurable change"
    interval = f"{format.ratio(latency.low)} to {format.ratio(latency.high)}"
    return f"{format.ratio(latency.ratio)} ({interval})"


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
