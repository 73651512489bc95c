"""statsmodels, restored without pickle."""

from jupyter_mvt.capture.adapters.statsmodels.adapter import ADAPTER

__all__ = ["ADAPTER"]
