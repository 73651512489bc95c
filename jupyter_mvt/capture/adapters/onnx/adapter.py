"""What mvt asks of ONNX, answered. Files are kept as files; sessions cannot be looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapter import Role, Sources, mro_names
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declared import DeclarativeAdapter, Nothing, Writing
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.capture.adapter import Frozen
    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder
    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "OnnxAdapter"]

_MODELS = ("onnx.onnx_ml_pb2.ModelProto", "onnx.onnx_pb2.ModelProto")
_SESSION = "onnxruntime.capi.onnxruntime_inference_collection.InferenceSession"
_KIND = "onnx:model"
_EXTERNAL = 1


class OnnxAdapter(DeclarativeAdapter):
    """``onnx.ModelProto``."""

    name = "onnx"
    package = "onnx"
    format = "onnx/1"
    priority = 20
    match: tuple[str, ...] = (*_MODELS, _SESSION)

    def detect(self, obj: Any) -> Role | None:
        """Return ``"predictor"``."""
        known = not isinstance(obj, type) and set(self.match) & set(mro_names(type(obj)))
        return "predictor" if known else None

    def is_fitted(self, obj: Any) -> bool:
        """Say yes: a graph is what somebody trained and exported."""
        del obj
        return True

    def children(self, obj: Any) -> Iterable[Any]:
        """Return nothing."""
        del obj
        return ()

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return operator sets, producer, and the size of the graph."""
        if not hasattr(obj, "graph"):
            return ()
        found = [Param(name=f"opset.{item.domain or 'ai.onnx'}", value=int(item.version))
                 for item in obj.opset_import]  # fmt: skip
        found += [Param(name="producer", value=obj.producer_name),
                  Param(name="n_nodes", value=len(obj.graph.node))]  # fmt: skip
        return tuple({item.name: item for item in found}.values())

    def token(self, obj: Any) -> object:
        """Return the size of the whole."""
        return (id(obj), obj.ByteSize() if hasattr(obj, "ByteSize") else 0)

    def freeze(self, obj: Any, sources: Sources) -> Frozen:
        """Return graph and arrays.

        Raises
        ------
        CaptureError
            It is a session, or its arrays lie in other files (code ``not-capturable``).
        """
        if _SESSION in mro_names(type(obj)):
            msg = "An onnxruntime session does not give its model back."
            hint = "commit the file it was made of: mvt commit model.onnx"
            raise CaptureError(msg, code="not-capturable", hint=hint)
        if any(item.data_location == _EXTERNAL for item in obj.graph.initializer):
            msg = "The arrays of this ONNX model lie in other files."
            hint = "onnx.load(path, load_external_data=True)"
            raise CaptureError(msg, code="not-capturable", hint=hint)
        return super().freeze(obj, sources)

    def vocabulary(self) -> Vocabulary:
        """Return how models are written and read."""
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        return Vocabulary(
            package="onnx",
            allowed=Nothing(),
            dialect=Writing(dict.fromkeys(_MODELS, _write)),
            readers={_KIND: _read},
        )


def _write(encoder: Encoder, value: Any, path: str) -> Node:
    bare = type(value)()
    bare.CopyFrom(value)
    arrays = []
    for number, tensor in enumerate(value.graph.initializer):
        if tensor.raw_data:
            name = f"{path}.{tensor.name}" if path else tensor.name
            content = np.frombuffer(tensor.raw_data, np.uint8)
            arrays.append([number, encoder.array(content, name)])
            bare.graph.initializer[number].ClearField("raw_data")
    whole = bare.SerializeToString(deterministic=True)
    graph = encoder.array(np.frombuffer(whole, np.uint8), f"{path}.graph" if path else "graph")
    return [_KIND, graph, arrays]


def _read(decoder: Decoder, node: Node, index: int) -> Any:
    from importlib import import_module

    del index
    _, graph, arrays = node
    model = import_module("onnx").ModelProto()
    model.ParseFromString(decoder.array(graph).tobytes())
    tensors = model.graph.initializer
    if any(item.data_location == _EXTERNAL for item in tensors):
        refuse("an ONNX model refers to other files")
    for number, path in arrays:
        if type(number) is not int or not 0 <= number < len(tensors):
            refuse("an ONNX model has another number of arrays")
        tensors[number].raw_data = decoder.array(path).tobytes()
    return model


ADAPTER = OnnxAdapter()
