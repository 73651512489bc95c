"""How a column's distribution moved, in at most ten bins."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_mvt.views import escape, format, wire

if TYPE_CHECKING:
    from jupyter_mvt.compare.diff import ColumnChange

__all__ = ["column", "notable"]

_SMALL = 0.1
"""Below it a population stability index says that a column hardly moved."""

Profile: TypeAlias = Mapping[str, Any]

_BINS = 10


def notable(change: ColumnChange) -> bool:
    """Tell whether a column came, went, or moved by more than a little."""
    return change.presence != "changed" or change.psi is None or change.psi >= _SMALL


def column(change: ColumnChange) -> wire.ColumnDrift:
    """Return a column's words and the bins of both sides, empty where none can be made."""
    base, other = change.base or {}, change.other or {}
    drawn = _histogram(base, other) or _categories(base, other) or ([], [], [])
    bars, steps, ticks = drawn
    return {
        "name": escape.line(change.name, 80),
        "text": _text(change, base, other),
        "bars": [round(share, 4) for share in bars],
        "steps": [round(share, 4) for share in steps],
        "ticks": ticks,
    }


def _text(change: ColumnChange, base: Profile, other: Profile) -> str:
    if change.presence != "changed":
        kind = change.other_type or change.base_type
        word = "new" if change.presence == "added" else "removed"
        return f"{word}, {escape.line(kind, 40)}" if kind else word
    said = []
    if change.base_type != change.other_type:
        said.append(f"{escape.line(change.base_type, 40)} → {escape.line(change.other_type, 40)}")
    if change.psi is not None and math.isfinite(change.psi):
        word = "small" if change.psi < _SMALL else "moderate" if change.psi <= 0.25 else "large"
        said.append(f"PSI {change.psi:.2f} {word}")
    if change.distance is not None and math.isfinite(change.distance[1]):
        said.append(f"{escape.line(change.distance[0], 4)} {change.distance[1]:.2f}")
    missing = [_missing(side) for side in (base, other)]
    if missing[0] != missing[1]:
        said.append(f"missing {missing[0]} → {missing[1]}")
    middles = [_middle(side) for side in (base, other)]
    if None not in middles and middles[0] != middles[1]:
        said.append(f"median {middles[0]} → {middles[1]}")
    return ", ".join(said) or "values differ"


def _missing(profile: Profile) -> str:
    rows, nulls = profile.get("n") or 0, profile.get("nulls") or 0
    return f"{100 * nulls / rows:.1f}{format.NBSP}%" if rows else f"0.0{format.NBSP}%"


def _middle(profile: Profile) -> str | None:
    found = _quantiles(profile)
    return None if found is None else format.brief(found[len(found) // 2])


def _quantiles(profile: Profile) -> list[float] | None:
    found = profile.get("quantiles")
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) < 2:
        return None
    try:
        numbers = [float(q) for q in found]
    except (TypeError, ValueError, OverflowError):
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _histogram(base: Profile, other: Profile) -> tuple[list[float], list[float], list[str]] | None:
    a, b = _quantiles(base), _quantiles(other)
    if a is None or b is None:
        return None
    low, high = min(a[0], b[0]), max(a[-1], b[-1])
    width = high / _BINS - low / _BINS
    if not width > 0 or not math.isfinite(width):
        return None
    edges = [low + width * i for i in range(1, _BINS)]
    middle = format.brief(low / 2 + high / 2)
    return _shares(b, edges), _shares(a, edges), [format.brief(low), middle, format.brief(high)]


def _shares(quantiles: list[float], edges: list[float]) -> list[float]:
    below = [0.0, *(_below(quantiles, edge) for edge in edges), 1.0]
    return [max(high - low, 0.0) for low, high in pairwise(below)]


def _below(quantiles: list[float], value: float) -> float:
    """Return the share of rows up to `value`, interpolated between quantiles."""
    at = bisect_right(quantiles, value)
    if at == 0 or at == len(quantiles):
        return float(at > 0)
    low, high = quantiles[at - 1], quantiles[at]
    inside = (value - low) / (high - low) if math.isfinite(high - low) else 0.5
    return (at - 1 + inside) / (len(quantiles) - 1)


def _categories(base: Profile, other: Profile) -> tuple[list[float], list[float], list[str]] | None:
    a, b = _counts(base), _counts(other)
    names = list(dict.fromkeys([*b, *a]))[:_BINS]
    if not names:
        return None
    rows = [max((side.get("sampled") or side.get("n") or 0), 1) for side in (base, other)]
    return (
        [b.get(name, 0) / rows[1] for name in names],
        [a.get(name, 0) / rows[0] for name in names],
        [escape.line(name, 24) for name in names],
    )


def _counts(profile: Profile) -> dict[str, int]:
    found = profile.get("top")
    if not isinstance(found, Sequence):
        return {}
    return {str(value): int(number) for value, number in found}
