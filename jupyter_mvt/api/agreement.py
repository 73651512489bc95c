"""Whether two versions predict the same, told from what was stored when each was evaluated."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mvt.api.evaluate import examples
from jupyter_mvt.errors import CorruptionError, NotFoundError
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.objects.evaluation import evaluations_of
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from typing import Any

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.evaluation import Evaluation

__all__ = ["Agreement", "agreement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of `rows` stored predictions on the same data, `same` are equal."""

    same: int
    rows: int
    split: str


def agreement(handle: Handle, one: str, other: str) -> Agreement | None:
    """Compare the newest stored predictions of two revisions on the same data.

    No model is run. ``None`` where the two were never evaluated on the same rows, or where what
    was stored cannot be read.
    """
    view = oplog.current(handle.store)
    ours, theirs = (
        list(evaluations_of(view, resolve(handle, view, revision)).values())[::-1]
        for revision in (one, other)
    )
    for mine in ours:
        for their in theirs:
            if (mine.dataset_id, mine.rows) == (their.dataset_id, their.rows):
                return _compared(handle, mine, their)
    return None


def _compared(handle: Handle, mine: Evaluation, their: Evaluation) -> Agreement | None:
    try:
        pairs = zip(_predictions(handle, mine), _predictions(handle, their), strict=True)
        same = sum(a == b or (a != a and b != b) for a, b in pairs)
    except (CorruptionError, NotFoundError, ValueError):
        return None
    return Agreement(same=same, rows=mine.rows, split=mine.split)


def _predictions(handle: Handle, evaluation: Evaluation) -> list[Any]:
    from pyarrow import parquet

    stored = io.BytesIO(examples(handle, evaluation))
    found: list[Any] = parquet.read_table(stored, columns=["prediction"])["prediction"].to_pylist()
    return found
