"""Keras 3 on any backend, restored without pickle."""

from jupyter_mvt.capture.adapters.keras.adapter import ADAPTER

__all__ = ["ADAPTER"]
