"""Metrics on both sides: what is comparable, by how much it moved, and in which direction."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from jupyter_mvt.compare import noise
from jupyter_mvt.compare.diff import Basis, MetricChange, MetricsDiff, Noise, Verdict
from jupyter_mvt.compare.latency import timed_changes
from jupyter_mvt.compare.side import metrics
from jupyter_mvt.objects.metric import Metric, MetricValue, finite, rising

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.compare.side import Side

__all__ = ["diff_metrics"]

Pair: TypeAlias = "tuple[Metric | None, Metric | None]"

_READ: tuple[Verdict, ...] = ("worse", "better", "changed", "inconclusive", "same", "incomparable")
_ORDER = {verdict: place for place, verdict in enumerate(_READ)}


def diff_metrics(base: Side, other: Side) -> MetricsDiff | None:
    """Compare metrics of equal name, slice and split.

    Two values are compared when both were measured on the same dataset, or when on either side
    it is not known on which: `MetricsDiff.basis` and `MetricChange.why` say so. Of two known
    and different datasets nothing is concluded.
    """
    changes: list[MetricChange] = []
    equal: list[str] = []
    bases: set[str] = set()
    for a, b in _pairs(metrics(base), metrics(other)):
        if a is not None and b is not None:
            bases.add(_basis(a, b))
            if _same(a, b):
                equal.append(_title(a))
            else:
                changes.append(_change(a, b, base.ref.name, other.ref.name))
        elif b is not None:
            changes.append(_one_sided(b, "added", other.ref.name))
        elif a is not None:
            changes.append(_one_sided(a, "removed", base.ref.name))
    timed = timed_changes(base, other)
    measured = {change.name for change in timed}
    changes = [*timed, *(change for change in changes if change.name not in measured)]
    if not changes:
        return None
    return MetricsDiff(
        changes=tuple(sorted(changes, key=_rank)), equal=tuple(equal), basis=_summary(bases),
        noise=_noise(changes),
    )  # fmt: skip


def _noise(changes: Iterable[MetricChange]) -> Noise:
    """Say how far the verdicts know of noise."""
    told = {c.interval is not None for c in changes if c.verdict not in {"changed", "incomparable"}}
    if told == {True}:
        return "tested by 95 % intervals"
    return "tested where errors are known" if True in told else "not tested"


def _pairs(base: Iterable[Metric], other: Iterable[Metric]) -> list[Pair]:
    """Pair by key; of several with one key those on the same dataset first."""
    left: dict[tuple[str, str, str], list[Metric]] = {}
    for metric in base:
        left.setdefault(metric.key, []).append(metric)
    pairs: list[Pair] = []
    late: list[Metric] = []
    for metric in other:
        rivals = left.get(metric.key, [])
        twin = next((rival for rival in rivals if rival.dataset_id == metric.dataset_id), None)
        if twin is None:
            late.append(metric)
        else:
            rivals.remove(twin)
            pairs.append((twin, metric))
    for metric in late:
        rivals = left.get(metric.key, [])
        pairs.append((rivals.pop(0) if rivals else None, metric))
    pairs.extend((metric, None) for rivals in left.values() for metric in rivals)
    return pairs


def _basis(a: Metric, b: Metric) -> Basis:
    if a.dataset_id and b.dataset_id:
        return "same test data" if a.dataset_id == b.dataset_id else "different test data"
    return "test data not recorded"


def _summary(bases: set[str]) -> Basis:
    for single in ("same test data", "different test data", "test data not recorded"):
        if bases == {single}:
            return single
    if "different test data" in bases:
        return "test data partly different"
    return "test data partly not recorded" if bases else ""


def _same(a: Metric, b: Metric) -> bool:
    if _basis(a, b) == "different test data" or (a.unit != b.unit and a.unit and b.unit):
        return False
    if a.value is None or b.value is None:
        return a.value is b.value
    return a.value == b.value or (a.value != a.value and b.value != b.value)


def _title(metric: Metric) -> str:
    where = f" [{metric.slice}]" if metric.slice else ""
    return f"{metric.name}{where} ({metric.split})" if metric.split else metric.name + where


def _one_sided(metric: Metric, presence: Literal["added", "removed"], where: str) -> MetricChange:
    added = presence == "added"
    return MetricChange(
        name=metric.name,
        slice=metric.slice,
        split=metric.split,
        base=None if added else metric.value,
        other=metric.value if added else None,
        higher_is_better=rising(metric),
        unit=metric.unit,
        n=metric.n,
        verdict="incomparable",
        why=f"only in {where}",
        presence=presence,
    )


def _change(a: Metric, b: Metric, base: str, other: str) -> MetricChange:
    delta = _delta(a.value, b.value)
    why = _obstacle(a, b, base, other)
    higher = rising(a, b)
    interval = None if why else noise.interval(delta, a.stderr, b.stderr)
    return MetricChange(
        name=b.name,
        slice=b.slice,
        split=b.split,
        base=a.value,
        other=b.value,
        delta=delta,
        relative=_relative(delta, a.value),
        higher_is_better=higher,
        unit=b.unit or a.unit,
        n=min((m.n for m in (a, b) if m.n is not None), default=None),
        verdict="incomparable" if why else _verdict(a.value, b.value, higher, interval),
        why=why or _caveat(a, b, base, other),
        interval=interval,
    )


def _obstacle(a: Metric, b: Metric, base: str, other: str) -> str:
    """Return why two values say nothing about better or worse, empty when they do."""
    if _basis(a, b) == "different test data":
        return "different test data"
    if a.unit and b.unit and a.unit != b.unit:
        return f"{a.unit} in {base}, {b.unit} in {other}"
    if noise.timed_apart(a.unit or b.unit):
        return "timed apart"
    for metric, name in ((a, base), (b, other)):
        if metric.value is None:
            return f"no value in {name}"
    if any(isinstance(m.value, float) and not math.isfinite(m.value) for m in (a, b)):
        return "not a finite number"
    return ""


def _caveat(a: Metric, b: Metric, base: str, other: str) -> str:
    if bool(a.dataset_id) == bool(b.dataset_id):
        return ""
    return f"test data not recorded in {other if a.dataset_id else base}"


def _verdict(
    a: MetricValue, b: MetricValue, higher: bool | None, interval: tuple[float, float] | None
) -> Verdict:
    if noise.within(interval):
        return "inconclusive"
    if higher is None or a is None or b is None:
        return "changed"
    return "better" if (b > a) == higher else "worse"


def _delta(a: MetricValue, b: MetricValue) -> float | None:
    """Return ``b - a``, rounded once: integers beyond 2**53 must not lose their difference."""
    if a is None or b is None or not (finite(a) and finite(b)):
        return None
    try:
        delta = float(b - a if type(a) is type(b) else Fraction(b) - Fraction(a))
    except OverflowError:
        return None
    return delta if math.isfinite(delta) else None


def _relative(delta: float | None, base: MetricValue) -> float | None:
    if delta is None or not base:
        return None
    try:
        relative = delta / abs(base)
    except OverflowError:
        return None
    return relative if math.isfinite(relative) else None


def _rank(change: MetricChange) -> tuple[int, bool, float, str, str, str]:
    return (
        _ORDER[change.verdict],
        change.presence != "changed",
        -_effect(change),
        change.name,
        change.slice,
        change.split,
    )


def _effect(change: MetricChange) -> float:
    """Return the size of a change on a scale of its own, 0 … 2, the same after a swap."""
    if change.delta is None:
        return 2.0 if change.presence == "changed" else 0.0
    try:
        scale = max(abs(float(change.base or 0)), abs(float(change.other or 0)))
    except OverflowError:
        return 2.0
    return abs(change.delta) / scale if scale else 0.0
