"""A diff is data: what differs between two versions, aspect by aspect.

An aspect that is equal on both sides is ``None``. Within an aspect only what differs is listed,
sorted by effect, largest first. `to_dict` gives plain builtins for JSON; views draw it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from jupyter_mvt.display import Chartable, Displayable, Live
from jupyter_mvt.objects.encode import to_data

if TYPE_CHECKING:
    from jupyter_mvt.compare.flips import PredictionsDiff
    from jupyter_mvt.compare.outputs import OutputsDiff
    from jupyter_mvt.objects.commit import Scalar
    from jupyter_mvt.objects.metric import MetricValue
    from jupyter_mvt.objects.version import VersionRef

__all__ = [
    "Basis",
    "CellChange",
    "CodeDiff",
    "ColumnChange",
    "DataDiff",
    "DatasetChange",
    "Diff",
    "EnvironmentDiff",
    "Line",
    "MetricChange",
    "MetricsDiff",
    "ModelChange",
    "Noise",
    "PackageChange",
    "ParamChange",
    "ParamsDiff",
    "TensorChange",
    "Verdict",
    "WeightsDiff",
]

Verdict: TypeAlias = Literal["better", "worse", "same", "changed", "inconclusive", "incomparable"]
"""``changed``: the direction is not known. ``inconclusive``: the change is within the noise that
the standard errors tell of. ``incomparable``: see `MetricChange.why`.

