"""Measure a live model on labelled rows: every example, metrics with their errors, slices."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from jupyter_mvt.capture.evaluation.predicting import Said, predict
from jupyter_mvt.capture.evaluation.scores import Score, classification, regression
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.metric import Metric, direction, metric_unit

__all__ = ["Measured", "examples_file", "measure"]

Array = np.ndarray[Any, Any]
_MOST_VALUES = 30
_FEW = 20
_SLICES = "labels or a mask of every row: mvt evaluate HEAD X_test y_test --slices region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured.

    Attributes
    ----------
    task
        ``"classification"`` or ``"regression"``.
    metrics
        For all rows, then slice by slice.
    examples
        Column → values, a row for each example: row, y, prediction, and a probability of what
        was predicted and of the truth, or a residual; then one column a slice.
    """

    task: str
    rows: int
    metrics: tuple[Metric, ...]
    examples: Mapping[str, Array]


def measure(
    model: Any,
    X: Any,
    y: Any,
    *,
    slices: Any = None,
    metrics: Mapping[str, Callable[[Array, Array], float]] | None = None,
    split: str = "test",
    dataset_id: str = "",
) -> Measured:
    """Return how good `model` is on `X`, `y`.

    Parameters
    ----------
    model
        Anything that predicts, see `predicting.predict`.
    X, y
        Rows and truth, of equal length.
    slices
        Names of columns of `X`; or a mapping of name to mask, labels or function of `X`.
    metrics
        Further ones: name → function of truth and prediction.
    split, dataset_id
        Noted with every metric.

    Raises
    ------
    CaptureError
        Lengths differ or there are no rows (code ``bad-evaluation``); or see `predict`.
    """
    truth = np.asarray(y).reshape(-1)
    said = predict(model, X)
    if not len(truth) or len(truth) != len(said.values):
        msg = f"There are {len(said.values):,} predictions for {len(truth):,} labels."
        raise CaptureError(msg, hint="mvt evaluate HEAD X_test y_test", code="bad-evaluation")
    said = _chances(truth, said)
    is_class = _is_class(truth, said)
    masks = dict(_masks(X, slices, len(truth)))
    scorer = _class_scorer(truth, said) if is_class else _number_scorer(truth, said)
    found: list[Metric] = []
    for name, mask in {"": np.ones(len(truth), bool), **masks}.items():
        if not mask.any():
            continue
        scores = [*scorer(mask), *_own(metrics, truth[mask], said.values[mask])]
        found += [_metric(score, name, split, dataset_id) for score in scores]
    examples = {"row": np.arange(len(truth)), "y": truth, "prediction": said.values,
                **_details(truth, said, is_class), **masks}  # fmt: skip
    task = "classification" if is_class else "regression"
    return Measured(task=task, rows=len(truth), metrics=tuple(found), examples=examples)


def _chances(truth: Array, said: Said) -> Said:
    """Take shares beside a truth of 0 and 1 for the probability of 1: boosters give only these."""
    values = said.values
    if said.classes is not None or values.dtype.kind != "f" or truth.dtype.kind not in "biuf":
        return said
    shares = bool(np.all((values >= 0) & (values <= 1))) and not np.all(np.mod(values, 1) == 0)
    if not shares or not np.isin(truth, (0, 1)).all():
        return said
    proba = np.stack([1 - values, values], 1).astype(np.float64)
    return Said((values >= 0.5).astype(np.int64), proba, np.arange(2))


def _is_class(truth: Array, said: Said) -> bool:
    if said.classes is not None or truth.dtype.kind in "bUSO":
        return True
    if truth.dtype.kind == "f" and not np.all(np.mod(truth, 1) == 0):
        return False
    whole = said.values.dtype.kind in "iub" or bool(np.all(np.mod(said.values, 1) == 0))
    return whole and len(np.unique(truth)) <= _FEW


def _class_scorer(truth: Array, said: Said) -> Callable[[Array], list[Score]]:
    known = [] if said.classes is None else list(said.classes)
    extra = sorted({*truth.tolist(), *said.values.tolist()} - set(known), key=repr)
    classes = np.empty(len(known) + len(extra), object)
    classes[:] = [*known, *extra]
    number = {label: i for i, label in enumerate(classes)}
    real = np.fromiter((number[label] for label in truth.tolist()), np.int64, len(truth))
    told = np.fromiter((number[label] for label in said.values.tolist()), np.int64, len(truth))
    proba = said.proba if not extra else None
    return lambda mask: classification(
        real[mask], told[mask], classes, None if proba is None else proba[mask]
    )


