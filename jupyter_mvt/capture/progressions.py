"""Integers that go up or down evenly for long stretches, as what tells these stretches.

The labels of rows of which some were dropped are such: as numbers they are as large as a column.
Steps are counted modulo 2^64, so that there is one between any two numbers of a type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Progressions", "numbers_of", "progressions_of"]

Array = np.ndarray[Any, Any]
_AT_ONCE = 1 << 20
_LEAST = 64 << 10
"""Fewer bytes are kept as they are: changed, they are a chunk or two."""
_SMALLER = 2
"""How many times smaller than the numbers what tells them must be."""


@dataclass(frozen=True, slots=True)
class Progressions:
    """Integers by their stretches.

    Attributes
    ----------
    length
        How many integers these are.
    runs
        A row for each stretch: its first number, the step to the next, how many there are.
    """

    length: int
    runs: Array

    def __len__(self) -> int:
        return self.length


def progressions_of(values: Array) -> Progressions | None:
    """Return the stretches of `values`; ``None`` if they are not much smaller, or no integers."""
    if values.dtype.kind not in "iu" or not values.dtype.isnative or values.nbytes < _LEAST:
        return None
    most = values.nbytes // (_SMALLER * 3 * 8)
    changes = _changes(values, 2 * most)
    if changes is None:
        return None
    # A step that is not that of its neighbours leads from one stretch to the next. Where a second
    # stretch goes on at once, its first step does.
    places = np.concatenate([np.zeros(1, np.int64), changes])
    lengths = np.diff(places, append=max(len(values) - 1, 0))
    leads = lengths == 1
    leads[1:] |= lengths[:-1] > 1
    begin = np.concatenate([np.zeros(1, np.int64), places[leads] + 1])
    if len(begin) > most:
        return None
    counts = np.diff(begin, append=len(values))
    first = _wide(values[begin])
    steps = _wide(values[begin + (counts > 1)]) - first
    return Progressions(len(values), np.stack([first, steps, counts], axis=1))


def numbers_of(runs: Any, dtype: np.dtype[Any], rows: int) -> Array:
    """Return the `rows` integers of which `runs` tell; memory is taken once they are as many.

    Raises
    ------
    ValueError
        They are not, or not of this type.
    """
    if not _tells(runs):
        msg = "the stretches of integers are malformed"
        raise ValueError(msg)
    first, steps, counts = runs.T
    # As floats: forged counts must not come round to the right sum.
    if (counts < 1).any() or counts.sum(dtype=np.float64) != rows:
        msg = "the stretches of integers are not as long as the rows"
        raise ValueError(msg)
    found = np.repeat(steps, counts)
    begin = np.cumsum(counts) - counts
    found[begin] = first
    found[begin[1:]] -= (first + steps * (counts - 1))[:-1]
    for start in range(0, rows, _AT_ONCE):
        piece = found[start : start + _AT_ONCE]
        if start:
            piece[:1] += found[start - 1 : start]
        np.cumsum(piece, out=piece)
    return _narrow(found, dtype)


def _tells(runs: Any) -> bool:
    return (
        isinstance(runs, np.ndarray) and runs.dtype == np.int64 and runs.ndim == 2
        and runs.shape[1] == 3
    )  # fmt: skip


def _changes(values: Array, most: int) -> Array | None:
    """Return before which numbers but one a step is another than before; ``None`` if too many."""
    found, total = [np.zeros(0, np.int64)], 0
    for start in range(0, len(values) - 2, _AT_ONCE):
        steps = np.diff(_wide(values[start : start + _AT_ONCE + 2]))
        places = np.flatnonzero(steps[1:] != steps[:-1]) + (start + 1)
        found.append(places)
        total += len(places)
        if total > most:
            return None
    return np.concatenate(found)


def _wide(values: Array) -> Array:
    return values.view(np.int64) if values.itemsize == 8 else values.astype(np.int64)


def _narrow(values: Array, dtype: np.dtype[Any]) -> Array:
    if dtype.kind not in "iu" or not dtype.isnative:
        msg = "the stretches are not of integers"
        raise ValueError(msg)
    if dtype.itemsize == 8:
        return values.view(dtype)
    known = np.iinfo(dtype)
    if len(values) and not known.min <= values.min() <= values.max() <= known.max:
        msg = "a number is out of the range of its type"
        raise ValueError(msg)
    return values.astype(dtype)
