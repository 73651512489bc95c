"""Measure a version, or a live model, on labelled data."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_mvt.api.undivided import undivided
from jupyter_mvt.api.version import Version
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import ConflictError
from jupyter_mvt.history import evaluation as _record
from jupyter_mvt.history.naming import version_ref
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.evaluation import Cost, Evaluation, Latency
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.objects.settings import read_settings
from jupyter_mvt.objects.snapshot import EvaluationDraft
from jupyter_mvt.store import oplog
from jupyter_mvt.store.tables import keep_table, read_table

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.settings import Settings
    from jupyter_mvt.objects.version import VersionRef

__all__ = ["EvaluationResult", "evaluate", "examples", "kept_as", "record"]

_BATCHES = (1, 32)
_TRIES = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationResult(Displayable):
    """What an evaluation found.

    Attributes
    ----------
    version
        Of which version, ``None`` for a live model: then nothing was recorded.
    evaluation
        Metrics with errors and slices, latency, size.
    against
        With which version its latency was compared.
    operation
        Under which number it was recorded, 0 if it was not.
    """

    version: VersionRef | None
    evaluation: Evaluation
    content: bytes
    against: VersionRef | None = None
    operation: int = 0

    @property
    def metrics(self) -> dict[str, Any]:
        """Metric → value over all rows."""
        return {m.name: m.value for m in self.evaluation.metrics if not m.slice}

    @property
    def examples(self) -> Any:
        """Every example as an Arrow table: row, y, prediction, probability, slices."""
        from pyarrow import parquet

        return parquet.read_table(io.BytesIO(self.content))

    def to_dict(self) -> dict[str, Any]:
        """Return all but the examples as plain builtins."""
        return {"version": None if self.version is None else to_data(self.version),
                "evaluation": to_data(self.evaluation), "operation": self.operation}  # fmt: skip


def evaluate(
    handle: Handle,
    model: Any,
    X: Any,
    y: Any,
    *,
    slices: Any = None,
    metrics: Mapping[str, Callable[[Any, Any], float]] | None = None,
    split: str = "test",
    against: str | None = None,
    trust: bool = False,
) -> EvaluationResult:
    """Measure a version (a revision) or a live model on the rows `X` and the truth `y`.

    A version's evaluation is recorded beside it, with every example as Parquet under
    ``tables/``; `mvt undo` takes it back.

    Parameters
    ----------
    model
        A revision, a `Version`, or anything that predicts.
    slices
        Columns of `X` by name; or name → mask, labels, or function of `X`.
    metrics
        Further ones: name → function of truth and prediction.
    split
        What to call the data.
    against
        A revision whose time for a prediction is measured beside this one's, in pairs.
    trust
        As in `Version.load`.

    Raises
    ------
    CaptureError
        It cannot predict these rows (``cannot-predict``, ``prediction-fails``), or rows and
        labels do not belong together (``bad-evaluation``).
    """
    from jupyter_mvt.capture.data.fingerprint import describe
    from jupyter_mvt.capture.evaluation.evaluate import examples_file, measure
    from jupyter_mvt.capture.evaluation.footprint import footprint

    view = oplog.current(handle.store)
    named = isinstance(model, (str, Version))
    version = Version(handle, resolve(handle, view, str(model))) if named else None
    live = model if version is None else version.load(trust=trust)
    progress = handle.store.progress
    ids = [describe(data, name, progress=progress).id for data, name in ((X, "X"), (y, "y"))]
    dataset_id = digest("".join(ids).encode())
    found = measure(live, X, y, slices=slices, metrics=metrics, split=split,
                    dataset_id=dataset_id)  # fmt: skip
    other = None if against is None else Version(handle, resolve(handle, view, against))
    latency = () if other is None else _latency(live, other.load(trust=trust), X, other.id)
    primary = None if version is None else version.commit.content.primary
    taken = footprint(live, X)
    draft = EvaluationDraft(
        task=found.task, split=split, dataset_id=dataset_id, rows=found.rows,
        metrics=found.metrics, seconds=taken.seconds, peak_bytes=taken.peak_bytes,
        peak_rows=taken.peak_rows, file=partial(examples_file, found),
    )  # fmt: skip
    size = 0 if primary is None else primary.weights_bytes
    made = replace(kept_as(handle, draft, read_settings(view), size), latency=latency)
    operation = 0
    if version is not None:
        oid = version.id
        operation, made = record(
            handle,
            lambda kept: _added(handle, oid, replace(made, examples=kept)),
            draft.file,
        )
    view = oplog.current(handle.store)
    return EvaluationResult(
        version=None if version is None else version_ref(handle.store, view, version.id),
        evaluation=made,
        content=draft.file(0) if version is None else examples(handle, made),
        against=None if other is None else version_ref(handle.store, view, other.id),
        operation=operation,
    )


def _added(handle: Handle, version: ObjectId, made: Evaluation) -> tuple[int, Evaluation]:
    return _record.add(handle, version, made), made


def examples(handle: Handle, evaluation: Evaluation) -> bytes:
    """Return the Parquet file of an evaluation's examples, verified.

    Raises
    ------
    CorruptionError
        It is not what was written (code ``corrupt-table``).
    NotFoundError
        A gc deleted it (code ``table-gone``).
    """
    return read_table(handle.store, ObjectId(evaluation.examples))


def record(handle: Handle, publish: Callable[[ObjectId], T], made: Callable[[int], bytes]) -> T:
    """Store examples, and publish what names them; again when a gc was faster.

    Parameters
    ----------
    publish
        Is given the digest of the file.
    made
        See `store.tables.keep_table`.
    """
    for _ in range(_TRIES):
        try:
            with undivided():
                return publish(keep_table(handle.store, made))
        except ConflictError as error:
            if error.code != "freed-meanwhile":
                raise
    with undivided():
        return publish(keep_table(handle.store, made))


def kept_as(
    handle: Handle, draft: EvaluationDraft, settings: Settings, model_bytes: int,
    examples: str = "",
) -> Evaluation:  # fmt: skip
    """Return what was measured as it is kept, with its price where the settings know one."""
    cost = _cost(settings, draft.seconds)
    spent = () if cost is None else (_cost_metric(cost, draft.split, draft.dataset_id),)
    return Evaluation(
        author=handle.actor,
        time_us=handle.clock.now_us(),
        task=draft.task,
        split=draft.split,
        dataset_id=draft.dataset_id,
        rows=draft.rows,
        metrics=(*draft.metrics, *spent),
        cost=cost,
        examples=examples,
        model_bytes=model_bytes,
        seconds=draft.seconds,
        peak_bytes=draft.peak_bytes,
        peak_rows=draft.peak_rows,
    )


def _cost(settings: Settings, seconds: float) -> Cost | None:
    if not settings.priced:
        return None
    return Cost(
        seconds=seconds,
        per_hour=settings.cost_per_hour,
        per_request=settings.cost_per_request,
        requests_per_day=settings.requests_per_day,
        concurrency=settings.concurrency,
    )


def _cost_metric(cost: Cost, split: str, dataset_id: str) -> Metric:
    return Metric(name="cost_per_day", value=cost.dollars_per_day, split=split,
                  dataset_id=dataset_id, higher_is_better=False, unit="$/day",
                  source="evaluated")  # fmt: skip


def _latency(own: Any, other: Any, X: Any, against: str) -> tuple[Latency, ...]:
    from jupyter_mvt.capture.evaluation.latency import interleaved, rows_of
    from jupyter_mvt.capture.evaluation.predicting import predict

    found = []
    for batch in _BATCHES:
        rows = rows_of(X, batch)
        if len(rows) == batch:
            paired = interleaved(partial(predict, own, rows), partial(predict, other, rows))
            found.append(Latency(against=against, batch=batch, **asdict(paired)))
    return tuple(found)