def _number_scorer(truth: Array, said: Said) -> Callable[[Array], list[Score]]:
    real, told = truth.astype(np.float64), said.values.astype(np.float64)
    return lambda mask: regression(real[mask], told[mask])


def _own(
    metrics: Mapping[str, Callable[[Array, Array], float]] | None, truth: Array, said: Array
) -> list[Score]:
    given = (metrics or {}).items()
    return [Score(name, float(compute(truth, said)), None, len(truth), unit="")
            for name, compute in given]  # fmt: skip


def _metric(score: Score, where: str, split: str, dataset_id: str) -> Metric:
    known = direction(score.name)
    return Metric(
        name=score.name,
        value=score.value,
        split=split,
        dataset_id=dataset_id,
        slice=where,
        n=score.n,
        stderr=score.stderr,
        higher_is_better=score.higher if known is None else known,
        unit=score.unit or metric_unit(score.name),
        source="evaluated",
    )


def _details(truth: Array, said: Said, is_class: bool) -> dict[str, Array]:
    if not is_class:
        return {"residual": said.values.astype(np.float64) - truth.astype(np.float64)}
    if said.proba is None or said.classes is None:
        return {"correct": np.asarray(truth == said.values, bool)}
    place = {label: i for i, label in enumerate(said.classes.tolist())}
    at = np.fromiter((place.get(label, -1) for label in truth.tolist()), np.int64, len(truth))
    own = np.where(at < 0, 0.0, said.proba[np.arange(len(truth)), at])
    return {"correct": np.asarray(truth == said.values, bool), "probability": own,
            "confidence": said.proba.max(1)}  # fmt: skip


def _masks(X: Any, slices: Any, rows: int) -> Iterable[tuple[str, Array]]:
    if slices is None:
        return
    given = slices.items() if isinstance(slices, Mapping) else (
        (str(name), name) for name in ([slices] if isinstance(slices, str) else slices)
    )  # fmt: skip
    for name, what in given:
        values = what(X) if callable(what) else _column(X, what) if isinstance(what, str) else what
        column = np.asarray(values).reshape(-1)
        if len(column) != rows:
            msg = f"The slice {name!r} has {len(column):,} rows, not {rows:,}."
            raise CaptureError(msg, hint=_SLICES, code="bad-evaluation")
        if column.dtype.kind == "b" and not isinstance(what, str):
            yield name, column
        else:
            yield from _parts(name, column)


def _column(X: Any, name: str) -> Any:
    columns = getattr(X, "columns", None)
    if columns is None or name not in columns:
        said = "" if columns is None else f"; there are {', '.join(str(c) for c in columns[:12])}"
        msg = f"X has no column {name[:60]!r} to slice by{said}."
        raise CaptureError(msg, hint="mvt help evaluate", code="bad-evaluation")
    return X[name]


def _parts(name: str, column: Array) -> Iterable[tuple[str, Array]]:
    """Slice by value, or by quarters where there are many numbers."""
    if column.dtype.kind in "iuf" and len(np.unique(column)) > _FEW:
        edges = np.quantile(column[np.isfinite(column)], [0, 0.25, 0.5, 0.75, 1])
        for i, (low, high) in enumerate(pairwise(edges)):
            last = i == len(edges) - 2
            inside = (column >= low) & ((column <= high) if last else (column < high))
            yield f"{name} in [{low:.6g}, {high:.6g}{']' if last else ')'}", inside
        return
    labels = column.astype(object)
    values = sorted({value for value in labels.tolist() if value == value}, key=repr)
    for value in values[:_MOST_VALUES]:
        yield f"{name} = {value}", np.asarray([label == value for label in labels.tolist()], bool)


def examples_file(found: Measured, salt: int = 0) -> bytes:
    """Return the examples as a Parquet file; each `salt` gives other bytes of the same meaning."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = {}
    for name, values in found.examples.items():
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowException, TypeError):
            columns[name] = pa.array([str(value) for value in values.tolist()])
    table = pa.table(columns)
    if salt:
        table = table.replace_schema_metadata({"mvt.salt": str(salt)})
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()
