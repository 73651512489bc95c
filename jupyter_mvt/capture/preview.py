"""What a commit would contain, and why, without reading any data: for `status`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.datasets import find_datasets, given_datasets
from jupyter_mvt.capture.discovery import Other
from jupyter_mvt.capture.metrics import discovered_metrics, given_metrics
from jupyter_mvt.capture.snapshot import Request, chosen, fitted_in
from jupyter_mvt.errors import AmbiguousError, CaptureError
from jupyter_mvt.objects.commit import Note
from jupyter_mvt.objects.metric import Metric

if TYPE_CHECKING:
    from jupyter_mvt.capture.discovery import Choice

__all__ = ["Preview", "PreviewDataset", "PreviewModel", "preview"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewModel:
    """A model that would be taken; `fitted_in` is the number of a cell, 0 if not known."""

    name: str
    cls: str
    role: str
    framework: str
    primary: bool
    fitted_in: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewDataset:
    """A dataset that would be fingerprinted; `nbytes` is 0 where it does not say."""

    name: str
    role: str
    type: str
    rows: int
    nbytes: int = 0
    arg_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be committed.

    Attributes
    ----------
    models
        The primary first; empty when there is a `problem`.
    why
        Why these.
    alternatives
        Models that would not be taken, with reasons.
    problem, code, hint
        What would go wrong, as the error would say it; empty when nothing would.
    """

    models: tuple[PreviewModel, ...] = ()
    why: str = ""
    alternatives: tuple[Other, ...] = ()
    datasets: tuple[PreviewDataset, ...] = ()
    metrics: tuple[Metric, ...] = ()
    cells: int = 0
    notes: tuple[Note, ...] = ()
    problem: str = ""
    code: str = ""
    hint: str = ""


def preview(request: Request) -> Preview:
    """Return what `snapshot` would take; what it would raise is told as a problem."""
    try:
        return _preview(request, chosen(request))
    except (AmbiguousError, CaptureError) as error:
        return Preview(problem=error.message, code=error.code, hint=error.hint or "",
                       cells=0 if request.cells is None else request.cells.current)  # fmt: skip


def _preview(request: Request, choice: Choice) -> Preview:
    notes: tuple[Note, ...] = ()
    if request.data is not None:
        sources = given_datasets(request.data, request.namespace)
    else:
        sources, notes = find_datasets(request.namespace, choice.primary, request.cells)
    metrics: tuple[Metric, ...] = ()
    since = fitted_in(choice)
    if request.metrics is not None:
        metrics, found = given_metrics(request.metrics)
        notes += found
    elif request.cells is not None and since:
        metrics, found = discovered_metrics(request.namespace, request.cells, since)
        notes += found
    return Preview(
        models=tuple(
            PreviewModel(
                name=candidate.name,
                cls=type(candidate.obj).__qualname__,
                role=candidate.role,
                framework=candidate.adapter.framework(),
                primary=candidate is choice.primary,
                fitted_in=max(candidate.trained[0], candidate.changed),
            )
            for candidate in choice.chosen
        ),
        why=choice.why,
        alternatives=choice.alternatives,
        datasets=tuple(
            PreviewDataset(
                name=source.var,
                role=source.role,
                type=type(source.obj).__qualname__,
                rows=_rows(source.obj),
                nbytes=_nbytes(source.obj),
                arg_of=source.arg_of,
            )
            for source in sources
        ),
        metrics=metrics,
        cells=0 if request.cells is None else request.cells.current,
        notes=notes,
    )


def _rows(obj: Any) -> int:
    try:
        return len(obj)
    except TypeError:
        shape = getattr(obj, "shape", None)
        return int(shape[0]) if shape else 0


def _nbytes(obj: Any) -> int:
    size = getattr(obj, "nbytes", None)
    if isinstance(size, int):
        return size
    usage = getattr(obj, "memory_usage", None)
    return int(usage(index=False).sum()) if usage is not None and hasattr(obj, "columns") else 0
