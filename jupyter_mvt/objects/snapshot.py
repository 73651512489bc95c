"""What capture hands to the store: everything of a version, not yet hashed or written.

A snapshot holds the live content by lazy `Part` objects, so that the model is never twice in
memory; writing it turns it into the `Content` of a commit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.objects.cellrun import CellRun
    from jupyter_mvt.objects.code import Git
    from jupyter_mvt.objects.commit import Note, Param, StateKind
    from jupyter_mvt.objects.curve import CurvesDraft
    from jupyter_mvt.objects.dataset import Schema
    from jupyter_mvt.objects.environment import Environment
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.manifest import Part, Tie
    from jupyter_mvt.objects.metric import Metric
    from jupyter_mvt.objects.output import Kind

__all__ = [
    "Bundle",
    "DatasetDraft",
    "EvaluationDraft",
    "ModelDraft",
    "OutputDraft",
    "Snapshot",
    "Tuned",
    "VariableDraft",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Parts that become one manifest."""

    parts: tuple[Part, ...] = ()
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What a model was tuned from: its class, and the path below which tuning's arrays are."""

    cls: str
    added: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDraft:
    """A model, frozen by its adapter; see `objects.commit.Model` for the fields."""

    var: str
    role: str
    primary: bool
    adapter: str
    framework: str
    cls: str
    params: tuple[Param, ...]
    bundle: Bundle
    state: bytes
    state_kind: StateKind
    state_identity: ObjectId
    arch: ObjectId
    n_weights: int
    optimizer: Bundle | None = None
    optimizer_state: bytes = b""
    code_refs: tuple[tuple[str, str], ...] = ()
    """(qualified name, source text) of what came from the notebook."""
    fitted_in: int | None = None
    tuned: Tuned | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDraft:
    """A dataset's fingerprint; see `objects.dataset.Dataset`."""

    var: str
    role: str
    kind: str
    id: ObjectId
    rows: int
    schema: Schema
    multiset_id: str = ""
    digest_kind: str = "full"
    arg_of: str = ""
    nbytes: int = 0
    source: str = ""
    lost: tuple[str, ...] = ()
    index_columns: int = 0
    """What the id does not cover, in words."""
    bundle: Bundle | None = None
    """Its content, where it is to be kept whole."""
    state: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableDraft:
    """A variable to be kept; see `objects.commit.Variable`."""

    name: str
    type: str
    state_kind: StateKind
    state: bytes
    bundle: Bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationDraft:
    """How good the primary model was found to be; see `objects.evaluation.Evaluation`."""

    task: str
    split: str
    dataset_id: str
    rows: int
    metrics: tuple[Metric, ...]
    seconds: float
    peak_bytes: int
    peak_rows: int
    file: Callable[[int], bytes]
    """Every example as Parquet; each number gives other bytes of the same meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDraft:
    """What a cell showed; see `objects.output.Output`."""

    kind: Kind
    mime: str
    body: bytes
    cell: int
    cell_id: str = ""
    width: int = 0
    height: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that a commit will contain."""

    models: tuple[ModelDraft, ...] = ()
    datasets: tuple[DatasetDraft, ...] = ()
    metrics: tuple[Metric, ...] = ()
    params: tuple[Param, ...] = ()
    cells: tuple[CellRun, ...] = ()
    code_identity: str = ""
    git: Git | None = None
    environment: Environment | None = None
    variables: tuple[VariableDraft, ...] = ()
    curves: CurvesDraft | None = None
    evaluation: EvaluationDraft | None = None
    outputs: tuple[OutputDraft, ...] = ()
    notes: tuple[Note, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
