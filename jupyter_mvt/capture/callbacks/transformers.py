"""Hugging Face Trainer: whatever it logs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mvt.capture.recording import Recording

__all__ = ["callback"]


def callback(run: Recording) -> Any:
    """Return a ``TrainerCallback`` that logs the trainer's numbers at its global step."""
    base = import_module("transformers").TrainerCallback

    class Curves(base):  # type: ignore[misc, valid-type]
        def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            run.model = more.get("model") if run.model is None else run.model

        def on_log(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            logs = more.get("logs") or {}
            found = {k: v for k, v in logs.items() if isinstance(v, (int, float))}
            if found:
                run.log(found, step=state.global_step)

    return Curves()
