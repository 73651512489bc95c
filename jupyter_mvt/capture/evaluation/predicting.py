"""What a live model says about rows, whatever its framework."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from jupyter_mvt.errors import CaptureError

__all__ = ["Said", "predict"]

Array = np.ndarray[Any, Any]
_BATCH = 4096


@dataclass(frozen=True, slots=True)
class Said:
    """Predictions, and the probability of each of `classes` where the model gives them."""

    values: Array
    proba: Array | None = None
    classes: Array | None = None


def predict(model: Any, X: Any) -> Said:
    """Return what `model` says about the rows of `X`.

    Estimators by ``predict`` and ``predict_proba``, modules of PyTorch in evaluation mode and
    without gradients, boosters of XGBoost by a matrix made for them, anything else by a call.

    Raises
    ------
    CaptureError
        The model can do none of it (code ``cannot-predict``), or fails (``prediction-fails``).
    """
    names = {f"{base.__module__.partition('.')[0]}.{base.__name__}" for base in type(model).__mro__}
    try:
        if "torch.Module" in names and "keras.Model" not in names:
            return _scores(_torch(model, X))
        if "xgboost.Booster" in names:
            return _scores(np.asarray(model.predict(sys.modules["xgboost"].DMatrix(X))))
        if hasattr(model, "predict_proba"):
            proba = np.asarray(model.predict_proba(X))
            classes = np.asarray(getattr(model, "classes_", np.arange(proba.shape[1])))
            return Said(np.asarray(model.predict(X)).reshape(len(proba)), proba, classes)
        if "keras.Model" in names:
            return _scores(np.asarray(model.predict(X, verbose=0)))
        if hasattr(model, "predict"):
            return _scores(np.asarray(model.predict(X)))
    except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
        why = " ".join(str(error).split())
        msg = f"The {type(model).__qualname__} fails to predict: {why[:200]}"
        hint = "give X as the model was trained on: mvt evaluate HEAD X_test y_test"
        raise CaptureError(msg, hint=hint, code="prediction-fails") from error
    if callable(model):
        return _scores(np.asarray(model(X)))
    msg = f"A {type(model).__qualname__} has no predict."
    raise CaptureError(
        msg,
        hint="give a function that predicts: repo.evaluate(lambda X: model(X), X_test, y_test)",
        code="cannot-predict",
    )


def _scores(values: Array) -> Said:
    """Take two or more numbers a row for scores of classes 0, 1, 2 …."""
    if values.ndim == 2 and values.shape[1] > 1:
        sound = values.min() >= 0 and np.allclose(values.sum(1), 1, atol=1e-3)
        proba = values if sound else _softmax(values.astype(np.float64))
        return Said(proba.argmax(1), proba, np.arange(values.shape[1]))
    return Said(values.reshape(len(values), -1)[:, 0] if values.ndim > 1 else values)


def _softmax(values: Array) -> Array:
    raised = np.exp(values - values.max(1, keepdims=True))
    shares: Array = raised / raised.sum(1, keepdims=True)
    return shares


def _torch(model: Any, X: Any) -> Array:
    torch = sys.modules["torch"]
    first = next(iter(model.parameters()), None)
    rows = X if hasattr(X, "detach") else torch.as_tensor(np.ascontiguousarray(np.asarray(X)))
    if first is not None:
        rows = rows.to(first.device)
        rows = rows.to(first.dtype) if rows.is_floating_point() else rows
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            parts = [model(rows[at : at + _BATCH]) for at in range(0, len(rows), _BATCH)]
    finally:
        model.train(was_training)
    said: Array = torch.cat([part.detach().cpu().float() for part in parts]).numpy()
    return said
