"""Example by example: which predictions went from right to wrong, and which the other way."""

from __future__ import annotations

import io
import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.compare.flips import ExampleChange, FlipCount, PredictionsDiff, SliceChange
from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.objects.evaluation import read_evaluations
from jupyter_mvt.objects.ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.compare.side import Side
    from jupyter_mvt.objects.evaluation import Evaluation

__all__ = ["diff_predictions", "mid_p"]

Array = np.ndarray[Any, Any]
Column = tuple[str, Array]

_OWN = frozenset({"row", "y", "prediction", "correct", "probability", "confidence", "residual"})
_EXAMPLES = 10
_FLIPS = 8
_SLICES = 60


def diff_predictions(base: Side, other: Side) -> PredictionsDiff | None:
    """Compare what both sides predict for the rows that both were evaluated on.

    The newest pair of evaluations on the same data counts; ``None`` when there is none, when a
    gc deleted their examples, or when all predictions are equal.
    """
    found = _pair(base, other)
    if found is None or base.examples is None or other.examples is None:
        return None
    a, b = found
    try:
        left = _columns(base.examples(ObjectId(a.examples)))
        right = _columns(other.examples(ObjectId(b.examples)))
    except NotFoundError:
        return None
    y, before, after = _alike(left["y"], left["prediction"], right["prediction"])
    if len(y) != len(after) or len(y) != len(before):
        return None
    agree = np.asarray(before == after, bool)
    if agree.all():
        return None
    masks = _masks(left) | _masks(right)
    if b.task == "classification":
        ok, now = np.asarray(before == y, bool), np.asarray(after == y, bool)
        broke, fixed = ok & ~now, ~ok & now
        scores = left.get("probability"), right.get("probability")
    else:
        off, by = np.abs(left["residual"]), np.abs(right["residual"])
        broke, fixed, ok, now = by > off, by < off, np.zeros(0, bool), np.zeros(0, bool)
        scores = left["residual"], right["residual"]
    examples = _examples(broke, fixed, (y, before, after), scores)
    return PredictionsDiff(
        task=b.task,
        split=b.split,
        rows=len(y),
        agree=int(agree.sum()),
        broke=int(broke.sum()),
        fixed=int(fixed.sum()),
        both_right=int((ok & now).sum()),
        both_wrong=int((~ok & ~now).sum()),
        p=mid_p(int(broke.sum()), int(fixed.sum())),
        flips=_flips(agree, y, before, after) if b.task == "classification" else (),
        examples=examples,
        slices=_slices(masks, agree, broke, fixed),
    )


def mid_p(broke: int, fixed: int) -> float:
    """Return how likely so uneven a split is if each direction is as likely: McNemar's mid-p."""
    n, k = broke + fixed, min(broke, fixed)
    if broke == fixed:
        return 1.0
    whole = math.lgamma(n + 1) - n * math.log(2)
    terms = [math.exp(whole - math.lgamma(i + 1) - math.lgamma(n - i + 1)) for i in range(k + 1)]
    return min(1.0, 2 * (math.fsum(terms[:-1]) + terms[-1] / 2))


def _pair(base: Side, other: Side) -> tuple[Evaluation, Evaluation] | None:
    """Return the newest evaluations of both sides that were made on the same data."""
    left = [made for made in read_evaluations(base.evaluations).values() if made.examples]
    right = [made for made in read_evaluations(other.evaluations).values() if made.examples]
    for b in reversed(right):
        for a in reversed(left):
            same = (a.dataset_id, a.rows, a.task) == (b.dataset_id, b.rows, b.task)
            if same and b.dataset_id:
                return a, b
    return None


def _columns(content: bytes) -> dict[str, Array]:
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(content))
    return {name: table.column(name).to_numpy() for name in table.column_names}


def _alike(*columns: Array) -> tuple[Array, ...]:
    """Return columns that compare: where types differ ("1" and 1), as text."""
    kinds = {"n" if column.dtype.kind in "biuf" else column.dtype.kind for column in columns}
    return columns if len(kinds) == 1 else tuple(column.astype(str) for column in columns)


def _masks(columns: Mapping[str, Array]) -> dict[str, Array]:
    return {name: np.asarray(values, bool) for name, values in columns.items()
            if name not in _OWN and values.dtype.kind == "b"}  # fmt: skip


def _flips(agree: Array, y: Array, before: Array, after: Array) -> tuple[FlipCount, ...]:
    moved = np.flatnonzero(~agree)
    counts = Counter(zip(*(column[moved].tolist() for column in (y, before, after)), strict=True))
    return tuple(FlipCount(truth=truth, base=base, other=other, rows=rows)
                 for (truth, base, other), rows in counts.most_common(_FLIPS))  # fmt: skip


def _examples(
    broke: Array, fixed: Array, columns: Iterable[Array], scores: tuple[Array | None, Array | None]
) -> tuple[ExampleChange, ...]:
    """Return some of each direction, those whose score moved most first."""
    y, before, after = columns
    old, new = scores
    moved = np.abs(new - old) if old is not None and new is not None else np.zeros(len(y))
    found: list[ExampleChange] = []
    for mask, now_right in ((broke, False), (fixed, True)):
        at = np.flatnonzero(mask)
        found += [
            ExampleChange(
                row=row,
                fixed=now_right,
                truth=_plain(y[row]),
                base=_plain(before[row]),
                other=_plain(after[row]),
                base_score=None if old is None else float(old[row]),
                other_score=None if new is None else float(new[row]),
            )
            for row in at[np.argsort(-moved[at], kind="stable")][:_EXAMPLES].tolist()
        ]
    return tuple(found)


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, bool | int | float | str) else str(value)


def _slices(
    masks: Mapping[str, Array], agree: Array, broke: Array, fixed: Array
) -> tuple[SliceChange, ...]:
    found = [
        SliceChange(name=name, rows=int(mask.sum()), agree=int((agree & mask).sum()),
                    broke=int((broke & mask).sum()), fixed=int((fixed & mask).sum()))
        for name, mask in masks.items() if len(mask) == len(agree) and mask.any()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda s: (s.fixed - s.broke) / s.rows)[:_SLICES])
