"""How good a version was found to be afterwards: marks ``eval/VERSION/N``, beside the commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.encode import decode_as, encode
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.objects.view import View

__all__ = [
    "EVALUATION",
    "Cost",
    "Evaluation",
    "Latency",
    "evaluation_ref",
    "evaluation_text",
    "evaluations_of",
    "examples_of",
    "marks_of",
    "measured_since",
    "metrics_of",
    "read_evaluations",
]

EVALUATION = "eval"
_FORMAT = 1


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
class Cost:
    """What answering costs, with all that it was computed from.

    Attributes
    ----------
    seconds
        Median time of one prediction of one row, when it was measured.
    per_hour, per_request
        Dollars that a machine costs an hour, and a request costs; ``None`` where not known.
    requests_per_day, concurrency
        How often is asked, and how many requests a machine answers at once.
    """

    seconds: float
    per_hour: float | None
    per_request: float | None
    requests_per_day: float
    concurrency: float

    @property
    def dollars_per_day(self) -> float:
        """Price of the machines for as long as they answer, and of the requests."""
        hours = self.requests_per_day * self.seconds / 3600 / self.concurrency
        return hours * (self.per_hour or 0) + self.requests_per_day * (self.per_request or 0)


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
    seconds
        Median time of one prediction of one row, measured alone; 0 when it was not.
    peak_bytes, peak_rows
        Memory that a prediction of so many rows took beyond what was there, at its peak.
    latency
        One for each size of batch, empty when not asked for.
    cost
        ``None`` when the repository's settings have no price; else it is a metric, too.
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
    seconds: float = 0.0
    peak_bytes: int = 0
    peak_rows: int = 0
    latency: tuple[Latency, ...] = ()
    cost: Cost | None = None
    format: int = _FORMAT


def evaluation_ref(version: ObjectId, number: int) -> str:
    """Return the ref of a version's evaluation."""
    return f"{EVALUATION}/{version}/{number}"


def evaluation_text(evaluation: Evaluation) -> str:
    """Return the value of the mark."""
    return encode(evaluation).decode()


def evaluations_of(view: View, version: ObjectId) -> dict[int, Evaluation]:
    """Return number → evaluation of one version, oldest first."""
    return read_evaluations(marks_of(view, version))


def marks_of(view: View, version: ObjectId) -> dict[str, str]:
    """Return ref → text of one version's evaluations."""
    start = f"{EVALUATION}/{version}/"
    return {ref: text for ref, text in view.marks.items() if ref.startswith(start)}


def examples_of(view: View) -> dict[ObjectId, ObjectId]:
    """Return digest of each file of examples → a version whose evaluation names it."""
    return {
        ObjectId(made.examples): ObjectId(version)
        for version, marks in measured_since(view).items()
        for made in read_evaluations(marks).values()
        if made.examples
    }


def measured_since(view: View) -> dict[str, dict[str, str]]:
    """Return version → ref → text of its evaluations, for every version that has any."""
    found: dict[str, dict[str, str]] = {}
    for ref, text in view.marks.items():
        if ref.startswith(f"{EVALUATION}/"):
            found.setdefault(ref.split("/")[1], {})[ref] = text
    return found


def metrics_of(metrics: Iterable[Metric], marks: Mapping[str, str]) -> tuple[Metric, ...]:
    """Return a version's metrics as they stand: its own, and what was measured since.

    The newest of one name, split, slice and dataset counts.

    Parameters
    ----------
    metrics
        Those of the commit.
    marks
        Ref → text of the version's evaluations.
    """
    given = tuple(metrics)
    evaluations = read_evaluations(marks).values()
    newest = {(*m.key, m.dataset_id): m for made in evaluations for m in made.metrics}
    if not newest:
        return given
    return (*(m for m in given if (*m.key, m.dataset_id) not in newest), *newest.values())


def read_evaluations(marks: Mapping[str, str]) -> dict[int, Evaluation]:
    """Return number → evaluation of ref → text, oldest first; what cannot be read is left out."""
    found = {}
    for ref, text in marks.items():
        number = ref.rpartition("/")[2]
        if not (number.isascii() and number.isdigit()):
            continue
        try:
            made = decode_as(text.encode("utf-8", "surrogatepass"), Evaluation)
        except CorruptionError:
            # Not ours, or of a later release: what else is known of the version still stands.
            continue
        if made.format == _FORMAT:
            found[int(number)] = made
    return dict(sorted(found.items()))
