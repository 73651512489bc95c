"""Measure the model that is being committed, so that its metrics are part of the version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.datasets import Source, name_in
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.ids import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.objects.metric import Metric
    from jupyter_mvt.objects.snapshot import DatasetDraft

__all__ = ["evaluated", "evaluation_data"]

_ROLES = ("test", "test-target")
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
    model: Any,
    pair: Any,
    namespace: Mapping[str, Any],
    datasets: Iterable[DatasetDraft],
    given: Iterable[Metric],
) -> tuple[Metric, ...]:
    """Return the given metrics, then those measured; what was given is not measured again."""
    from jupyter_mvt.capture.evaluate import measure

    ids = {draft.var: draft.id for draft in datasets}
    own = [ids.get(source.var, "") for source in evaluation_data(pair, namespace)]
    both = digest("".join(own).encode()) if all(own) else ""
    slices = pair[2] if len(pair) > 2 else None
    found = measure(model, *pair[:2], slices=slices, split="test", dataset_id=both).metrics
    kept = tuple(given)
    keys = {metric.key for metric in kept}
    return (*kept, *(metric for metric in found if metric.key not in keys))
