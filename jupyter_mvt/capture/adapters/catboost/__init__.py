"""CatBoost, restored without pickle."""

from jupyter_mvt.capture.adapters.catboost.adapter import ADAPTER

__all__ = ["ADAPTER"]
