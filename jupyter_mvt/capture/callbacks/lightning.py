"""Lightning: what the module logged, at the end of each training epoch."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mvt.capture.recording import Recording

__all__ = ["callback"]


def callback(run: Recording) -> Any:
    """Return a Lightning callback that logs ``trainer.callback_metrics`` at the global step."""
    old = "pytorch_lightning" in sys.modules and "lightning.pytorch" not in sys.modules
    base = import_module("pytorch_lightning" if old else "lightning.pytorch").Callback

    class Curves(base):  # type: ignore[misc, valid-type]
        def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
            run.model = pl_module if run.model is None else run.model

        def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
            found = dict(trainer.callback_metrics)
            if found:
                run.log(found, step=trainer.global_step)

    return Curves()
