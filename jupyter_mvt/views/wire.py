"""The shapes of the MIME JSON, shared with the browser (js/src/protocol is made from these).

Every figure travels as the text to show beside the number to sort by, so that formatting is done
in one place only; times travel as milliseconds since 1970 UTC, because a saved output ages.
Non-finite numbers have ``value: None`` and say so in their text. A saved output stays below
50 KB: where lists were shortened for that, `cut` says so in a sentence.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

from jupyter_mvt.views.wire_live import (
    BoardPage,
    Course,
    TimelineMark,
    TimelinePage,
    TimelineView,
)
from jupyter_mvt.views.wire_parts import (
    Cell,
    CellDiff,
    CodeSection,
    Column,
    ColumnDrift,
    CurveChart,
    CurveLine,
    DataRow,
    DataSection,
    EnvironmentSection,
    Fact,
    Figure,
    Grid,
    GridRow,
    Line,
    LogRow,
    Metric,
    MetricsSection,
    Module,
    NoteRow,
    OutputRow,
    OutputSide,
    OutputsSection,
    ParamRow,
    ParamsSection,
    Picture,
    Point,
    PredictionsSection,
    Progress,
    RankRow,
    RemarkRow,
    SectionTable,
    Verdict,
    Version,
    WeightsModel,
    WeightsSection,
)

__all__ = [
    "BoardPage",
    "Cell",
    "CellDiff",
    "CodeSection",
    "Column",
    "ColumnDrift",
    "CommitView",
    "Comparison",
    "Course",
    "CurveChart",
    "CurveLine",
    "CurvesView",
    "DataRow",
    "DataSection",
    "DiffView",
    "EnvironmentSection",
    "Evaluated",
    "Fact",
    "Figure",
    "Grid",
    "GridRow",
    "Label",
    "LeaderboardView",
    "Line",
    "LogRow",
    "LogView",
    "Metric",
    "MetricsSection",
    "Module",
    "NoteRow",
    "NoticeView",
    "OutputRow",
    "OutputSide",
    "OutputsSection",
    "Packed",
    "ParamRow",
    "ParamsSection",
    "Payload",
    "Picture",
    "Point",
    "PredictionsSection",
    "Progress",
    "RankRow",
    "RemarkRow",
    "SectionTable",
    "StatusPart",
    "StatusView",
    "TableView",
    "TimelineMark",
    "TimelinePage",
    "TimelineView",
    "TreeItem",
    "TreemapView",
    "Unranked",
    "Verdict",
    "Version",
    "VersionView",
    "WeightsModel",
    "WeightsSection",
]


class Comparison(TypedDict):
    """A new version against another. `basis`: ``same test data · noise not tested``."""

    against: Literal["parent", "started from", "production"]
    base: Version
    basis: str
    metrics: list[Metric]
    worse: list[str]


class CommitView(TypedDict):
    """Commit card. Not `created`: nothing had changed since `version`, `text` says so.

    `metrics` are the version's own values (`other`), with an empty `base`.
    """

    view: Literal["commit"]
    schema: int
    created: bool
    version: Version
    text: str
    parent: NotRequired[Version]
    alerts: list[Fact]
    comparisons: list[Comparison]
    metrics: list[Metric]
    facts: list[Fact]
    notes: list[NoteRow]
    cut: NotRequired[str]


class LogView(TypedDict):
    """Log and timeline, newest first. `metrics` are the choices, `metric` the key of the first.

    `production` names the version with that label (``v6``), or nothing. `timeline` is there in a
    live widget only, which fetches what `rows` leave out.
    """

    view: Literal["log"]
    schema: int
    repository: str
    head: str
    rows: list[LogRow]
    total: int
    branches: list[str]
    metrics: list[Column]
    metric: str
    production: str
    timeline: NotRequired[TimelineView]
    cut: NotRequired[str]


class DiffView(TypedDict):
    """A diff. Equal aspects are absent. `headline` holds at most three metrics.

    `measured` counts the metrics of both sides where none of them differs.
    """

    view: Literal["diff"]
    schema: int
    base: Version
    other: Version
    headline: list[Metric]
    sentence: str
    measured: NotRequired[int]
    metrics: NotRequired[MetricsSection]
    predictions: NotRequired[PredictionsSection]
    outputs: NotRequired[OutputsSection]
    params: NotRequired[ParamsSection]
    data: NotRequired[DataSection]
    code: NotRequired[CodeSection]
    environment: NotRequired[EnvironmentSection]
    weights: NotRequired[WeightsSection]
    cut: NotRequired[str]


class Unranked(TypedDict):
    """A version that cannot be ranked, and why."""

    version: Version
    reason: str


class LeaderboardView(TypedDict):
    """`by` is the ranking column, not among `columns`; `baseline` names a version (``v6``).

    `live` tells a widget, which fetches rows and columns where they are looked at.
    """

    view: Literal["leaderboard"]
    schema: int
    by: Column
    columns: list[Column]
    rows: list[RankRow]
    unranked: list[Unranked]
    total: int
    baseline: str
    live: NotRequired[bool]
    cut: NotRequired[str]


class Label(TypedDict):
    """A label chip."""

    name: str


class TableView(TypedDict):
    """Any other list: branches, tags, labels, operations, query results.

    `counted` stands beside the title: ``"4 moves"``; without it, how many rows there are.
    """

    view: Literal["table"]
    schema: int
    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    total: int
    empty: str
    command: str
    cut: NotRequired[str]
    counted: NotRequired[str]


class NoticeView(TypedDict):
    """One thing that happened: ``production is now v9.`` `command` can be pasted."""

    view: Literal["notice"]
    schema: int
    kind: Literal["done", "info", "warning"]
    title: str
    text: str
    command: str


class TreeItem(TypedDict):
    """One part of the storage; `text` tells more of it. `freed`: no version needs it."""

    name: str
    text: str
    size: Figure
    kind: Literal["version", "shared", "free"]
    freed: bool


class TreemapView(TypedDict):
    """What a repository takes on disk. `figures` are its sums, `rows` the same as a table."""

    view: Literal["treemap"]
    schema: int
    title: str
    figures: list[Fact]
    items: list[TreeItem]
    columns: list[Column]
    rows: list[list[Cell]]
    total: int
    empty: str
    text: str
    command: str
    cut: NotRequired[str]


class CurvesView(TypedDict):
    """What was logged step by step. `rows` are the same curves as a table, of all of them."""

    view: Literal["curves"]
    schema: int
    title: str
    counted: str
    items: list[CurveChart]
    columns: list[Column]
    rows: list[list[Cell]]
    total: int
    empty: str
    command: str
    cut: NotRequired[str]


class StatusPart(TypedDict):
    """One part of what would be committed."""

    badge: Literal["added", "changed", "removed", "equal"]
    part: str
    text: str
    size: str


class StatusView(TypedDict):
    """What would be committed."""

    view: Literal["status"]
    schema: int
    title: str
    branch: str
    text: str
    rows: list[StatusPart]
    notes: list[NoteRow]
    command: str
    cut: NotRequired[str]


class Evaluated(TypedDict):
    """One evaluation of a version: a row a metric and slice, then the times."""

    title: str
    time_ms: int
    columns: list[Column]
    rows: list[list[Cell]]


class VersionView(TypedDict):
    """Everything about one version."""

    view: Literal["version"]
    schema: int
    version: Version
    parents: list[Version]
    facts: list[Fact]
    metrics: list[Metric]
    params: list[ParamRow]
    notes: list[NoteRow]
    cells: list[CellDiff]
    outputs: NotRequired[SectionTable]
    evaluations: NotRequired[list[Evaluated]]
    remarks: NotRequired[list[RemarkRow]]
    cut: NotRequired[str]


class Packed(TypedDict):
    """Any view as compact JSON in one text, because notebooks indent what is not text."""

    view: str
    schema: int
    packed: str


Payload: TypeAlias = (
    CommitView
    | LogView
    | DiffView
    | LeaderboardView
    | TableView
    | NoticeView
    | StatusView
    | TreemapView
    | CurvesView
    | VersionView
)
