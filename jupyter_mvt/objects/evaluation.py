"""How good a version was found to be afterwards: marks ``eval/VERSION/N``, beside the commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mvt.objects.encode import decode_as, encode
from jupyter_mvt.objects.metric import Metric

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = [
    "EVALUATION",
    "Evaluation",
    "Latency",
    "evaluation_ref",
    "evaluation_text",
    "evaluations_of",
]

EVALUATION = "eval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Time of a prediction beside another version's, from interleaved pairs in one process.

    Attributes
    ----------
    against
        Id of the other version.
    batch
        Rows a prediction.
    pairs
        How many were timed.
    ratio, low, high
        Median of own ÷ other, and its 95 % interval.
    p50_ms, p95_ms, other_p50_ms, other_p95_ms
        Milliseconds a prediction, of each side.
    """

    against: str
    batch: int
    pairs: int
    ratio: float
    low: float
    high: float
    p50_ms: float
    p95_ms: float
    other_p50_ms: float
    other_p95_ms: float

    @property
    def differs(self) -> bool:
        """Whether the interval leaves out "no change"."""
        return not self.low <= 1 <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One evaluation of a version.

    Attributes
    ----------
    author, time_us
        Who asked for it, and when (microseconds since 1970 UTC).
    task
        ``"classification"`` or ``"regression"``.
    split, dataset_id, rows
        What it was measured on.
    metrics
        With ``source="evaluated"``, each with its rows and standard error.
    examples
        BLAKE3 of the Parquet file of all examples, ``tables/ID.parquet``.
    model_bytes
        Size of the model's arrays.
    latency
        One for each size of batch, empty when not asked for.
    """

    author: str
    time_us: int
    task: str
    split: str
    dataset_id: str
    rows: int
    metrics: tuple[Metric, ...]
    examples: str
    model_bytes: int = 0
    latency: tuple[Latency, ...] = ()
    format: int = 1


def evaluation_ref(version: ObjectId, number: int) -> str:
    """Return the ref of a version's evaluation."""
    return f"{EVALUATION}/{version}/{number}"


def evaluation_text(evaluation: Evaluation) -> str:
    """Return the value of the mark."""
    return encode(evaluation).decode()


def evaluations_of(view: View, version: ObjectId) -> dict[int, Evaluation]:
    """Return number → evaluation of one version, oldest first."""
    start = f"{EVALUATION}/{version}/"
    found = {
        int(ref.removeprefix(start)): decode_as(text.encode(), Evaluation)
        for ref, text in view.marks.items()
        if ref.startswith(start) and ref.removeprefix(start).isdigit()
    }
    return dict(sorted(found.items()))
