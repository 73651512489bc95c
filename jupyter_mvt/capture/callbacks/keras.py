"""Keras 3: an epoch's logs, at its end."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mvt.capture.recording import Recording

__all__ = ["callback"]


def callback(run: Recording) -> Any:
    """Return a ``keras.callbacks.Callback`` that logs each epoch, counted from 1."""
    base = import_module("keras").callbacks.Callback

    class Curves(base):  # type: ignore[misc, valid-type]
        def on_train_begin(self, logs: Any = None) -> None:
            run.model = self.model if run.model is None else run.model

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            run.log(dict(logs or {}), step=epoch + 1)

    return Curves()
