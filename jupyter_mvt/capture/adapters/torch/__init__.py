"""PyTorch: the module tree as data, tensors by storage, optimizers beside their model."""

from jupyter_mvt.capture.adapters.torch.adapter import ADAPTER

__all__ = ["ADAPTER"]
