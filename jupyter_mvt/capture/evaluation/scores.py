"""Metrics of predictions, each with its number of rows and its standard error; numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from jupyter_mvt.objects.metric import Z95

__all__ = ["Score", "classification", "regression"]

Array = np.ndarray[Any, Any]

_RESAMPLES = 400
_SEED = 20_260_101
_MOST_CLASSES = 30


@dataclass(frozen=True, slots=True)
class Score:
    """One metric: value, standard error (``None`` if unknown), rows behind it, direction."""

    name: str
    value: float
    stderr: float | None
    n: int
    higher: bool = True
    unit: str = "share"


def classification(y: Array, predicted: Array, classes: Array, proba: Array | None) -> list[Score]:
    """Return accuracy, balanced accuracy, precision, recall and F1, log loss and AUC.

    Parameters
    ----------
    y, predicted
        Class numbers, positions in `classes`.
    classes
        Their names.
    proba
        Probability of each class, rows × classes, ``None`` if the model gives none.
    """
    n, k = len(y), len(classes)
    table = np.bincount(y * k + predicted, minlength=k * k).reshape(k, k).astype(float)
    right, real, said = np.diag(table), table.sum(1), table.sum(0)
    with np.errstate(all="ignore"):
        recall, precision = right / real, right / said
    seen = real > 0
    accuracy = right.sum() / n
    spread = sum(_share(p, rows) ** 2 for p, rows in zip(recall[seen], real[seen], strict=True))
    found = [
        Score("accuracy", float(accuracy), _share(accuracy, n), n),
        Score("balanced_accuracy", float(recall[seen].mean()),
              float(np.sqrt(spread) / seen.sum()), n),
    ]  # fmt: skip
    found += _averages(table, n)
    if k <= _MOST_CLASSES:
        found += _by_class(classes, recall, precision, real, said)
    if proba is not None:
        found += _probabilistic(y, proba)
    return found


def _share(p: float, n: float) -> float:
    """Return the standard error of a share: half of Wilson's 95 % interval by its z.

    For many rows it is the binomial one; where all or none are right, that one would be 0.
    """
    spread = max(p * (1 - p), 0.0) / n + Z95**2 / (4 * n**2)
    return float(np.sqrt(spread) / (1 + Z95**2 / n))


def _averages(table: Array, n: int) -> list[Score]:
    # Drawing rows with replacement is drawing the table's cells: exact, and the same each time.
    rng = np.random.Generator(np.random.PCG64(_SEED))
    draws = rng.multinomial(n, table.ravel() / n, _RESAMPLES).reshape(-1, *table.shape)
    resampled = [_macro(draw) for draw in draws]
    real, said = table.sum(1), table.sum(0)
    errors = np.hypot(
        np.nanstd(np.asarray(resampled), axis=0, ddof=1),
        [_least(said), _least(real), _least((real + said) / 2)],
    ) / (1 + Z95**2 / n)
    names = ("precision_macro", "recall_macro", "f1_macro")
    values = _macro(table)
    return [Score(name, value, float(error), n)
            for name, value, error in zip(names, values, errors, strict=True)]  # fmt: skip


def _least(rows: Array) -> float:
    """Return what Wilson's interval adds to the error of an average over classes.

    Drawing again from rows that were all right finds no wrong one: its spread alone would say
    that a perfect score on few rows is certain.
    """
    own = rows[rows > 0]
    return float(np.sqrt(((Z95 / (2 * own)) ** 2).sum()) / max(len(own), 1))


def _macro(table: Array) -> tuple[float, float, float]:
    right, real, said = np.diag(table), table.sum(1), table.sum(0)
    there = (real + said) > 0
    precision = np.where(said > 0, right / np.maximum(said, 1), 0.0)[there]
    recall = np.where(real > 0, right / np.maximum(real, 1), 0.0)[there]
    both = (2 * right / np.maximum(real + said, 1))[there]
    return float(precision.mean()), float(recall.mean()), float(both.mean())


def _by_class(
    classes: Array, recall: Array, precision: Array, real: Array, said: Array
) -> list[Score]:
    found = []
    for i, label in enumerate(classes):
        if real[i]:
            error = _share(recall[i], real[i])
            found.append(Score(f"recall[{label}]", float(recall[i]), error, int(real[i])))
        if said[i]:
            error = _share(precision[i], said[i])
            found.append(Score(f"precision[{label}]", float(precision[i]), error, int(said[i])))
    return found


def _probabilistic(y: Array, proba: Array) -> list[Score]:
    n = len(y)
    sums = proba.sum(1, keepdims=True)
    own = np.clip((proba / np.where(sums > 0, sums, 1))[np.arange(n), y], 1e-15, 1)
    loss = -np.log(own)
    found = [Score("log_loss", float(loss.mean()), _error(loss), n, higher=False, unit="")]
    if proba.shape[1] == 2:
        areas = [_area(proba[:, 1], y == 1)]
    else:
        areas = [_area(proba[:, i], y == i) for i in range(proba.shape[1])]
    known = [area for area in areas if area is not None]
    if known:
        value = float(np.mean([area for area, _ in known]))
        error = _known(np.sqrt(sum(variance for _, variance in known)) / len(known))
        found.append(Score("roc_auc", value, error, n, unit=""))
    return found


def _error(values: Array) -> float | None:
    return _known(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else None


def _known(error: float) -> float | None:
    """Return an error, ``None`` for zero: rows without any spread do not tell how it varies."""
    return float(error) if error > 0 else None


def _area(score: Array, positive: Array) -> tuple[float, float] | None:
    """Return the area under the ROC curve and its variance, after DeLong; ties count half."""
    m, n = int(positive.sum()), int((~positive).sum())
    if not m or not n:
        return None
    ranks, above, below = _ranks(score), _ranks(score[positive]), _ranks(score[~positive])
    area = (ranks[positive].sum() - m * (m + 1) / 2) / (m * n)
    hits = (ranks[positive] - above) / n
    misses = 1 - (ranks[~positive] - below) / m
    variance = (hits.var(ddof=1) / m if m > 1 else 0.0) + (misses.var(ddof=1) / n if n > 1 else 0.0)
    return float(area), float(variance)


def _ranks(values: Array) -> Array:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: Array = (last - (counts - 1) / 2)[inverse.reshape(-1)]
    return middle


def regression(y: Array, predicted: Array) -> list[Score]:
    """Return RMSE, MAE and R² with standard errors by the delta method."""
    n = len(y)
    error = predicted - y
    square = error**2
    mse, rmse = float(square.mean()), float(np.sqrt(square.mean()))
    slack = _error(square)
    found = [
        Score("rmse", rmse, slack / (2 * rmse) if slack is not None and rmse else slack, n,
              higher=False, unit=""),
        Score("mae", float(np.abs(error).mean()), _error(np.abs(error)), n, higher=False, unit=""),
    ]  # fmt: skip
    spread = float(y.var())
    if spread > 0:
        pull = mse * ((y - y.mean()) ** 2 - spread) / spread**2 - (square - mse) / spread
        found.append(Score("r2", 1 - mse / spread, _error(pull), n, unit=""))
    return found
