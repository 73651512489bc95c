"""How far a column's distribution moved, from stored profiles alone."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias, cast

__all__ = ["distance", "psi"]

_BINS = 10
_FLOOR = 1e-4
"""A share of nothing counts as this, so that the logarithm exists."""


def psi(base: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> float | None:
    """Return the population stability index between two profiles of a column.

    Numbers are binned at the deciles of `base`, other values by the most frequent ones; missing
    values are a bin of their own. ``None`` when the profiles hold neither quantiles nor counts.
    """
    if not base or not other:
        return None
    shares = _categories(base, other, whole=True)
    shares = shares or _numeric(base, other) or _categories(base, other)
    if shares is None:
        return None
    before, after = shares
    missing = _missing(base), _missing(other)
    before = [share * (1 - missing[0]) for share in before] + [missing[0]]
    after = [share * (1 - missing[1]) for share in after] + [missing[1]]
    return sum(_term(p, q) for p, q in zip(before, after, strict=True))


def distance(
    base: Mapping[str, Any] | None, other: Mapping[str, Any] | None
) -> tuple[str, float] | None:
    """Return how far two profiles are apart, from 0 to 1: ``("KS", …)`` or ``("TV", …)``.

    Of numbers the largest difference of the cumulated shares (Kolmogorov and Smirnov), of other
    values half the sum of the shares' differences (total variation). Missing values do not count.
    """
    if not base or not other:
        return None
    a, b = _cumulative(base), _cumulative(other)
    if a is not None and b is not None:
        points = sorted({point for side in (a, b) for point, _, _ in side})
        gaps = (abs(f - g) for point in points
                for f, g in zip(_at(a, point), _at(b, point), strict=True))  # fmt: skip
        return "KS", min(max(gaps, default=0.0), 1.0)
    shares = _categories(base, other)
    if shares is None or _top_is_numeric(base) or _top_is_numeric(other):
        return None
    return "TV", min(sum(abs(p - q) for p, q in zip(*shares, strict=True)) / 2, 1.0)


_Steps: TypeAlias = list[tuple[float, float, float]]
"""Ascending points with the shares of values below, and up to and including each."""


def _cumulative(profile: Mapping[str, Any]) -> _Steps | None:
    """Return the distribution function: exact where all values are counted, else by quantiles."""
    top = profile.get("top")
    pairs = top if isinstance(top, Sequence) and not isinstance(top, str) else ()
    counted = [(float(v), float(c)) for v, c in pairs if _is_number(v)]
    if counted and len(counted) == len(pairs) == (profile.get("distinct") or 0):
        counted.sort()
        rows, below, steps = sum(c for _, c in counted), 0.0, []
        for value, count in counted:
            steps.append((value, below / rows, (below + count) / rows))
            below += count
        return steps
    quantiles = _quantiles(profile)
    if quantiles is None:
        only = profile.get("min")
        if _is_number(only) and only == profile.get("max"):
            return [(float(cast("float", only)), 0.0, 1.0)]
        return None
    last = len(quantiles) - 1
    found: dict[float, tuple[int, int]] = {}
    for place, value in enumerate(quantiles):
        found[value] = (found.get(value, (place, place))[0], place)
    # Few values are all there, each an equal step; of many these are places on a curve.
    few = profile.get("n") is not None and _rows(profile) <= len(quantiles)
    if few:
        return [(v, a / (last + 1), (b + 1) / (last + 1)) for v, (a, b) in found.items()]
    return [(v, a / last, b / last) for v, (a, b) in found.items()]


def _at(steps: _Steps, point: float) -> tuple[float, float]:
    """Return the shares below, and up to and including `point`."""
    at = bisect_right(steps, point, key=lambda step: step[0])
    if at and steps[at - 1][0] == point:
        return steps[at - 1][1], steps[at - 1][2]
    if at == 0:
        return 0.0, 0.0
    if at == len(steps):
        return 1.0, 1.0
    (low, _, start), (high, end, _) = steps[at - 1], steps[at]
    share = start + (end - start) * ((point - low) / (high - low))
    return share, share


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _top_is_numeric(profile: Mapping[str, Any]) -> bool:
    return "quantiles" in profile or _is_number(profile.get("min"))


def _term(p: float, q: float) -> float:
    p, q = max(p, _FLOOR), max(q, _FLOOR)
    return (q - p) * math.log(q / p)


def _missing(profile: Mapping[str, Any]) -> float:
    count, nulls = profile.get("n") or 0, profile.get("nulls") or 0
    return min(max(nulls / count, 0.0), 1.0) if count else 0.0


def _numeric(
    base: Mapping[str, Any], other: Mapping[str, Any]
) -> tuple[list[float], list[float]] | None:
    a, b = _quantiles(base), _quantiles(other)
    if a is None or b is None:
        return None
    last = len(a) - 1
    edges = sorted({a[round(last * step / _BINS)] for step in range(1, _BINS)})
    return _shares(a, edges), _shares(b, edges)


def _quantiles(profile: Mapping[str, Any]) -> list[float] | None:
    found = profile.get("quantiles")
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) < 2:
        return None
    finite = [float(q) for q in found if isinstance(q, (int, float)) and math.isfinite(q)]
    return finite if len(finite) > 1 else None


def _shares(quantiles: list[float], edges: list[float]) -> list[float]:
    below = [0.0, *(_cumulated(quantiles, edge) for edge in edges), 1.0]
    return [high - low for low, high in pairwise(below)]


def _cumulated(quantiles: list[float], value: float) -> float:
    """Return the share of rows up to and including `value`, interpolated between quantiles."""
    at = bisect_right(quantiles, value)
    if at == 0:
        return 0.0
    if at == len(quantiles):
        return 1.0
    low, high = quantiles[at - 1], quantiles[at]
    return (at - 1 + (value - low) / (high - low)) / (len(quantiles) - 1)


def _categories(
    base: Mapping[str, Any], other: Mapping[str, Any], whole: bool = False
) -> tuple[list[float], list[float]] | None:
    a, b = _top(base), _top(other)
    if a is None or b is None:
        return None
    cut = _cut(base, a) or _cut(other, b)
    if cut and whole:
        return None
    # What only one side counts may hide among the other's infrequent values: it joins the rest.
    names = sorted(a.keys() & b.keys() if cut else a.keys() | b.keys())
    sides = []
    for profile, top in ((base, a), (other, b)):
        rows = max(_rows(profile), sum(top.values()), 1.0)
        shares = [top.get(name, 0) / rows for name in names]
        sides.append([*shares, max(1 - sum(shares), 0.0)])
    return sides[0], sides[1]


def _rows(profile: Mapping[str, Any]) -> float:
    """Return how many values the counts are about: those of the sample that are not missing."""
    count = profile.get("sampled") or profile.get("n") or 0
    return float(count) * (1 - _missing(profile))


def _cut(profile: Mapping[str, Any], top: Mapping[str, float]) -> bool:
    return bool((profile.get("distinct") or 0) > len(top))


def _top(profile: Mapping[str, Any]) -> dict[str, float] | None:
    found = profile.get("top")
    pairs = found.items() if isinstance(found, Mapping) else found
    if not pairs or isinstance(pairs, str):
        return None
    try:
        return {f"{type(value).__name__}:{value}": float(count) for value, count in pairs}
    except (TypeError, ValueError):
        return None
