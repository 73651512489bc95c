"""LightGBM, restored without pickle."""

from jupyter_mvt.capture.adapters.lightgbm.adapter import ADAPTER

__all__ = ["ADAPTER"]