A change without an interval is judged by its sign: see `MetricsDiff.noise`.
"""

Noise: TypeAlias = Literal[
    "not tested", "tested where errors are known", "tested by 95 % intervals"
]
"""Whether verdicts know of noise: none of them, those with an interval, all of them."""

Presence: TypeAlias = Literal["added", "removed", "changed"]

Basis: TypeAlias = Literal[
    "",
    "same test data",
    "different test data",
    "test data not recorded",
    "test data partly different",
    "test data partly not recorded",
]
"""On what the metrics of both sides were measured; empty when no metric is on both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricChange:
    """One metric on both sides.

    Attributes
    ----------
    base, other
        Values; ``None`` when logged as None or absent (see `presence`).
    delta
        ``other - base`` when both are finite, else ``None``.
    relative
        ``delta / |base|`` when defined.
    verdict
        By sign and direction; ``inconclusive`` when `interval` holds zero.
    interval
        Of `delta`, at 95 %, where the standard errors of both sides are known.
    why
        For ``incomparable``: ``"different test data"``, ``"not a finite number"``,
        ``"only in v3"`` …; else empty, or a caveat: ``"test data not recorded in v3"``.
    """

    name: str
    slice: str = ""
    split: str = ""
    base: MetricValue = None
    other: MetricValue = None
    delta: float | None = None
    relative: float | None = None
    higher_is_better: bool | None = None
    unit: str = ""
    n: int | None = None
    verdict: Verdict
    why: str = ""
    presence: Presence = "changed"
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsDiff:
    """All metrics that differ: worse first, then better, then the rest, each by size of effect."""

    changes: tuple[MetricChange, ...]
    equal: tuple[str, ...] = ()
    basis: Basis = ""
    noise: Noise = "not tested"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParamChange:
    """One hyperparameter. `scope` is the model's name, empty for the run's own params."""

    name: str
    scope: str = ""
    base: Scalar = None
    other: Scalar = None
    presence: Presence = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParamsDiff:
    """Params that differ; those set by hand before those that only follow a default."""

    changes: tuple[ParamChange, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """One column of a dataset; `base` and `other` are its profiles (plain numbers).

    `psi` is the population stability index between both, ``None`` when it cannot be told;
    `distance` the same from 0 to 1, and by which measure, see `drift.distance`.
    """

    name: str
    presence: Presence
    base_type: str = ""
    other_type: str = ""
    base: dict[str, Any] | None = None
    other: dict[str, Any] | None = None
    psi: float | None = None
    distance: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetChange:
    """One dataset.

    `relation` says how: ``"rows appended"``, ``"same rows, other order"``,
    ``"2 of 20 columns changed"``, ``"only in v3"`` …
    """

    var: str
    role: str = ""
    presence: Presence
    base_id: str = ""
    other_id: str = ""
    base_rows: int = 0
    other_rows: int = 0
    base_columns: int = 0
    other_columns: int = 0
    relation: str = ""
    columns: tuple[ColumnChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDiff:
    """Datasets that differ."""

    changes: tuple[DatasetChange, ...]
    equal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChange:
    """One installed distribution; an empty version means "not installed"."""

    name: str
    base: str = ""
    other: str = ""
    used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDiff:
    """Python, platform and packages that differ; used packages first."""

    packages: tuple[PackageChange, ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()
    """(what, base, other): Python, platform, machine, processors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a cell's diff. `base`, `other` are line numbers from 1, 0 when absent there."""

    kind: Literal["same", "removed", "added"]
    base: int
    other: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """One cell; `base_order`, `other_order` are execution numbers, 0 when absent there."""

    presence: Presence
    base_order: int = 0
    other_order: int = 0
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDiff:
    """Cells that differ, in the order of the other side."""

    cells: tuple[CellChange, ...]
    total: int
    git: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorChange:
    """One array of a model.

    Attributes
    ----------
    rel_l2
        ``||other - base|| / ||base||``; ``None`` when shapes differ or it is not numeric.
    cosine
        Cosine between both, ``None`` when undefined.
    changed_share
        Share of elements that differ; of a structured array, of its records.
    why
        What the figures leave out or cannot say, in words.
    """

    path: str
    presence: Presence
    dtype: str = ""
    base_shape: tuple[int, ...] | None = None
    other_shape: tuple[int, ...] | None = None
    elements: int = 0
    rel_l2: float | None = None
    cosine: float | None = None
    changed_share: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """One model: its class, structure and arrays.

    Attributes
    ----------
    base_bytes, other_bytes
        Size of its arrays.
    rel_l2
        ``||other - base|| / ||base||`` over the arrays that differ and can be compared, taken
        together; arrays of equal content are not read.
    tensors
        Those that differ: arrays of one side or another shape first, then by `rel_l2`.
    equal, total
        How many arrays are equal, of how many on either side.
    structure
        What else differs, a line each: ``"steps: + scaler"``, ``"n_features_in_ 4 → 5"``.
    """

    var: str
    presence: Presence
    base_cls: str = ""
    other_cls: str = ""
    same_arch: bool = True
    base_bytes: int = 0
    other_bytes: int = 0
    rel_l2: float | None = None
    tensors: tuple[TensorChange, ...] = ()
    equal: int = 0
    total: int = 0
    structure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsDiff:
    """Models whose weights or structure differ."""

    models: tuple[ModelChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Diff(Displayable, Live, Chartable):
    """What differs between `base` and `other`. Aspects that are equal are ``None``.

    `measured` counts the metrics that both sides have, if metrics were compared: without `metrics`
    these are equal. `extra` holds what aspects of other packages found, by their name.
    """

    base: VersionRef
    other: VersionRef
    metrics: MetricsDiff | None = None
    predictions: PredictionsDiff | None = None
    outputs: OutputsDiff | None = None
    params: ParamsDiff | None = None
    data: DataDiff | None = None
    code: CodeDiff | None = None
    environment: EnvironmentDiff | None = None
    weights: WeightsDiff | None = None
    measured: int | None = field(default=None, compare=False)
    extra: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return bool(self.extra) or any(getattr(self, name) is not None for name in self.aspects())

    @classmethod
    def aspects(cls) -> tuple[str, ...]:
        """Return the names of all aspects of this package, in the order of views."""
        apart = {"base", "other", "measured", "extra"}
        return tuple(f.name for f in fields(cls) if f.name not in apart)

    def to_dict(self) -> dict[str, Any]:
        """Return the diff as plain builtins; equal aspects are left out."""
        data: dict[str, Any] = to_data(self)
        del data["measured"]
        return {key: value for key, value in data.items() if value is not None and value != {}}
