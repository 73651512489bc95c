"""scikit-learn: estimators as data, no pickle."""

from jupyter_mvt.capture.adapters.sklearn.adapter import ADAPTER

__all__ = ["ADAPTER"]
