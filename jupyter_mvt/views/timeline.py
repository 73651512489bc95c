"""A timeline of any length: its coarse course, and pages and windows of it on demand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.views import escape, log, titles, wire
from jupyter_mvt.views.rail import Rail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.api.timeline import Timeline
    from jupyter_mvt.metrics.timeline import Choice, Shown
    from jupyter_mvt.metrics.timeline import Course as Values

__all__ = ["Answer", "column", "course", "opened", "page", "payload", "whole"]

_PAGE = 100
_OVERVIEW = 1000
_MARKS = 200


@dataclass(slots=True)
class Answer:
    """The versions that answer one question, and their graph as far as it was asked for."""

    shown: Shown
    metric: Choice | None
    places: dict[str, int] = field(init=False)
    rail: Rail = field(init=False)

    def __post_init__(self) -> None:
        lines = self.shown.lines
        self.places = {line.id: i for i, line in enumerate(lines)}
        lanes: dict[str, int] = {}
        for line in reversed(lines):
            lanes.setdefault(line.branch, len(lanes))
        parents = [self._parents(i, line.parents) for i, line in enumerate(lines)]
        self.rail = Rail(parents, [lanes[line.branch] for line in lines])

    def _parents(self, at: int, ids: Sequence[str]) -> list[int]:
        """Return the places of parents, nearest shown ancestors included, each once."""
        found = dict.fromkeys(self._nearest(oid) for oid in ids)
        return [place for place in found if place is not None and place > at]

    def _nearest(self, oid: str) -> int | None:
        while oid not in self.places:
            up = self.shown.hidden.get(oid, ())
            if not up:
                return None
            oid = up[0]
        return self.places[oid]


def payload(value: Timeline) -> wire.LogView:
    """Return the newest versions, as for a log."""
    return log.payload(value.log())


def opened(value: Timeline, answer: Answer, columns: dict[str, wire.Column]) -> wire.TimelineView:
    """Return how a live timeline begins."""
    total = len(answer.shown.lines)
    return {
        "total": total,
        "course": course(value, answer, 0, max(0, total - 1), min(_OVERVIEW, max(1, total))),
        "marks": _marks(value, answer),
        "page": page(value, answer, columns, 0, _PAGE),
    }


def course(value: Timeline, answer: Answer, first: int, last: int, count: int) -> wire.Course:
    """Return a window of the metric shown; nothing in it where there is none."""
    if answer.metric is None or not answer.shown.lines:
        none: list[float | None] = [None] * count
        return {"first": first, "last": last, "low": none, "middle": none, "high": none,
                "falls": []}  # fmt: skip
    found = value.course(answer.shown, answer.metric, first, last, count)
    return _course(found)


def _course(found: Values) -> wire.Course:
    return {
        "first": found.first,
        "last": found.last,
        "low": [_short(x) for x in found.low],
        "middle": [_short(x) for x in found.middle],
        "high": [_short(x) for x in found.high],
        "falls": [[at, float(f"{x:.7g}")] for at, x in found.falls],
    }


def _short(value: float | None) -> float | None:
    # Seven digits are finer than any pixel, and half as long on the wire.
    return None if value is None else float(f"{value:.7g}")


def page(
    value: Timeline, answer: Answer, columns: dict[str, wire.Column], start: int, stop: int
) -> wire.TimelinePage:
    """Return the versions from `start` to `stop`, newest first, with their part of the graph."""
    lines = answer.shown.lines[start:stop]
    before = [parent for line in lines for parent in line.parents[:1]]
    ids = list(dict.fromkeys([*(line.id for line in lines), *before]))
    entries = value.entries(ids, len(answer.shown.lines)).entries
    by_id = {str(entry.version.id): entry for entry in entries}
    answer.rail.reach(start + len(lines))
    end = start + len(lines)
    return {
        "start": start,
        "rows": [log.row(by_id[line.id], columns, by_id) for line in lines],
        "parents": [list(up) for up in answer.rail.parents[start:end]],
        "columns": answer.rail.columns[start:end],
        "segments": answer.rail.segments[start:end],
    }


def _marks(value: Timeline, answer: Answer) -> list[wire.TimelineMark]:
    held: dict[str, list[str]] = {}
    for name, oid in value.labels.items():
        if oid in answer.places:
            held.setdefault(oid, []).append(escape.line(name))
    chosen = list(held)[:_MARKS]
    values = value.values(chosen, answer.metric) if answer.metric and chosen else {}
    last = len(answer.shown.lines) - 1
    marks: list[wire.TimelineMark] = [
        {"at": last - answer.places[oid], "value": values.get(oid), "labels": held[oid]}
        for oid in chosen
    ]
    return sorted(marks, key=lambda mark: mark["at"])


def column(choice: Choice) -> tuple[str, wire.Column]:
    """Return a metric's key, as rows of a log have it, and its column."""
    metric = Metric(name=choice.name, value=None, split=choice.split)
    key = log.key_of(metric)
    title = titles.full(choice.name, "", choice.split)
    return key, {"key": key, "title": title, "kind": "metric", "lower": choice.lower,
                 "numeric": True}  # fmt: skip


def whole(value: Timeline, answer: Answer, columns: dict[str, wire.Column]) -> wire.LogView:
    """Return the payload of a live timeline: a log whose versions are fetched on demand."""
    view = log.payload(replace(value.log(0), entries=()))
    begins = opened(value, answer, columns)
    view.update(
        {
            "rows": begins["page"]["rows"],
            "total": begins["total"],
            "metrics": list(columns.values()),
            "metric": next(iter(columns), ""),
            "production": _production(value) if begins["total"] else "",
            "timeline": begins,
        }
    )
    return view


def _production(value: Timeline) -> str:
    oid = value.labels.get("production")
    return "" if oid is None else value.version(oid).name
