"""The shapes of the MIME JSON, shared with the browser (js/src/protocol is made from these).

Every figure travels as the text to show beside the number to sort by, so that formatting is done
in one place only; times travel as milliseconds since 1970 UTC, because a saved output ages.
Non-finite numbers have ``value: None`` and say so in their text. A saved output stays below
50 KB: where lists were shortened for that, `cut` says so in a sentence.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

from jupyter_mvt.views.wire_parts import (
    CellDiff,
    CodeSection,
    ColumnDrift,
    DataRow,
    DataSection,
    EnvironmentSection,
    Fact,
    Figure,
    Line,
    Metric,
    MetricsSection,
    Module,
    NoteRow,
    ParamRow,
    ParamsSection,
    RemarkRow,
    Verdict,
    Version,
    WeightsModel,
    WeightsSection,
)

__all__ = [
    "Cell",
    "CellDiff",
    "CodeSection",
    "Column",
    "ColumnDrift",
    "CommitView",
    "Comparison",
    "DataRow",
    "DataSection",
    "DiffView",
    "EnvironmentSection",
    "Fact",
    "Figure",
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
    "Packed",
    "ParamRow",
    "ParamsSection",
    "Payload",
    "Point",
    "RankRow",
    "RemarkRow",
    "StatusPart",
    "StatusView",
    "TableView",
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


class Point(TypedDict):
    """A metric's value at one version, with the change against the first parent."""

    text: str
    value: float | None
    change: str
    verdict: Verdict | None


class LogRow(TypedDict):
    """One version of the log with its metrics by key."""

    version: Version
    points: dict[str, Point]
    regressed: list[str]
    model: str
    remarks: NotRequired[int]


class LogView(TypedDict):
    """Log and timeline, newest first. `metrics` are the choices, `metric` the key of the first.

    `production` names the version with that label (``v6``), or nothing.
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
    cut: NotRequired[str]


class Column(TypedDict):
    """A column of a table or a metric to choose; `lower` means that lower is better."""

    key: str
    title: str
    kind: Literal["metric", "param", "text", "version", "time", "bytes"]
    lower: bool
    numeric: bool


class DiffView(TypedDict):
    """A diff. Equal aspects are absent. `headline` holds at most three metrics."""

    view: Literal["diff"]
    schema: int
    base: Version
    other: Version
    headline: list[Metric]
    sentence: str
    metrics: NotRequired[MetricsSection]
    params: NotRequired[ParamsSection]
    data: NotRequired[DataSection]
    code: NotRequired[CodeSection]
    environment: NotRequired[EnvironmentSection]
    weights: NotRequired[WeightsSection]
    cut: NotRequired[str]


class RankRow(TypedDict):
    """One ranked version. `bar` is 0 … 1 of the shown range; `change` against the baseline."""

    rank: int
    version: Version
    cells: dict[str, Figure]
    bar: float
    change: str
    verdict: Verdict | None
    baseline: bool


class Unranked(TypedDict):
    """A version that cannot be ranked, and why."""

    version: Version
    reason: str


class LeaderboardView(TypedDict):
    """`by` is the ranking column, not among `columns`; `baseline` names a version (``v6``)."""

    view: Literal["leaderboard"]
    schema: int
    by: Column
    columns: list[Column]
    rows: list[RankRow]
    unranked: list[Unranked]
    total: int
    baseline: str
    cut: NotRequired[str]


class Cell(TypedDict):
    """One cell of a plain table; `version` and `label` are drawn as such."""

    text: str
    value: NotRequired[float | None]
    kind: NotRequired[Literal["version", "label", "tag", "branch", "time", "code", "quiet"]]


class Label(TypedDict):
    """A label chip."""

    name: str


class TableView(TypedDict):
    """Any other list: branches, tags, labels, operations, query results."""

    view: Literal["table"]
    schema: int
    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    total: int
    empty: str
    command: str
    cut: NotRequired[str]


class NoticeView(TypedDict):
    """One thing that happened: ``production is now v9.`` `command` can be pasted."""

    view: Literal["notice"]
    schema: int
    kind: Literal["done", "info", "warning"]
    title: str
    text: str
    command: str


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
    | VersionView
)
