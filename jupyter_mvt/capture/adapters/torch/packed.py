"""Weights that torch packed for its quantized kernels: unpacked to be kept, packed again here.

How they are packed depends on the processor; what they consist of does not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable

if TYPE_CHECKING:
    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["KIND", "read_packed", "write_packed"]

KIND = "packed"
_LINEAR = "LinearPackedParamsBase"
_CELL = "CellParamsBase"
_DYNAMIC = "quantized_dynamic"


def write_packed(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of the packed weights of a linear layer, or of a cell of an RNN."""
    name = str(value._type().qualified_name()).rpartition(".")[2]
    if name == _LINEAR:
        weight, bias = value.__getstate__()[0]
        return [KIND, "linear", encoder.value(weight, f"{path}.weight"),
                encoder.value(bias, f"{path}.bias")]  # fmt: skip
    if name != _CELL or value.__getstate__()[0][0] != _DYNAMIC:
        raise Undeclarable(path, f"a {name} of torch")
    _, biases, _, flags, packed = value.__getstate__()[0]
    weights = [[KIND, *write_packed(encoder, item, f"{path}.{end}")[1:]]
               for end, item in zip(("ih", "hh"), packed, strict=True)]  # fmt: skip
    ends = [encoder.value(bias, f"{path}.{end}.bias")
            for end, bias in zip(("ih", "hh"), biases, strict=True)]  # fmt: skip
    return [KIND, "cell", weights, ends, bool(flags[0])]


def read_packed(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the weights packed for this processor; torch checks that they fit each other."""
    del index
    kernels = import_module("torch").ops.quantized
    kind, *rest = node[1:]
    try:
        if kind == "linear":
            return _linear(kernels, decoder, rest)
        weights, ends, reduced = rest
        packed = [_linear(kernels, decoder, item[2:]) for item in weights]
        biases = [decoder.value(end) for end in ends]
        return kernels.make_quantized_cell_params_dynamic(*packed, *biases, bool(reduced))
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        refuse(f"quantized weights cannot be packed ({str(error)[:80]})")


def _linear(kernels: Any, decoder: Decoder, parts: list[Any]) -> Any:
    weight, bias = (decoder.value(part) for part in parts)
    pack = kernels.linear_prepack if weight.is_quantized else kernels.linear_prepack_fp16
    return pack(weight, bias)
