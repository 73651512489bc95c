"""The shapes that live widgets exchange beyond their payload: pages, windows and blocks."""

from __future__ import annotations

from typing import TypedDict

from jupyter_mvt.views.wire_parts import LogRow, RankRow

__all__ = ["BoardPage", "Course", "TimelineMark", "TimelinePage", "TimelineView"]


class Course(TypedDict):
    """One metric over the places [first, last], oldest first; `falls` are [place, value].

    Each column has its least, median and greatest value, or ``None`` where nothing is scored.
    """

    first: int
    last: int
    low: list[float | None]
    middle: list[float | None]
    high: list[float | None]
    falls: list[list[float]]


class TimelineMark(TypedDict):
    """A labelled version's place, counted from the oldest."""

    at: int
    value: float | None
    labels: list[str]


class TimelinePage(TypedDict):
    """Versions from `start` on, newest first, with their part of the graph.

    `parents` are places counted from the newest, `segments` are [from, to, lane].
    """

    start: int
    rows: list[LogRow]
    parents: list[list[int]]
    columns: list[int]
    segments: list[list[list[int]]]


class TimelineView(TypedDict):
    """How a live timeline begins: all of it coarsely, its newest versions in full."""

    total: int
    course: Course
    marks: list[TimelineMark]
    page: TimelinePage


class BoardPage(TypedDict):
    """Ranked versions from `start` on in the order asked for, with the cells of some columns.

    `keys` are those columns; `total` counts the versions that the filter leaves.
    """

    start: int
    total: int
    keys: list[str]
    rows: list[RankRow]
