"""Models whose arrays or structure differ. Only arrays whose chunks differ are read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mvt.compare.diff import ModelChange, TensorChange, WeightsDiff
from jupyter_mvt.compare.pairing import model_pairs
from jupyter_mvt.compare.side import Side, manifest
from jupyter_mvt.compare.structure import structure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.objects.commit import Model
    from jupyter_mvt.objects.manifest import Entry, Manifest

__all__ = ["diff_weights"]


def diff_weights(base: Side, other: Side) -> WeightsDiff | None:
    """Compare models, paired by name, or the primary ones."""
    found = (
        _changed(base, a, other, b) if a and b else _one_sided(base if a else other, a, b)
        for a, b in model_pairs(base, other)
    )
    models = tuple(change for change in found if change is not None)
    return WeightsDiff(models=models) if models else None


def _one_sided(side: Side, a: Model | None, b: Model | None) -> ModelChange | None:
    model = b or a
    if model is None:
        return None
    total = sum(not entry.volatile for entry in manifest(side, model.weights).entries)
    if a is None:
        return ModelChange(
            var=model.var,
            presence="added",
            other_cls=model.cls,
            same_arch=False,
            other_bytes=model.weights_bytes,
            total=total,
        )
    return ModelChange(
        var=model.var,
        presence="removed",
        base_cls=model.cls,
        same_arch=False,
        base_bytes=model.weights_bytes,
        total=total,
    )


def _changed(base: Side, a: Model, other: Side, b: Model) -> ModelChange | None:
    lines = structure(base, a, other, b)
    alike = (a.cls, a.arch) == (b.cls, b.arch) and not lines
    if alike and a.weights_id == b.weights_id:
        return None
    arrays = _arrays(base, a, other, b)
    if alike and not arrays.tensors:
        return None
    return ModelChange(
        var=b.var,
        presence="changed",
        base_cls=a.cls,
        other_cls=b.cls,
        same_arch=a.arch == b.arch,
        base_bytes=a.weights_bytes,
        other_bytes=b.weights_bytes,
        rel_l2=arrays.rel_l2,
        tensors=arrays.tensors,
        equal=arrays.equal,
        total=arrays.total,
        structure=lines,
    )


@dataclass(frozen=True, slots=True)
class _Arrays:
    tensors: tuple[TensorChange, ...]
    rel_l2: float | None
    equal: int
    total: int


def _arrays(base: Side, a: Model, other: Side, b: Model) -> _Arrays:
    left, right = manifest(base, a.weights), manifest(other, b.weights)
    mine, theirs = _entries(left, right), _entries(right, left)
    if a.weights_id == b.weights_id:
        return _Arrays((), None, len(mine), len(mine))
    changes: list[TensorChange] = []
    norms: list[tuple[float, float]] = []
    equal = 0
    paths = [*theirs, *(path for path in mine if path not in theirs)]
    for path in paths:
        before, after = mine.get(path), theirs.get(path)
        if before is None or after is None:
            changes.append(_alone(path, before, after))
        elif _key(before) == _key(after):
            equal += 1
        elif before.shape != after.shape:
            changes.append(_reshaped(path, before, after))
        else:
            change, pair = _measured(path, base, before, other, after)
            changes.append(change)
            norms += [pair] if pair else []
    return _Arrays(tuple(sorted(changes, key=_rank)), _together(norms), equal, len(paths))


def _entries(own: Manifest, foreign: Manifest) -> Mapping[str, Entry]:
    """Return entries by path; a tied name too, if the other side has an array of that name."""
    entries = {entry.path: entry for entry in own.entries if not entry.volatile}
    wanted = {entry.path for entry in foreign.entries}
    for tie in own.ties:
        if tie.path in wanted and tie.target in entries:
            entries.setdefault(tie.path, entries[tie.target])
    return entries


def _key(entry: Entry) -> object:
    return entry.dtype, entry.shape, entry.chunks


def _dtype(a: Entry, b: Entry) -> str:
    names = [_plain(entry.dtype) for entry in (a, b)]
    return names[0] if a.dtype == b.dtype else " → ".join(names)


def _plain(dtype: str) -> str:
    return "records" if dtype.startswith("[") else dtype


def _alone(path: str, a: Entry | None, b: Entry | None) -> TensorChange:
    entry = b or a
    assert entry is not None
    return TensorChange(
        path=path,
        presence="added" if a is None else "removed",
        dtype=_plain(entry.dtype),
        base_shape=a.shape if a else None,
        other_shape=b.shape if b else None,
        elements=math.prod(entry.shape),
    )


def _reshaped(path: str, a: Entry, b: Entry) -> TensorChange:
    return TensorChange(
        path=path,
        presence="changed",
        dtype=_dtype(a, b),
        base_shape=a.shape,
        other_shape=b.shape,
        elements=math.prod(b.shape),
        why="other shape",
    )


def _measured(
    path: str, base: Side, a: Entry, other: Side, b: Entry
) -> tuple[TensorChange, tuple[float, float] | None]:
    # numpy is loaded only when there is something to measure.
    from jupyter_mvt.compare.measure import array, measure

    found = measure(
        array(a, base.objects.content(a)), a.dtype, array(b, other.objects.content(b)), b.dtype
    )
    elements = math.prod(b.shape)
    change = TensorChange(
        path=path,
        presence="changed",
        dtype=_dtype(a, b),
        base_shape=a.shape,
        other_shape=b.shape,
        elements=elements,
        rel_l2=found.rel_l2,
        cosine=found.cosine,
        changed_share=found.changed / elements if elements else None,
        why=found.why,
    )
    if found.delta_norm is None or found.base_norm is None:
        return change, None
    return change, (found.delta_norm, found.base_norm)


def _together(norms: list[tuple[float, float]]) -> float | None:
    scale = math.hypot(*(base for _, base in norms))
    if not scale:
        return None
    ratio = math.hypot(*(delta for delta, _ in norms)) / scale
    return ratio if math.isfinite(ratio) else None


def _rank(change: TensorChange) -> tuple[int, float, float, str]:
    if change.base_shape != change.other_shape:
        return 0, 0.0, -float(change.elements), change.path
    # From all zeros any change is without measure: it stands before those that have one.
    effect = math.inf if change.rel_l2 is None else change.rel_l2
    return 1, -effect, -(change.changed_share or 0.0), change.path
