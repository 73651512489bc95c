"""Sparse, quantized, nested and lazily conjugated tensors: the plain ones they consist of."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.declarative.graph import refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable
from jupyter_mvt.errors import CaptureError, RestoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["is_composed", "read_composed", "write_composed"]

_COMPRESSED = {
    "sparse_csr": ("crow_indices", "col_indices"),
    "sparse_csc": ("ccol_indices", "row_indices"),
    "sparse_bsr": ("crow_indices", "col_indices"),
    "sparse_bsc": ("ccol_indices", "row_indices"),
}
_FORMS = ("coo", "sparse", "quantized", "conj", "neg", "mkldnn", "nested")
_AFFINE = "per_tensor_affine"
_CHANNELS = "per_channel_affine"


def is_composed(layout: Any) -> bool:
    """Tell whether a stored layout is one of those that are written here."""
    return isinstance(layout, list) and bool(layout) and layout[0] in _FORMS


def write_composed(encoder: Encoder, tensor: Any, path: str) -> list[Any] | None:
    """Return the layout of a tensor that consists of others, ``None`` for any other.

    Raises
    ------
    CaptureError
        It is of a kind that torch itself cannot take apart (code ``not-capturable``).
    """
    torch = sys.modules["torch"]
    plain = tensor.detach()
    if plain.layout == torch.sparse_coo:
        return ["coo", encoder.value(plain._indices(), f"{path}.indices"),
                encoder.value(plain._values(), f"{path}.values"), plain.is_coalesced()]  # fmt: skip
    name = str(plain.layout).removeprefix("torch.")
    if name in _COMPRESSED:
        one, other = (getattr(plain, part)() for part in _COMPRESSED[name])
        return ["sparse", name, encoder.value(one, f"{path}.{_COMPRESSED[name][0]}"),
                encoder.value(other, f"{path}.{_COMPRESSED[name][1]}"),
                encoder.value(plain.values(), f"{path}.values")]  # fmt: skip
    if plain.is_nested:
        if not plain.size(0):
            raise Undeclarable(path, "a nested tensor of nothing")
        return ["nested", encoder.values(list(plain.unbind()), path)]
    if plain.is_quantized:
        return _write_quantized(encoder, plain, path)
    if plain.is_mkldnn:
        return ["mkldnn", encoder.value(plain.to_dense(), path)]
    # What they look at is another tensor's memory, which stays shared.
    if plain.is_conj():
        return ["conj", encoder.value(plain.conj(), path)]
    return ["neg", encoder.value(torch._neg_view(plain), path)] if plain.is_neg() else None


def _write_quantized(encoder: Encoder, tensor: Any, path: str) -> list[Any]:
    scheme = str(tensor.qscheme()).removeprefix("torch.")
    numbers = encoder.value(tensor.int_repr(), f"{path}.numbers")
    if scheme == _AFFINE:
        return ["quantized", scheme, numbers, tensor.q_scale(), tensor.q_zero_point()]
    if scheme == _CHANNELS:
        scales = encoder.value(tensor.q_per_channel_scales(), f"{path}.scales")
        points = encoder.value(tensor.q_per_channel_zero_points(), f"{path}.zero_points")
        return ["quantized", scheme, numbers, scales, points, tensor.q_per_channel_axis()]
    msg = f"The tensor {path!r} cannot be kept: it is quantized as {scheme}."
    hint = "tensor.dequantize()  # instead of it: the numbers that it stands for"
    raise CaptureError(msg, code="not-capturable", hint=hint)


def read_composed(decoder: Decoder, layout: list[Any], shape: Any) -> Any:
    """Return the tensor that `write_composed` took apart; torch checks its invariants."""
    torch = sys.modules["torch"]
    if not isinstance(shape, list) or not all(type(n) is int and 0 <= n < 1 << 48 for n in shape):
        refuse("the shape of a tensor is malformed")
    try:
        with warnings.catch_warnings():
            # These layouts are experimental, says torch each time one is made.
            warnings.simplefilter("ignore", UserWarning)
            if layout[0] == "coo":
                _, indices, values, coalesced = layout
                made = torch.sparse_coo_tensor(
                    decoder.value(indices), decoder.value(values), shape, check_invariants=True,
                    is_coalesced=bool(coalesced),
                )  # fmt: skip
            elif layout[0] == "sparse":
                _, name, *parts = layout
                found = [decoder.value(part) for part in parts]
                made = torch.sparse_compressed_tensor(
                    *found, shape, layout=getattr(torch, _known(name)), check_invariants=True
                )
            else:
                made = _READ[layout[0]](torch, decoder, layout)
    except (RuntimeError, TypeError, ValueError, IndexError, AttributeError) as error:
        refuse(f"a tensor cannot be put together ({str(error)[:80]})")
    if not made.is_nested and list(made.shape) != shape:
        refuse("the shape of a tensor is malformed")
    return made


def _known(name: Any) -> str:
    if name not in _COMPRESSED:
        refuse("the layout of a tensor is unknown")
    return str(name)


def _read_quantized(torch: Any, decoder: Decoder, layout: list[Any]) -> Any:
    _, scheme, numbers, *rest = layout
    values = decoder.value(numbers)
    if scheme == _AFFINE:
        scale, point = rest
        return torch._make_per_tensor_quantized_tensor(values, float(scale), int(point))
    scales, points, axis = rest
    if scheme != _CHANNELS or type(axis) is not int or not 0 <= axis < values.dim():
        refuse("the scheme of a quantized tensor is unknown")
    ends = [decoder.value(scales), decoder.value(points)]
    if any(tuple(end.shape) != (values.shape[axis],) for end in ends):
        refuse("the scales of a quantized tensor are malformed")
    return torch._make_per_channel_quantized_tensor(values, *ends, axis)


def _read_nested(torch: Any, decoder: Decoder, layout: list[Any]) -> Any:
    parts = decoder.values(layout[1])
    return torch.nested.nested_tensor(parts)


def _read_mkldnn(torch: Any, decoder: Decoder, layout: list[Any]) -> Any:
    if not torch.backends.mkldnn.is_available():
        msg = "A tensor lies as oneDNN wants it, which this build of torch lacks."
        raise RestoreError(msg, code="class-missing")
    return decoder.value(layout[1]).to_mkldnn()


def _read_conj(torch: Any, decoder: Decoder, layout: list[Any]) -> Any:
    del torch
    return decoder.value(layout[1]).conj()


def _read_neg(torch: Any, decoder: Decoder, layout: list[Any]) -> Any:
    return torch._neg_view(decoder.value(layout[1]))


_READ: Mapping[str, Callable[[Any, Decoder, list[Any]], Any]] = {
    "quantized": _read_quantized,
    "nested": _read_nested,
    "mkldnn": _read_mkldnn,
    "conj": _read_conj,
    "neg": _read_neg,
}
