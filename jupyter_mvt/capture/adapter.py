"""What a framework must answer so that its models can be kept and rebuilt.

An adapter recognises objects by the *names* in their class's MRO, so that nothing is imported
which the user has not imported. Built-ins register here by import path; other packages through
the entry-point group ``jupyter_mvt.adapters``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from jupyter_mvt.registry import Registry

if TYPE_CHECKING:
    # Only named in annotations: the cell log needs this module and must load fast.
    from jupyter_mvt.errors import CaptureError
    from jupyter_mvt.objects.commit import Param, StateKind
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.manifest import Entry
    from jupyter_mvt.objects.snapshot import Bundle, Tuned

__all__ = [
    "ADAPTERS",
    "Frozen",
    "ModelAdapter",
    "Role",
    "Skeleton",
    "Sources",
    "adapter_for",
    "mro_names",
    "offer_of",
    "refusal_of",
]

Role: TypeAlias = Literal[
    "predictor",
    "transformer",
    "pipeline",
    "search",
    "module",
    "booster",
    "results",
    "params",
    "optimizer",
    "scheduler",
    "loss",
    "file",
    "object",
]

Sources: TypeAlias = Callable[[type | Callable[..., Any]], "str | None"]
"""Return the source closure of a class or function defined in a cell, else ``None``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A model taken apart.

    Attributes
    ----------
    bundle
        Its arrays, lazily read.
    state
        Skeleton: canonical JSON bytes (``declarative``, ``tensors``) or opaque bytes (``pickle``).
    state_kind
        How it is rebuilt.
    state_identity
        Id of what in the skeleton counts for identity (never of pickle bytes).
    arch
        Id of the architecture: equal for models whose arrays correspond one by one.
    n_weights
        Number of elements in all numeric arrays that are learned.
    code_refs
        ``(qualified name, source text)`` of classes and functions from the notebook.
    lost
        What could not be taken, in words; becomes capture notes.
    tuned
        What it was tuned from, if adapters were put on a base.
    """

    bundle: Bundle
    state: bytes
    state_kind: StateKind
    state_identity: ObjectId
    arch: ObjectId
    n_weights: int
    code_refs: tuple[tuple[str, str], ...] = ()
    lost: tuple[str, ...] = ()
    tuned: Tuned | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """What restoring gets: the stored state and its arrays, read on demand.

    Attributes
    ----------
    state, state_kind
        As frozen.
    entries
        Path → stored description, for validation before anything is allocated.
    ties
        Path → path whose storage it shares.
    read
        Returns the content of an entry, owned by the caller.
    stretches
        Yields it in order, each piece until the next is asked for; ``None``: only `read` does.
    sources
        Qualified name → source text, of classes and functions from the notebook.
    namespace
        Live objects by qualified name; a class whose source is equal is re-used, so that
        ``isinstance`` keeps working. Running `sources` needs `trusted`.
    trusted
        Whether code of this version (a pickle, source text) may run.
    """

    state: bytes
    state_kind: StateKind
    entries: Mapping[str, Entry]
    ties: Mapping[str, str]
    read: Callable[[Entry], memoryview]
    sources: Mapping[str, str] = field(default_factory=dict)
    namespace: Mapping[str, Any] = field(default_factory=dict)
    trusted: bool = False
    stretches: Callable[[Entry], Iterator[memoryview]] | None = None

    def pieces(self, entry: Entry) -> Iterator[memoryview]:
        """Return the content of `entry` for one who copies it, large content piece by piece."""
        from jupyter_mvt.capture.arrays import is_large

        if self.stretches is None or not is_large(entry.nbytes):
            return iter([self.read(entry)])
        return self.stretches(entry)


class ModelAdapter(Protocol):
    """One framework.

    Attributes
    ----------
    name
        ``"sklearn"``.
    format
        ``"sklearn/1"``, written into commits; `restore` reads every format it ever wrote.
    priority
        Higher asks first (Keras must outrank torch: its models have torch's Module in the MRO).
    match
        MRO names (``"torch.nn.modules.module.Module"``) or prefixes ending in a dot
        (``"sklearn."``).
    """

    name: str
    format: str
    priority: int
    match: tuple[str, ...]

    def detect(self, obj: Any) -> Role | None:
        """Return what `obj` is to a person, ``None`` when it is no concern of this adapter."""
        ...

    def is_fitted(self, obj: Any) -> bool:
        """Tell whether `obj` has learned something."""
        ...

    def children(self, obj: Any) -> Iterable[Any]:
        """Return models contained in `obj` (steps, best estimator, base estimators)."""
        ...

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return flat hyperparameters, defaults included."""
        ...

    def framework(self) -> str:
        """Return name and version, ``"scikit-learn 1.7.2"``."""
        ...

    def token(self, obj: Any) -> object:
        """Return a cheap hint that differs when `obj` surely changed; no proof of equality."""
        ...

    def freeze(self, obj: Any, sources: Sources) -> Frozen:
        """Take `obj` apart without copying its arrays.

        Raises
        ------
        CaptureError
            It cannot be kept (code ``unfitted``, ``not-capturable``).
        """
        ...

    def restore(self, skeleton: Skeleton) -> Any:
        """Rebuild the live object. Validates shapes, bounds and classes before allocating.

        Raises
        ------
        RestoreError
            Not possible here (class gone, other format); `TrustError` if code would have to run.
        """
        ...


ADAPTERS: Registry[ModelAdapter] = Registry("model adapter", "jupyter_mvt.adapters")
for _name in (
    "sklearn",
    "torch",
    "keras",
    "transformers",
    "jax",
    "onnx",
    "xgboost",
    "lightgbm",
    "catboost",
    "statsmodels",
    "file",
    "pickled",
):
    ADAPTERS.register(_name, f"jupyter_mvt.capture.adapters.{_name}:ADAPTER")


def mro_names(cls: type) -> tuple[str, ...]:
    """Return ``module.QualName`` of every class in the MRO, most derived first."""
    return tuple(f"{base.__module__}.{base.__qualname__}" for base in cls.__mro__)


def adapter_for(obj: Any) -> ModelAdapter | None:
    """Return the adapter of highest priority that recognises `obj`, importing no framework.

    Where none does, the one that keeps it when a person names it.
    """
    names = mro_names(type(obj))
    for adapter in sorted(ADAPTERS, key=lambda entry: -entry.priority):
        if _matches(adapter.match, names) and adapter.detect(obj) is not None:
            return adapter
    offer = offer_of(obj)
    return None if offer is None else offer[0]


def offer_of(
    obj: Any, adapters: Iterable[ModelAdapter] | None = None
) -> tuple[ModelAdapter, Role] | None:
    """Return which adapter keeps `obj` when a person names it, and as what.

    Adapters may have a method ``detect_given(obj)`` that answers this for what nobody would look
    for: weights without a model, or any object.
    """
    for adapter in sorted(adapters or ADAPTERS, key=lambda entry: -entry.priority):
        detect = getattr(adapter, "detect_given", None)
        role: Role | None = None if detect is None else detect(obj)
        if role is not None:
            return adapter, role
    return None


def refusal_of(obj: Any, adapters: Iterable[ModelAdapter] | None = None) -> CaptureError | None:
    """Return why an adapter that knows what `obj` is cannot keep it, ``None`` if none does.

    Adapters may have a method ``refusal(obj)`` that answers this.
    """
    names = mro_names(type(obj))
    for adapter in adapters or ADAPTERS:
        refusal = getattr(adapter, "refusal", None)
        found: CaptureError | None = None if refusal is None else refusal(obj, names)
        if found is not None:
            return found
    return None


def _matches(patterns: tuple[str, ...], names: tuple[str, ...]) -> bool:
    return any(
        name.startswith(pattern) if pattern.endswith(".") else name == pattern
        for pattern in patterns
        for name in names
    )
