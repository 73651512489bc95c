"""What an evaluation found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from jupyter_mvt.objects.ids import short
from jupyter_mvt.views import escape, format, parts, titles, wire
from jupyter_mvt.views.tables import column

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    against: dict[str, str] = {}
    if found.against is not None:
        against[found.against.id] = found.against.name
    rows = _rows(made, against)
    view: wire.TableView = {
        "view": "table", "schema": parts.SCHEMA, "title": f"{name} on {_where(made)}",
        "columns": _heads(), "rows": rows,
        "total": max(len(made.metrics) - _MOST, 0) + len(rows),
        "empty": "Nothing was measured.", "command": "",
        "counted": format.plural(len(rows), "figure"),
    }  # fmt: skip
    return view


def section(made: Evaluation, names: Mapping[str, str]) -> wire.Evaluated:
    """Return an evaluation as part of its version's details; `names` are those of versions."""
    author = escape.line(made.author, 80)
    title = f"{_where(made)}, by {author}" if author else _where(made)
    return {"title": title, "time_ms": made.time_us // 1000, "columns": _heads(),
            "rows": _rows(made, names)}  # fmt: skip


def _where(made: Evaluation) -> str:
    return f"{format.plural(made.rows, 'row')} of {escape.line(made.split) or 'data'}"


def _heads() -> list[wire.Column]:
    return [column("Metric"), column("Slice"), column("Value", numeric=True),
            column("Error", numeric=True), column("Rows", numeric=True)]  # fmt: skip


def _rows(made: Evaluation, names: Mapping[str, str]) -> list[list[wire.Cell]]:
    whole = [metric for metric in made.metrics if not metric.slice]
    rows = [_metric(metric) for metric in whole[:_MOST]]
    rows += [_latency(one, names.get(one.against, short(one.against))) for one in made.latency]
    if made.seconds and not made.latency:
        time = format.number(made.seconds * 1000, "ms")
        rows.append(_fact("Latency, 1 row", "alone, not compared", time))
    if made.peak_bytes:
        about = format.plural(made.peak_rows, "row")
        rows.append(_fact(f"Peak memory, {about}", "", format.size(made.peak_bytes)))
    if made.model_bytes:
        rows.append(_fact("Size of the model", "", format.size(made.model_bytes)))
    sliced = [metric for metric in made.metrics if metric.slice]
    return rows + [_metric(metric) for metric in sliced[: max(_MOST - len(whole), 0)]]


def _fact(title: str, about: str, figure: str) -> list[wire.Cell]:
    where: wire.Cell = {"text": about, "kind": "quiet"}
    return [{"text": title}, where, {"text": figure}, _QUIET, _QUIET]


def _metric(metric: Metric) -> list[wire.Cell]:
    error = "" if metric.stderr is None else format.error(metric.stderr, metric.value, metric.unit)
    return [
        {"text": titles.title(metric.name)},
        {"text": escape.line(metric.slice, 80) or "all rows", "kind": "quiet"},
        _figure(metric),
        {"text": error, "kind": "quiet"},
        _QUIET if metric.n is None else _rows_behind(metric.n),
    ]


def _rows_behind(n: int) -> wire.Cell:
    return {"text": format.count(n), "kind": "quiet", "value": float(n)}


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
