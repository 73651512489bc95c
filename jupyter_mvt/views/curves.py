"""Curves that were logged while a model was trained, those of one quantity in one chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.objects.metric import metric_unit
from jupyter_mvt.views import escape, format, parts, titles, wire
from jupyter_mvt.views.tables import column

if TYPE_CHECKING:
    from jupyter_mvt.api.curves import Course, StoredCurves
    from jupyter_mvt.objects.curve import Curve

__all__ = ["payload"]

_DRAWN = 24
"""Curves that are drawn; the table has all."""

_FIGURES = 2_000
"""Numbers that all drawn curves have together: a saved output stays small."""

_LEAST, _MOST = 20, 96
"""Columns of a curve."""


def payload(curves: StoredCurves) -> wire.CurvesView:
    """Return the wire form: charts by quantity, in order of name, and a table of all."""
    summary = curves.summary
    drawn = summary[:_DRAWN]
    columns = max(_LEAST, min(_MOST, _FIGURES // (4 * max(1, len(drawn)))))
    courses = curves.courses(columns) if drawn else {}
    charts: dict[str, wire.CurveChart] = {}
    for curve in drawn:
        title = titles.title(curve.name)
        chart = charts.setdefault(title, {"title": title, "lines": []})
        chart["lines"].append(_line(curve, courses[curve.name]))
    points = sum(curve.n for curve in summary)
    titled = ("Points", "First step", "Last step", "Last", "Least", "Most")
    heads = [column("Curve"), *(column(title, numeric=True) for title in titled)]
    return {
        "view": "curves",
        "schema": parts.SCHEMA,
        "title": f"Curves of {escape.line(curves.version, 80)}" if curves.version else "Curves",
        "counted": f"{format.plural(len(summary), 'curve')}, {format.plural(points, 'point')}",
        "items": list(charts.values()),
        "columns": heads,
        "rows": [_row(curve) for curve in summary],
        "total": len(summary),
        "empty": "Nothing was logged while this version was trained. In a notebook:",
        "command": "" if summary else "with mvt.open().recording(model) as run: run.log(loss=0.3)",
    }


def _line(curve: Curve, course: Course) -> wire.CurveLine:
    thinned = curve.n > len(course.steps)
    return {
        "name": escape.line(curve.name, 80),
        "last": format.figure(curve.last, metric_unit(curve.name, curve.last)),
        "text": _told(curve),
        "steps": list(course.steps),
        "low": _brief(course.low) if thinned else [],
        "middle": _brief(course.middle),
        "high": _brief(course.high) if thinned else [],
    }


def _brief(values: tuple[float | None, ...]) -> list[float | None]:
    # Six digits are more than a chart can show.
    return [None if value is None else float(f"{value:.6g}") for value in values]


def _told(curve: Curve) -> str:
    ends = [
        f"{word} {format.number(value, metric_unit(curve.name, value))}"
        for word, value in (("least", curve.low), ("most", curve.high))
        if value is not None
    ]
    return ", ".join([format.plural(curve.n, "point"), *ends])


def _row(curve: Curve) -> list[wire.Cell]:
    values = (curve.last, curve.low, curve.high)
    return [
        {"text": escape.line(curve.name, 80), "kind": "code"},
        *(_whole(number) for number in (curve.n, curve.first, curve.newest)),
        *(_figure(curve.name, value) for value in values),
    ]


def _whole(number: int) -> wire.Cell:
    return {"text": format.count(number), "value": float(number)}


def _figure(name: str, value: float | None) -> wire.Cell:
    if value is None:
        return {"text": "none", "value": None, "kind": "quiet"}
    shown = format.figure(value, metric_unit(name, value))
    return {"text": shown["text"], "value": shown["value"]}
