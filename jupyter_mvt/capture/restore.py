"""From a version back to live objects."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_mvt.capture.adapter import ADAPTERS, ModelAdapter, Skeleton, Sources
from jupyter_mvt.errors import NotFoundError, RestoreError, UsageError
from jupyter_mvt.objects.ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from jupyter_mvt.objects.commit import Model, StateKind
    from jupyter_mvt.objects.ids import Buffer
    from jupyter_mvt.objects.reader import ObjectReader

Restore: TypeAlias = "Callable[[Skeleton, Any], tuple[Any, dict[str, Any]]]"

__all__ = ["load_tensor", "restore_model", "restore_optimizer"]

_SHOWN = 8
_WIDEST = 80


def restore_model(
    reader: ObjectReader,
    model: Model,
    *,
    namespace: Mapping[str, Any] | None = None,
    sources: Sources | None = None,
    trusted: bool = False,
) -> Any:
    """Return the live model.

    Parameters
    ----------
    reader
        The store.
    model
        What to rebuild.
    namespace
        The notebook's names. A class or function in it is used, so that ``isinstance`` keeps
        working, if `sources` finds the very text for it that is stored.
    sources
        Finds the source closure of live classes and functions.
    trusted
        Whether code of this version (a pickle, source text) may run.

    Raises
    ------
    RestoreError
        Not possible here; `TrustError` when code would have to run that is not trusted.
    CorruptionError
        What is stored is not sound.
    """
    adapter = _adapter(model)
    skeleton = _skeleton(
        reader, model, model.weights, model.state, model.state_kind, namespace, sources, trusted
    )
    return adapter.restore(skeleton)


def restore_optimizer(
    reader: ObjectReader,
    model: Model,
    live: Any,
    *,
    namespace: Mapping[str, Any] | None = None,
    sources: Sources | None = None,
    trusted: bool = False,
) -> tuple[Any, dict[str, Any]]:
    """Return the optimizer that was kept with `model`, over the parameters of `live`.

    And its schedulers and gradient scalers, by their names.

    Raises
    ------
    NotFoundError
        None was kept (code ``no-optimizer``).
    RestoreError
        `live` has other parameters (code ``optimizer-mismatch``).
    """
    if not model.optimizer or not model.optimizer_state:
        # Some frameworks' models carry theirs with them.
        resume = getattr(_adapter(model), "resume", None)
        own = None if resume is None else resume(
            _skeleton(reader, model, model.weights, model.state, model.state_kind, namespace,
                      sources, trusted), live)  # fmt: skip
        if own is not None:
            return own, {}
        msg = f"No optimizer was kept with {model.var!r}."
        raise NotFoundError(msg, code="no-optimizer")
    weights, state = ObjectId(model.optimizer), ObjectId(model.optimizer_state)
    skeleton = _skeleton(reader, model, weights, state, "tensors", namespace, sources, trusted)
    return _optimizer_reader(model, skeleton.state)(skeleton, live)


def _optimizer_reader(model: Model, state: Buffer) -> Restore:
    """Return what restores an optimizer: torch's serve the models of other frameworks, too."""
    adapters: list[Any] = [_adapter(model), *ADAPTERS]
    found = [item for item in adapters if hasattr(item, "restore_optimizer")]
    own = [item for item in found
           if hasattr(item, "reads_optimizer") and item.reads_optimizer(state)]  # fmt: skip
    others = [item for item in found if not hasattr(item, "reads_optimizer")]
    restore: Restore = (own or others)[0].restore_optimizer
    return restore


