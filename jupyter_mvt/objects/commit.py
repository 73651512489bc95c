"""A version: one immutable package of everything that made a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from msgspec import UNSET, UnsetType

from jupyter_mvt.objects.code import Code
from jupyter_mvt.objects.curve import Curves
from jupyter_mvt.objects.dataset import Dataset
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.objects.output import Output

__all__ = [
    "BaseModel",
    "Commit",
    "Content",
    "Model",
    "Note",
    "NoteKind",
    "Param",
    "Scalar",
    "StateKind",
    "Trigger",
    "Variable",
    "commit_id",
    "tree_id",
]

Scalar: TypeAlias = bool | int | float | str | None
Trigger: TypeAlias = Literal["manual", "auto", "api", "ci"]
NoteKind: TypeAlias = Literal["ok", "partial", "skipped", "stale", "sampled", "redacted", "warning"]
StateKind: TypeAlias = Literal["declarative", "tensors", "pickle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One hyperparameter, flat name and value; `default` tells that it was left as it was."""

    name: str
    value: Scalar
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What capture did not take as one would expect, and why. Absence is never silent."""

    kind: NoteKind
    about: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseModel:
    """What a model was tuned from.

    Attributes
    ----------
    cls
        Qualified class name.
    id
        Identity of its arrays: the ``weights_id`` that it has as a model of its own.
    nbytes
        Their bytes, stored once for all models that were tuned from it.
    """

    cls: str
    id: ObjectId
    nbytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model inside a commit.

    Attributes
    ----------
    var
        Its name in the notebook, or the one given.
    role
        ``"predictor"``, ``"pipeline"``, ``"module"`` …
    adapter
        Name and version of the adapter's format, ``"sklearn/1"``.
    framework
        ``"scikit-learn 1.7.2"``.
    cls
        Qualified class name.
    weights
        Id of the manifest of its arrays.
    weights_id
        That manifest's identity.
    weights_bytes, n_weights
        Bytes and number of array elements.
    state
        Object id of the skeleton (canonical JSON for ``declarative`` and ``tensors``, opaque
        bytes for ``pickle``).
    state_kind
        How it is restored; ``pickle`` is code and needs trust.
    state_identity
        Id of what in the skeleton counts for identity (structure and plain values).
    arch
        Id of the architecture (module tree, steps); two models of equal `arch` have arrays that
        can be compared one by one.
    optimizer
        Id of the manifest of the optimizer's state, or empty.
    optimizer_state
        Object id of the optimizer's skeleton, or empty.
    code_refs
        ``(qualified name, object id of the source closure)`` of classes and functions that came
        from the notebook.
    base
        What it was tuned from, where adapters were put on a frozen base.
    """

    var: str
    role: str
    primary: bool
    adapter: str
    framework: str
    cls: str
    params: tuple[Param, ...] = ()
    weights: ObjectId
    weights_id: ObjectId
    weights_bytes: int
    n_weights: int
    state: ObjectId
    state_kind: StateKind
    state_identity: ObjectId
    arch: ObjectId
    optimizer: str = ""
    optimizer_state: str = ""
    code_refs: tuple[tuple[str, str], ...] = ()
    fitted_in: int | None = None
    base: BaseModel | UnsetType = UNSET

    @property
    def needs_trust(self) -> bool:
        """Whether restoring would run code (a pickle)."""
        return self.state_kind == "pickle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable kept on request: its manifest, skeleton, and how it is restored."""

    name: str
    type: str
    state_kind: StateKind
    state: ObjectId
    weights: ObjectId
    nbytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a commit is about, without history, time and words."""

    models: tuple[Model, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    metrics: tuple[Metric, ...] = ()
    params: tuple[Param, ...] = ()
    code: Code = field(default_factory=Code)
    env_id: str = ""
    env_identity: str = ""
    """Id over the environment without what happened to be imported."""
    env_summary: str = ""
    variables: tuple[Variable, ...] = ()
    curves: Curves | UnsetType = UNSET
    outputs: tuple[Output, ...] | UnsetType = UNSET
    """What its cells showed; no part of its identity."""

    @property
    def primary(self) -> Model | None:
        """The model that the version is named after."""
        return next((model for model in self.models if model.primary), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A version.

    Attributes
    ----------
    parents
        Ids of the versions it follows, newest first.
    tree_id
        Identity of `content`; equal to the parent's means "nothing changed".
    branch
        On which it was made.
    time_us
        Microseconds since 1970 UTC.
    trigger
        How it was asked for.
    derived_from
        What the session had started from, when another session was faster; else empty.
    total_bytes, new_bytes
        Size of all its objects, and of those that it added.
    timings_ms
        Phase → milliseconds, of the capture.
    """

    parents: tuple[ObjectId, ...]
    tree_id: ObjectId
    branch: str
    message: str
    author: str
    time_us: int
    trigger: Trigger = "manual"
    session: str = ""
    content: Content
    notes: tuple[Note, ...] = ()
    derived_from: str = ""
    total_bytes: int = 0
    new_bytes: int = 0
    timings_ms: dict[str, float] = field(default_factory=dict)
    format: int = 1


def commit_id(commit: Commit) -> ObjectId:
    """Return the id of `commit`: BLAKE3-256 of its canonical bytes."""
    return digest(encode(commit))


def tree_id(content: Content) -> ObjectId:
    """Return the identity of `content`: what must differ for a new version to be made.

    Durations, names of storage objects, what cells showed and where things were seen do not
    count; weights, structure, params, data, metrics, code and environment do.
    """
    return digest(encode(_identity(content)))


def _identity(content: Content) -> dict[str, Any]:
    curves = content.curves
    return {
        **({} if curves is UNSET else {"curves": curves.identity}),
        "models": [
            (m.var, m.primary, m.cls, m.weights_id, m.state_identity, m.arch, m.optimizer,
             m.optimizer_state, [(p.name, p.value) for p in m.params])
            for m in content.models
        ],
        "datasets": [
            (d.var, d.role, d.id, d.stored) if d.stored else (d.var, d.role, d.id)
            for d in content.datasets
        ],
        "metrics": [(*m.key, m.value, m.dataset_id) for m in content.metrics],
        "params": [(p.name, p.value) for p in content.params],
        "code": content.code.identity,
        "env": content.env_identity,
        "variables": [(v.name, v.type, v.state, v.weights) for v in content.variables],
    }  # fmt: skip
