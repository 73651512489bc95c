"""How far one stored array is from another, block by block in float64."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import check_entry
from jupyter_mvt.compare.floats import Array, is_number, to_float64
from jupyter_mvt.errors import CorruptionError

if TYPE_CHECKING:
    from jupyter_mvt.objects.manifest import Entry

__all__ = ["Measure", "array", "measure"]

_BLOCK = 1 << 13
"""Elements at a time: the float64 blocks stay in the processor's cache, and BLAS, for so few,
starts no threads that would wait for each other on a busy machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Figures of one array; norms are absolute, so that arrays can be taken together."""

    changed: int
    base_norm: float | None = None
    other_norm: float | None = None
    delta_norm: float | None = None
    cosine: float | None = None
    why: str = ""

    @property
    def rel_l2(self) -> float | None:
        """``||other - base|| / ||base||``, ``None`` when undefined."""
        if self.delta_norm is None or not self.base_norm:
            return None
        ratio = self.delta_norm / self.base_norm
        return ratio if math.isfinite(ratio) else None


def array(entry: Entry, content: memoryview) -> Array:
    """Return stored content as a flat array without a copy."""
    dtype = check_entry(entry)
    if content.nbytes != entry.nbytes:
        msg = f"{entry.path!r} has {content.nbytes} bytes where {entry.nbytes} were promised."
        raise CorruptionError(msg, code="corrupt-shape", hint="mvt fsck")
    return np.frombuffer(content, dtype) if entry.nbytes else np.empty(0, dtype)


def measure(a: Array, a_name: str, b: Array, b_name: str) -> Measure:
    """Compare two flat arrays of equal length, stored under the dtypes `a_name` and `b_name`."""
    if is_number(a_name, a.dtype) and is_number(b_name, b.dtype):
        return _numbers(a, a_name, b, b_name)
    if a_name != b_name:
        return Measure(changed=len(a), why="types that cannot be compared")
    if a.dtype.names is not None:
        return _records(a, b)
    different = a != b
    if a.dtype.kind in "mM":
        different &= ~(np.isnat(a) & np.isnat(b))
    elif a.dtype.kind == "V":
        different = (_octets(a) != _octets(b)).any(axis=1)
    return Measure(changed=int(np.count_nonzero(different)))


def _octets(values: Array) -> Array:
    return values.view(np.uint8).reshape(len(values), -1)


def _records(a: Array, b: Array) -> Measure:
    """Compare records field by field: how many nodes of a tree split elsewhere, and where."""
    assert a.dtype.names is not None
    anywhere = np.zeros(len(a), bool)
    counts = []
    for name in a.dtype.names:
        different = _octets(np.ascontiguousarray(a[name])) != _octets(np.ascontiguousarray(b[name]))
        different = different.any(axis=1)
        anywhere |= different
        if count := int(np.count_nonzero(different)):
            counts.append(f"{name} {count:,}")
    changed = int(np.count_nonzero(anywhere))
    nodes = {"feature", "threshold", "left_child"} & set(a.dtype.names)
    noun = "nodes" if nodes else "records"
    return Measure(
        changed=changed, why=f"{changed:,} of {len(a):,} {noun}: {', '.join(counts)}" * bool(counts)
    )


@dataclass(slots=True)
class _Sums:
    aa: float = 0.0
    bb: float = 0.0
    ab: float = 0.0
    dd: float = 0.0
    changed: int = 0
    skipped: int = 0


def _numbers(a: Array, a_name: str, b: Array, b_name: str) -> Measure:
    with np.errstate(all="ignore"):
        sums, scale = _accumulate(a, a_name, b, b_name), 1.0
        figures = (sums.aa, sums.bb, sums.ab, sums.dd)
        # Not finite: NaN inside, or squares out of range. Zero: true, or too small to square.
        if not all(map(math.isfinite, figures)) or (sums.changed and not all(figures)):
            scale = max(_largest(a, a_name), _largest(b, b_name)) or 1.0
            sums = _accumulate(a, a_name, b, b_name, scale)
    norms = [math.sqrt(total) * scale for total in (sums.aa, sums.bb, sums.dd)]
    return Measure(
        changed=sums.changed,
        base_norm=norms[0],
        other_norm=norms[1],
        delta_norm=norms[2],
        cosine=_cosine(sums),
        why=_caveat(sums, len(a)),
    )


def _cosine(sums: _Sums) -> float | None:
    product = math.sqrt(sums.aa) * math.sqrt(sums.bb)
    return max(-1.0, min(1.0, sums.ab / product)) if product else None


def _caveat(sums: _Sums, size: int) -> str:
    if sums.skipped:
        return f"{sums.skipped:,} of {size:,} not finite, left out of the norms"
    if not sums.changed:
        return "equal numbers, other bits"
    return "" if sums.aa else "all zeros before"


def _accumulate(a: Array, a_name: str, b: Array, b_name: str, scale: float | None = None) -> _Sums:
    """Return sums of squares and products; with `scale`, scaled and over finite numbers only."""
    sums = _Sums()
    same_type = a_name == b_name
    for start in range(0, len(a), _BLOCK):
        left, right = a[start : start + _BLOCK], b[start : start + _BLOCK]
        x, y = to_float64(a_name, left), to_float64(b_name, right)
        wide = len(x) // len(left)
        # Integers are compared as they are: float64 does not hold all of them.
        exact = same_type and left.dtype.kind in "iub" and a_name == left.dtype.name
        different = left != right if exact else x != y
        if scale is not None:
            both_nan = np.isnan(x) & np.isnan(y)
            sound = np.isfinite(x) & np.isfinite(y)
            different = different if exact else different & ~both_nan
            sums.skipped += len(left) - int(np.count_nonzero(_each(sound, wide).all(axis=1)))
            x, y = np.where(sound, x / scale, 0.0), np.where(sound, y / scale, 0.0)
        d = y - x
        sums.changed += int(np.count_nonzero(_each(different, len(different) // len(left)).any(1)))
        sums.aa += float(x @ x)
        sums.bb += float(y @ y)
        sums.ab += float(x @ y)
        sums.dd += float(d @ d)
    return sums


def _each(flags: Array, wide: int) -> Array:
    return flags.reshape(-1, wide)


def _largest(values: Array, name: str) -> float:
    largest = 0.0
    for start in range(0, len(values), _BLOCK):
        block: Any = np.abs(to_float64(name, values[start : start + _BLOCK]))
        finite = block[np.isfinite(block)]
        largest = max(largest, float(finite.max())) if len(finite) else largest
    return largest
