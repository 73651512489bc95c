"""The smaller shapes of the wire: versions, figures, metrics and the sections of a diff."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

__all__ = [
    "Cell",
    "CellDiff",
    "CodeSection",
    "Column",
    "ColumnDrift",
    "CurveChart",
    "CurveLine",
    "DataRow",
    "DataSection",
    "EnvironmentSection",
    "Fact",
    "Figure",
    "Grid",
    "GridRow",
    "Line",
    "LogRow",
    "Metric",
    "MetricsSection",
    "Module",
    "NoteRow",
    "OutputRow",
    "OutputSide",
    "OutputsSection",
    "ParamRow",
    "ParamsSection",
    "Picture",
    "Point",
    "PredictionsSection",
    "Progress",
    "RankRow",
    "RemarkRow",
    "SectionTable",
    "Verdict",
    "Version",
    "WeightsModel",
    "WeightsSection",
]

Verdict: TypeAlias = Literal["better", "worse", "same", "changed", "inconclusive", "incomparable"]


class Version(TypedDict):
    """A version as named to a person: `name` is ``v9``, `id` and `parents` are ten digits."""

    id: str
    name: str
    number: int
    message: str
    branch: str
    author: str
    time_ms: int
    parents: list[str]
    labels: list[str]
    tags: list[str]


class Figure(TypedDict):
    """A number as text, and the number to sort or plot by (``None`` if not finite or absent)."""

    text: str
    value: float | None


class Metric(TypedDict):
    """One metric on two sides. `title` is for people, `unit` goes with `change` ("pp", "ms").

    `effect` is the signed size of the change on a scale shared by the rows, −1 … 1, positive is
    better (0 when unknown). `why` explains ``incomparable``; `tip` is a sentence for a tooltip.
    `interval` is how far its 95 % interval reaches, in the unit of the change: ``± 2.8``.
    """

    name: str
    title: str
    slice: str
    split: str
    base: Figure
    other: Figure
    change: str
    unit: str
    verdict: Verdict
    word: str
    why: str
    tip: str
    effect: float
    interval: NotRequired[str]


class Fact(TypedDict):
    """``Model`` — ``RandomForestClassifier, 118,402 weights``."""

    key: str
    text: str


class Progress(TypedDict):
    """How far long work is: ``Packing``, 0.35, ``1.2 GB of 3.4 GB, 90 MB/s, 24 s left``."""

    what: str
    share: float
    text: str


class RemarkRow(TypedDict):
    """What somebody wrote about a version after it was made."""

    author: str
    time_ms: int
    text: str


class NoteRow(TypedDict):
    """A capture note."""

    kind: str
    about: str
    text: str


class MetricsSection(TypedDict):
    """`basis`: on what data, and that noise was not tested."""

    basis: str
    rows: list[Metric]
    equal: list[str]


class Column(TypedDict):
    """A column of a table or a metric to choose; `lower` means that lower is better."""

    key: str
    title: str
    kind: Literal["metric", "param", "text", "version", "time", "bytes"]
    lower: bool
    numeric: bool


class Cell(TypedDict):
    """One cell of a plain table; `version` and `label` are drawn as such."""

    text: str
    value: NotRequired[float | None]
    kind: NotRequired[Literal["version", "label", "tag", "branch", "time", "code", "quiet"]]


class CurveLine(TypedDict):
    """A curve as columns: `steps`, and the median of each; its ends where it holds several points.

    ``None`` where no value is finite. `last` is the value at the last step, `text` tells more.
    """

    name: str
    last: Figure
    text: str
    steps: list[int]
    low: list[float | None]
    middle: list[float | None]
    high: list[float | None]


class CurveChart(TypedDict):
    """Curves of one quantity: ``loss`` and ``val_loss``."""

    title: str
    lines: list[CurveLine]


class SectionTable(TypedDict):
    """A table within a section."""

    title: str
    columns: list[Column]
    rows: list[list[Cell]]


class PredictionsSection(TypedDict):
    """What both sides predict for the same rows; `figures` in the order of reading."""

    text: str
    figures: list[Fact]
    tables: list[SectionTable]


class ParamRow(TypedDict):
    """One hyperparameter on both sides; an absent side is ``None``."""

    name: str
    scope: str
    base: str | None
    other: str | None


class ParamsSection(TypedDict):
    """Params that differ, of `total`."""

    rows: list[ParamRow]
    total: int


class ColumnDrift(TypedDict):
    """One column. `bars` are shares of the other side in bins, `steps` those of the base."""

    name: str
    text: str
    bars: list[float]
    steps: list[float]
    ticks: list[str]


class DataRow(TypedDict):
    """One dataset and its columns that differ."""

    name: str
    role: str
    text: str
    columns: list[ColumnDrift]
    hidden: int


class DataSection(TypedDict):
    """Datasets that differ; `equal` names the others."""

    rows: list[DataRow]
    equal: list[str]


class Line(TypedDict):
    """One line of code; `marks` are [start, end) character spans that changed within it."""

    kind: Literal["same", "removed", "added"]
    base: int
    other: int
    text: str
    marks: list[list[int]]


class CellDiff(TypedDict):
    """One cell; `title`: ``cell 4``, ``cell 7, only in v9``."""

    title: str
    lines: list[Line]


class Picture(TypedDict):
    """A figure, ``640 × 480 PNG, 24.1 kB`` in `OutputSide.text`; 0 pixels where not known.

    `data` is its bytes in base64, `reduced` tells that they are a smaller copy. Without, a live
    view asks for output `number` of `version`.
    """

    version: str
    number: int
    mime: str
    width: int
    height: int
    alt: str
    data: NotRequired[str]
    reduced: NotRequired[bool]


class GridRow(TypedDict):
    """A row of a table: its cells, and which of them differ, counted from 0."""

    cells: list[str]
    marks: list[int]


class Grid(TypedDict):
    """A table: rows of titles, other rows, and how many columns at the left are labels."""

    head: list[list[str]]
    rows: list[GridRow]
    labels: int


class OutputSide(TypedDict):
    """One side of an output: a figure or a table. `name` is the version."""

    name: str
    text: str
    picture: NotRequired[Picture]
    grid: NotRequired[Grid]


class OutputRow(TypedDict):
    """A figure or table that differs. `edits` tells cells of a table: ``b, a 2.5 → 2.75``."""

    title: str
    kind: Literal["figure", "table"]
    text: str
    edits: list[str]
    base: NotRequired[OutputSide]
    other: NotRequired[OutputSide]


class OutputsSection(TypedDict):
    """What cells showed and differs; `equal` names what does not. `command` shows it live."""

    text: str
    command: str
    rows: list[OutputRow]
    equal: list[str]


class CodeSection(TypedDict):
    """Cells that differ, of `total`."""

    cells: list[CellDiff]
    total: int
    git: str


class EnvironmentSection(TypedDict):
    """Facts and packages that differ."""

    rows: list[ParamRow]
    text: str


class Module(TypedDict):
    """A node of the module tree: `rel` relative change, `size` elements, leaf when no children."""

    name: str
    path: str
    size: int
    rel: Figure
    tip: str
    children: list[Module]


class WeightsModel(TypedDict):
    """One model's weights. `text`: ``9 of 11 tensors differ``."""

    name: str
    text: str
    tree: Module
    structure: list[str]
    largest: list[Fact]


class WeightsSection(TypedDict):
    """Models whose weights or structure differ."""

    models: list[WeightsModel]


class Point(TypedDict):
    """A metric's value at one version, with the change against the first parent.

    `exact` has the digits of a whole number that a JavaScript number would round.
    """

    text: str
    value: float | None
    exact: NotRequired[str]
    change: str
    verdict: Verdict | None


class LogRow(TypedDict):
    """One version of the log with its metrics by key. `thin`: its models were dropped."""

    version: Version
    points: dict[str, Point]
    regressed: list[str]
    model: str
    remarks: NotRequired[int]
    thin: NotRequired[bool]


class RankRow(TypedDict):
    """One ranked version. `bar` is 0 … 1 of the shown range; `change` against the baseline.

    `trail` is the ranking metric of its own ancestors, oldest first, and of itself.
    """

    rank: int
    version: Version
    cells: dict[str, Figure]
    bar: float
    change: str
    verdict: Verdict | None
    baseline: bool
    trail: NotRequired[list[float | None]]
