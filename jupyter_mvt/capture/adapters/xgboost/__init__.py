"""XGBoost, restored without pickle."""

from jupyter_mvt.capture.adapters.xgboost.adapter import ADAPTER

__all__ = ["ADAPTER"]
