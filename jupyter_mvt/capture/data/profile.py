"""What a column looks like, from a sample of its rows: enough to see drift, no raw data."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from jupyter_mvt.capture.data.columns import Strip

__all__ = ["profile", "sample_rows"]

Array = np.ndarray[Any, Any]

_MAX_ROWS = 100_000
_MAX_CELLS = 600_000
_MIN_ROWS = 10_000
_QUANTILES = 128
_TOP = 50
_TOP_LENGTH = 100


@lru_cache(maxsize=8)
def sample_rows(rows: int, columns: int) -> Array | None:
    """Return the row numbers to look at, ascending, the same for the same shape; None is all."""
    most = min(_MAX_ROWS, max(_MIN_ROWS, _MAX_CELLS // max(columns, 1)))
    if rows <= most:
        return None
    # One row from each of `most` equal stretches: spread like a grid, but no period is resonant.
    edges = np.linspace(0, rows, most + 1)[:-1]
    jitter = np.random.Generator(np.random.PCG64(rows)).random(most)
    found = np.minimum((edges + jitter * (rows / most)).astype(np.int64), rows - 1)
    found.setflags(write=False)
    return found


def profile(strip: Strip, rows: Array | None, nulls: int) -> dict[str, Any]:
    """Return plain numbers about a column.

    Parameters
    ----------
    strip
        The column.
    rows
        Which rows to look at.
    nulls
        How many of all rows are missing.
    """
    found: dict[str, Any] = {"n": strip.rows, "nulls": nulls}
    if rows is not None:
        found["sampled"] = len(rows)
    values = strip.sample(rows)
    if values is None or not len(values):
        return found
    if isinstance(values, np.ndarray):
        with np.errstate(all="ignore"):  # moments of huge values may overflow: then infinite
            return found | _numbers(values)
    return found | _texts(values)


def _numbers(values: Array) -> dict[str, Any]:
    if values.dtype.kind in "bf":
        values = values.astype(np.float64 if values.dtype.kind == "f" else np.uint8, copy=False)
    ordered = np.sort(values)
    ordered = ordered[: np.searchsorted(ordered, np.nan)] if ordered.dtype.kind == "f" else ordered
    if not len(ordered):
        return {}
    new = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    whole = bool(np.isfinite(ordered[0]) and np.isfinite(ordered[-1]))
    finite = ordered if whole else ordered[np.isfinite(ordered)]
    spots = _spots(len(ordered))
    mean, std = _moments(finite)
    found: dict[str, Any] = {
        "distinct": len(new) + 1,
        "min": ordered[0].item(),
        "max": ordered[-1].item(),
        "mean": mean,
        "std": std,
        "quantiles": ordered[spots].tolist(),
    }
    if len(new) < len(ordered) // 2:
        starts = np.concatenate(([0], new))
        counts = np.diff(np.append(starts, len(ordered)))
        best = np.argsort(-counts, kind="stable")[:_TOP]
        found["top"] = [[ordered[starts[i]].item(), int(counts[i])] for i in best if counts[i] > 1]
    return found


@lru_cache(maxsize=64)
def _spots(count: int) -> Array:
    """Return where the quantiles of so many values in order lie."""
    return np.linspace(0, count - 1, min(_QUANTILES, count)).round().astype(np.int64)


def _moments(values: Array) -> tuple[float | None, float | None]:
    """Return mean and standard deviation, ``None`` of nothing; the mean is computed once."""
    if not len(values):
        return None, None
    mean = values.mean(dtype=np.float64, keepdims=True)
    return mean.item(), float(values.std(dtype=np.float64, mean=mean))


def _texts(values: Any) -> dict[str, Any]:
    encoded = values.dictionary_encode()
    counts = np.bincount(encoded.indices.to_numpy(), minlength=len(encoded.dictionary))
    best = np.argsort(-counts, kind="stable")[:_TOP]
    # What occurs once (names, addresses, keys) says nothing about the distribution: not kept.
    top = [
        [encoded.dictionary[int(i)].as_py()[:_TOP_LENGTH], int(counts[i])]
        for i in best
        if counts[i] > 1
    ]
    return {"distinct": len(counts), "top": top}
