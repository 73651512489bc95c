"""Models that are files: safetensors, torch.save, npz, Keras, GGUF and any other."""

from jupyter_mvt.capture.adapters.file.adapter import ADAPTER

__all__ = ["ADAPTER"]