def load_tensor(
    reader: ObjectReader, model: Model, path: object, *, version: str = "HEAD"
) -> np.ndarray[Any, Any]:
    """Return one array of `model`, reading nothing else; hints name its `version`.

    What numpy has no dtype for (``bfloat16``, ``float8_*``) comes as unsigned integers: its bits.

    Raises
    ------
    NotFoundError
        There is no such array (code ``unknown-tensor``).
    UsageError
        `path` is not a string (code ``tensor-path``).
    """
    from jupyter_mvt.capture.arrays import array_of

    manifest = reader.manifest(model.weights)
    ties = {tie.path: tie.target for tie in manifest.ties}
    entries = {entry.path: entry for entry in manifest.entries}
    known = list(dict.fromkeys([*entries, *ties]))
    if not isinstance(path, str):
        msg = f"An array is named by a string, not by {_brief(path)} ({type(path).__name__})."
        raise UsageError(msg, code="tensor-path", hint=_call(model, version, known))
    entry = entries.get(ties.get(path, path))
    if entry is None:
        msg, near = _no_array(model, path, known)
        raise NotFoundError(msg, code="unknown-tensor", hint=_call(model, version, near))
    return array_of(entry, reader.content(entry))


def _no_array(model: Model, path: str, known: list[str]) -> tuple[str, list[str]]:
    """Return what is the case with a `path` that names no array, and the names to take instead."""
    if not known:
        return f"{model.var!r} has no arrays.", known
    stem = path.strip(" ./")
    within = [name for name in known if stem and name.startswith((f"{stem}.", f"{stem}/"))]
    if within:
        count = "one array" if len(within) == 1 else f"{len(within)} arrays"
        said = f"{_brief(path)} is no array of {model.var!r}: it holds {count}, {_listed(within)}."
        return said, within
    missing = f"{model.var!r} has no array {_brief(path)}"
    near = _near(stem, known)
    if len(near) == 1:
        return f"{missing}; did you mean {near[0]}?", near
    if near:
        return f"{missing}; the nearest are {_listed(near)}.", near
    return f"{missing}; it holds {_listed(known)}.", known


def _near(path: str, known: list[str]) -> list[str]:
    """Return the names most like `path`, and first those that hold it."""
    holding = [name for name in known if path and path in name]
    like = difflib.get_close_matches(path, known, _SHOWN, cutoff=0.5)
    return list(dict.fromkeys([*holding, *like]))[:_SHOWN]


def _call(model: Model, version: str, names: list[str]) -> str:
    """Return the call that takes the first of `names`."""
    if not names:
        return f"mvt show {version}"
    which = "" if model.primary else f", model={model.var!r}"
    return f"repo[{version!r}].tensor({names[0]!r}{which})"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _brief(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"


def _adapter(model: Model) -> ModelAdapter:
    name = model.adapter.partition("/")[0]
    if name not in ADAPTERS:
        msg = f"{model.var!r} was kept by the adapter {name!r}, which is not installed here."
        raise RestoreError(msg, code="adapter-missing", hint=f"pip install {name}")
    adapter = ADAPTERS.get(name)
    if adapter.format != model.adapter:
        msg = (
            f"{model.var!r} is of format {model.adapter!r}; this version reads {adapter.format!r}."
        )
        raise RestoreError(msg, code="adapter-format", hint="pip install --upgrade jupyter_mvt")
    return adapter


def _skeleton(
    reader: ObjectReader,
    model: Model,
    weights: ObjectId,
    state: ObjectId,
    kind: StateKind,
    namespace: Mapping[str, Any] | None,
    sources: Sources | None,
    trusted: bool,
) -> Skeleton:
    manifest = reader.manifest(weights)
    texts = {
        name: reader.blob(ObjectId(oid)).decode("utf-8", "replace") for name, oid in model.code_refs
    }
    return Skeleton(
        state=reader.blob(state),
        state_kind=kind,
        entries={entry.path: entry for entry in manifest.entries},
        ties={tie.path: tie.target for tie in manifest.ties},
        read=reader.ahead(manifest.entries),
        sources=texts,
        namespace=_live(texts, namespace or {}, sources),
        trusted=trusted,
        stretches=reader.pieces,
    )


def _live(
    texts: Mapping[str, str], namespace: Mapping[str, Any], sources: Sources | None
) -> dict[str, Any]:
    """Return the live classes and functions whose source is the stored one."""
    found: dict[str, Any] = {}
    if sources is None:
        return found
    for name, text in texts.items():
        _, *path = name.split(".")
        value = namespace.get(path[0]) if path else None
        for step in path[1:]:
            value = getattr(value, step, None)
        if callable(value) and sources(value) == text:
            found[name] = value
    return found
