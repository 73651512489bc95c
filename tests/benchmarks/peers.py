"""What stands beside us: plain files with fsync, and MLflow's own way to log a model."""

from __future__ import annotations

import importlib
import logging
import os
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["joblib_dump", "mlflow_logger", "torch_save"]


def _settle(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def joblib_dump(model: Any, path: Path) -> None:
    """Write a model with joblib, durably."""
    import joblib

    joblib.dump(model, path)
    _settle(path)


def torch_save(model: Any, path: Path) -> None:
    """Write a state dict with torch, durably."""
    import torch

    torch.save(model.state_dict(), path)
    _settle(path)


def mlflow_logger(flavour: str, folder: Path) -> Callable[[Any, dict[str, float]], None] | None:
    """Return a call that logs a model and its metrics with MLflow, or None if not installed.

    MLflow's local file store; requirements are given, because inferring them takes seconds.
    """
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    warnings.simplefilter("ignore")
    try:
        mlflow = importlib.import_module("mlflow")
        module = importlib.import_module(f"mlflow.{flavour}")
    except ImportError:
        return None
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlflow.set_tracking_uri(folder.as_uri())
    kind = "cloudpickle" if flavour == "sklearn" else "pickle"

    def log(model: Any, metrics: dict[str, float]) -> None:
        with mlflow.start_run():
            mlflow.log_metrics(metrics)
            module.log_model(
                model, name="model", serialization_format=kind, pip_requirements=["numpy"]
            )

    return log
