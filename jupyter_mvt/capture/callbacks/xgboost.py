"""XGBoost: the evaluation sets, after each round."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mvt.capture.recording import Recording

__all__ = ["callback"]


def callback(run: Recording) -> Any:
    """Return a ``TrainingCallback`` that logs ``train_logloss`` and the like each round."""
    base = import_module("xgboost").callback.TrainingCallback

    class Curves(base):  # type: ignore[misc, valid-type]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            found = {
                f"{data}_{metric}": _newest(values)
                for data, metrics in evals_log.items()
                for metric, values in metrics.items()
            }
            if found:
                run.log(found, step=epoch + 1)
            return False

    return Curves()


def _newest(values: Any) -> float:
    # In cross-validation a value is a pair: mean and standard deviation.
    value = values[-1]
    return float(value[0] if isinstance(value, tuple) else value)
