"""Hugging Face: models by config and tensors, adapters on a frozen base, tokenizers by files."""

from jupyter_mvt.capture.adapters.transformers.adapter import ADAPTER

__all__ = ["ADAPTER"]
