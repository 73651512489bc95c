"""Noise or change: what the standard errors of two values say about their difference."""

from __future__ import annotations

import math

from jupyter_mvt.objects.metric import Z95

__all__ = ["interval", "timed_apart", "within"]


def interval(
    delta: float | None, base: float | None, other: float | None
) -> tuple[float, float] | None:
    """Return the 95 % interval of a change, ``None`` where it cannot be told.

    `base` and `other` are the standard errors of the two values.

    The sides are taken for independent. Measured on the same rows they are not: then the
    interval is too wide rather than too narrow.
    """
    if delta is None or base is None or other is None:
        return None
    reach = Z95 * math.hypot(base, other)
    return (delta - reach, delta + reach) if math.isfinite(reach) and reach > 0 else None


def timed_apart(unit: str) -> bool:
    """Tell whether values come from times of separate runs, which say nothing about a change."""
    return unit == "$/day"


def within(found: tuple[float, float] | None) -> bool:
    """Tell whether an interval holds "no change"."""
    return found is not None and found[0] <= 0 <= found[1]
