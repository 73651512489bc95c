"""Is one model slower than another? Timed in turn, in one process, pair by pair.

Two runs apart from each other measure the machine's mood; the ratio within a pair does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

__all__ = ["Paired", "alone", "interleaved", "rows_of"]

_PAIRS = 200
_WARM_UP = 10
_Z = 1.96
_FEWEST, _MOST, _HALF = 5, 100, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Times of two sides: median ratio of pairs with its 95 % interval, and milliseconds."""

    pairs: int
    ratio: float
    low: float
    high: float
    p50_ms: float
    p95_ms: float
    other_p50_ms: float
    other_p95_ms: float


def interleaved(
    own: Callable[[], object], other: Callable[[], object], pairs: int = _PAIRS
) -> Paired:
    """Time `own` and `other` in `pairs` of alternating order, after a warm-up.

    The interval is that of the median by its order statistics: no distribution is assumed.
    """
    for _ in range(_WARM_UP):
        own()
        other()
    times = np.empty((pairs, 2))
    for pair in range(pairs):
        for side in (0, 1) if pair % 2 else (1, 0):
            started = perf_counter()
            (own, other)[side]()
            times[pair, side] = perf_counter() - started
    ratios = np.sort(times[:, 0] / np.maximum(times[:, 1], 1e-9))
    reach = _Z * np.sqrt(pairs) / 2
    low = int(max(0, np.floor(pairs / 2 - reach)))
    high = int(min(pairs - 1, np.ceil(pairs / 2 + reach)))
    p50, p95 = np.percentile(times * 1000, [50, 95], axis=0)
    return Paired(
        pairs=pairs,
        ratio=float(np.median(ratios)),
        low=float(ratios[low]),
        high=float(ratios[high]),
        p50_ms=float(p50[0]),
        p95_ms=float(p95[0]),
        other_p50_ms=float(p50[1]),
        other_p95_ms=float(p95[1]),
    )


def alone(call: Callable[[], object]) -> float:
    """Return the median seconds of `call`, from 5 to 100 runs in about half a second."""
    call()
    times: list[float] = []
    while len(times) < _FEWEST or (len(times) < _MOST and sum(times) < _HALF):
        started = perf_counter()
        call()
        times.append(perf_counter() - started)
    return float(np.median(times))


def rows_of(X: Any, count: int) -> Any:
    """Return the first `count` rows of a frame, array or tensor."""
    return X.iloc[:count] if hasattr(X, "iloc") else X[:count]
