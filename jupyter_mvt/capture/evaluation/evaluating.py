"""Measure the model that is being committed, so that its metrics are part of the version."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.data.source import Source
from jupyter_mvt.capture.inputs import name_in
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.snapshot import EvaluationDraft

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.objects.metric import Metric
    from jupyter_mvt.objects.snapshot import DatasetDraft

__all__ = ["added", "evaluated", "evaluation_data"]

_ROLES = ("test", "test-target")
_SPLIT = "test"
_NAMES = ("X_evaluated", "y_evaluated")


def evaluation_data(pair: Any, namespace: Mapping[str, Any]) -> tuple[Source, ...]:
    """Return the rows and the truth as datasets of the version, under their own names.

    `pair` may have slices as a third, see `evaluate.measure`.

    Raises
    ------
    CaptureError
        They are not two or three (code ``bad-evaluation``).
    """
    if pair is None:
        return ()
    if not isinstance(pair, tuple) or len(pair) not in (2, 3):
        msg = "To evaluate, rows and truth are needed."
        hint = "repo.commit(model, evaluate=(X_test, y_test))"
        raise CaptureError(msg, hint=hint, code="bad-evaluation")
    triples = zip(_NAMES, _ROLES, pair[:2], strict=True)
    return tuple(
        Source(var=name_in(namespace, obj) or var, role=role, obj=obj) for var, role, obj in triples
    )


def evaluated(
    model: Any, pair: Any, namespace: Mapping[str, Any], datasets: Iterable[DatasetDraft]
) -> EvaluationDraft:
    """Measure a model on the rows and the truth: metrics, every example, time and memory."""
    from jupyter_mvt.capture.evaluation.evaluate import examples_file, measure
    from jupyter_mvt.capture.evaluation.footprint import footprint

    ids = {draft.var: draft.id for draft in datasets}
    own = [ids.get(source.var, "") for source in evaluation_data(pair, namespace)]
    both = digest("".join(own).encode()) if all(own) else ""
    slices = pair[2] if len(pair) > 2 else None
    found = measure(model, *pair[:2], slices=slices, split=_SPLIT, dataset_id=both)
    taken = footprint(model, pair[0])
    return EvaluationDraft(
        task=found.task,
        split=_SPLIT,
        dataset_id=both,
        rows=found.rows,
        metrics=found.metrics,
        seconds=taken.seconds,
        peak_bytes=taken.peak_bytes,
        peak_rows=taken.peak_rows,
        file=partial(examples_file, found),
    )


def added(given: Iterable[Metric], found: EvaluationDraft) -> tuple[Metric, ...]:
    """Return the given metrics, then those measured; what was given is not measured again."""
    kept = tuple(given)
    keys = {metric.key for metric in kept}
    return (*kept, *(metric for metric in found.metrics if metric.key not in keys))
