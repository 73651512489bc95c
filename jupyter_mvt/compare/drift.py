"""How far a column's distribution moved, from stored profiles alone."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

__all__ = ["psi"]

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
