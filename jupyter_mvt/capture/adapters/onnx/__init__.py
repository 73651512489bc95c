"""ONNX models in memory: the graph, and each initializer as an array of its own."""

from jupyter_mvt.capture.adapters.onnx.adapter import ADAPTER

__all__ = ["ADAPTER"]
