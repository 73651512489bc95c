"""A model that was made again beside the one that is kept: array by array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapter import adapter_for
from jupyter_mvt.capture.lookup import look_up
from jupyter_mvt.capture.rerun.plan import Verdict
from jupyter_mvt.errors import CaptureError, MvtError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_mvt.capture.adapter import Frozen, Sources
    from jupyter_mvt.objects.commit import Model
    from jupyter_mvt.objects.dataset import Dataset
    from jupyter_mvt.objects.reader import ObjectReader

__all__ = ["judge", "same_data"]


def judge(
    reader: ObjectReader, model: Model, namespace: Mapping[str, Any], sources: Sources,
    tolerance: float,
) -> Verdict:  # fmt: skip
    """Return how the model of that name in `namespace` compares with the stored one."""
    try:
        value = look_up(namespace, model.var)
        adapter = adapter_for(value)
        frozen = None if adapter is None else adapter.freeze(value, sources)
    except CaptureError as error:
        return Verdict(model=model.var, same="missing", why=error.message)
    if frozen is None:
        why = f"{model.var} is a {type(value).__qualname__} now, and no model"
        return Verdict(model=model.var, same="missing", why=why)
    first, largest, relative = "", 0.0, 0.0
    for path, difference, share in _differences(reader, model, frozen):
        first = first or path
        largest, relative = max(largest, difference), max(relative, share)
        if difference != difference:
            return Verdict(model=model.var, same="differs", tensor=first, difference=difference,
                           why="it has another shape or type")  # fmt: skip
    if first:
        same = "close" if relative <= tolerance else "differs"
        return Verdict(model=model.var, same=same, tensor=first, difference=largest)
    if frozen.state_kind != "pickle" and frozen.arch != model.arch:
        return Verdict(model=model.var, same="differs", why="its structure differs")
    if frozen.state_identity != model.state_identity:
        why = "all arrays are the same, settings or structure differ"
        return Verdict(model=model.var, same="differs", why=why)
    return Verdict(model=model.var, same="identical")


def same_data(dataset: Dataset, namespace: Mapping[str, Any]) -> str:
    """Tell whether a dataset of that name is there, and the same."""
    from jupyter_mvt.capture.data.fingerprint import describe

    if dataset.var not in namespace:
        return "missing"
    try:
        found = describe(namespace[dataset.var], dataset.var, dataset.role)
    except MvtError:
        return "missing"
    return "same" if found.id == dataset.id else "other"


def _differences(
    reader: ObjectReader, model: Model, frozen: Frozen
) -> Iterator[tuple[str, float, float]]:
    """Yield path, absolute and relative difference of arrays that differ; NaN for a misfit."""
    kept = {e.path: e for e in reader.manifest(model.weights).entries if not e.volatile}
    made = {part.path: part for part in frozen.bundle.parts if not part.volatile}
    for path in sorted(kept.keys() | made.keys()):
        entry, part = kept.get(path), made.get(path)
        if entry is None or part is None:
            yield path, float("nan"), float("nan")
            continue
        if (entry.dtype, tuple(entry.shape)) != (part.dtype, tuple(part.shape)):
            yield path, float("nan"), float("nan")
            continue
        before, after = reader.content(entry), memoryview(part.read()).cast("B")
        if before != after:
            yield path, *_distance(_numbers(before, entry.dtype), _numbers(after, entry.dtype))


def _numbers(data: Any, dtype: str) -> Any:
    if dtype == "bfloat16":
        return (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4").astype(np.float64)
    try:
        kind = np.dtype(dtype)
    except TypeError:
        return None
    if kind.names or kind.kind not in "biuf":
        return None
    return np.frombuffer(data, kind).astype(np.float64)


def _distance(before: Any, after: Any) -> tuple[float, float]:
    if before is None or after is None:
        return float("inf"), float("inf")
    with np.errstate(all="ignore"):
        apart = np.abs(before - after)
        apart[(before == after) | (np.isnan(before) & np.isnan(after))] = 0.0
        apart[np.isnan(apart)] = np.inf
        size = float(np.max(np.abs(before), initial=0.0, where=np.isfinite(before)))
    largest = float(apart.max(initial=0.0))
    return largest, largest / size if size else largest
