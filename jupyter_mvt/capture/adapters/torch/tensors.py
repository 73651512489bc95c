"""Tensors as parts: by storage, so that tied weights and views come back as such."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from jupyter_mvt.capture.adapters.torch.attributes import attach, write_attributes
from jupyter_mvt.capture.adapters.torch.layouts import is_composed, read_composed, write_composed
from jupyter_mvt.capture.arrays import RAW_DTYPES, dtype_of, is_large, stretch
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable
from jupyter_mvt.capture.placing import place
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.manifest import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["TensorReader", "TensorWriter", "device_window", "tensor_bytes"]

_MOST_REPEATED = 1 << 32


class TensorWriter:
    """Gathers the tensors of one object; `finish` decides what is stored once they are known."""

    def __init__(self) -> None:
        self._seen: list[tuple[int, Any, str]] = []
        self._volatile: set[str] = set()

    def __call__(self, encoder: Encoder, value: Any, path: str) -> Node:
        """Return the node of a tensor, completed by `finish`."""
        _refuse_odd(value, path)
        torch = sys.modules["torch"]
        parameter = isinstance(value, torch.nn.Parameter)
        # A result of a computation carries its graph; only leaves say what is trained.
        wants = bool(value.requires_grad and value.is_leaf)
        if value.device.type != "cpu":
            note = f"tensors on {value.device} come back on the CPU"
            if note not in encoder.lost:
                encoder.lost.append(note)
        index = len(encoder.graph.nodes) - 1
        more = write_attributes(encoder, value, path)
        composed = write_composed(encoder, value, path)
        if composed is not None:
            shape = [] if value.is_nested else list(value.shape)
            return ["tensor", "", _name(value), shape, composed, wants, parameter, *more]
        name = encoder.claim(path)
        self._seen.append((index, value, name))
        if encoder.volatile:
            self._volatile.add(name)
        return ["tensor", name, _name(value), _shape(value), None, wants, parameter, *more]

    def finish(self, encoder: Encoder) -> None:
        """Add a part for each storage, or for each tensor where none overlap."""
        # Others were placed in memory that arrays see, too.
        items = [item for item in self._seen if encoder.graph.nodes[item[0]][4] is None]
        keys = [_memory(index, tensor) for index, tensor, _ in items]
        times = Counter(keys)
        shared: dict[str, list[tuple[int, Any, str]]] = {}
        for item, key in zip(items, keys, strict=True):
            if times[key] > 1:
                shared.setdefault(key, []).append(item)
        for item, key in zip(items, keys, strict=True):
            if times[key] == 1:
                _store_alone(encoder, [item])
            elif key in shared:
                _store(encoder, shared.pop(key))
        encoder.parts[:] = [
            replace(part, volatile=True) if part.path in self._volatile else part
            for part in encoder.parts
        ]


def _memory(index: int, tensor: Any) -> str:
    """Return a name of the memory that a tensor, of node `index`, lies in."""
    if not tensor.numel():
        return f"{index}"
    return f"{tensor.device} {tensor.untyped_storage().data_ptr()}"


def _store(encoder: Encoder, group: list[tuple[int, Any, str]]) -> None:
    spans = sorted({_span(tensor) for _, tensor, _ in group})
    apart = all(end <= start for (_, end), (start, _) in pairwise(spans))
    if apart:
        # Same bytes or disjoint ones; a second geometry on the same bytes is a view of the first.
        for span in spans:
            _store_owned(encoder, [item for item in group if _span(item[1]) == span])
    else:
        _store_owned(encoder, group)


def _store_alone(encoder: Encoder, group: list[tuple[int, Any, str]]) -> None:
    index, tensor, path = group[0]
    start, end = _span(tensor)
    size = tensor.element_size()
    if end - start >= tensor.numel() * size:
        _store_with(encoder, group, group[0], 0)
        return
    # An expanded tensor, or windows over one, says more than it has: kept is what it has.
    _add(encoder, tensor.detach().as_strided(((end - start) // size,), (1,)), path)
    encoder.graph.nodes[index][1] = path
    encoder.graph.nodes[index][4] = ["view", list(tensor.stride()), 0]


def _store_owned(encoder: Encoder, group: list[tuple[int, Any, str]]) -> None:
    low, high = _reach(group)
    owner = next(
        (item for item in group if item[1].is_contiguous() and _span(item[1]) == (low, high)), None
    )
    if owner is None and len(group) == 1:
        owner = group[0]
    if owner is None:
        _store_storage(encoder, group, low, high)
    else:
        _store_with(encoder, group, owner, low)


def _store_with(
    encoder: Encoder, group: list[tuple[int, Any, str]], owner: tuple[int, Any, str], low: int
) -> None:
    _, tensor, path = owner
    nodes = encoder.graph.nodes
    _add(encoder, tensor, path)
    for index, other, name in group:
        nodes[index][1] = path
        if other is tensor:
            nodes[index][4] = _dense(other)
        elif _geometry(other) == _geometry(tensor):
            encoder.alias(name, nodes[index])
        else:
            nodes[index][4] = _view(other, low)


def _store_storage(
    encoder: Encoder, group: list[tuple[int, Any, str]], low: int, high: int
) -> None:
    torch = sys.modules["torch"]
    storage = group[0][1].untyped_storage()
    whole = torch.empty(0, dtype=torch.uint8, device=group[0][1].device)
    whole = whole.set_(storage, low, (high - low,))
    path = encoder.claim(group[0][2] + "~storage")
    _add(encoder, whole, path)
    for index, tensor, _ in group:
        encoder.graph.nodes[index][1] = path
        encoder.graph.nodes[index][4] = _view(tensor, low)


def _add(encoder: Encoder, tensor: Any, path: str) -> None:
    nbytes = tensor.numel() * tensor.element_size()
    elsewhere = tensor.device.type != "cpu"
    # A large one is looked at again before its version is made: that shall copy nothing.
    in_place = is_large(nbytes) and not (tensor.is_conj() or tensor.is_neg())
    reader = device_window if elsewhere else _memory_window
    encoder.parts.append(
        Part(
            path=path,
            dtype=_name(tensor),
            shape=_shape(tensor),
            nbytes=nbytes,
            read=_Content(tensor),
            window=reader(tensor) if elsewhere or in_place else None,
        )
    )


class _Content(msgspec.Struct, gc=False):
    """Reads a tensor when called; a function in its place would be four things to collect."""

    tensor: Any

    def __call__(self) -> Buffer:
        return tensor_bytes(self.tensor)


def tensor_bytes(tensor: Any) -> Buffer:
    """Return the logical content of `tensor`, C order, without a copy where it lies so."""
    if tensor.numel() == 0:
        return b""
    torch = sys.modules["torch"]
    plain = _flat(tensor.detach().resolve_conj().resolve_neg().cpu())
    return memoryview(plain.view(torch.uint8).numpy())


def _flat(tensor: Any) -> Any:
    # A single number counts as contiguous whatever its stride, which bytes then trip over.
    return tensor.contiguous().as_strided((tensor.numel(),), (1,))


def _memory_window(tensor: Any) -> Callable[[int, int], Buffer]:
    """Return a reader of a tensor that lies in this process's memory, in any order."""
    return lambda start, stop: stretch(_as_array(tensor), start, stop)


def _as_array(tensor: Any) -> np.ndarray[Any, Any]:
    """Return the memory of a tensor as an array of its shape, order and item size."""
    torch = sys.modules["torch"]
    # numpy lacks some dtypes, and has all their sizes.
    bits = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}
    array: np.ndarray[Any, Any] = (
        tensor.detach().view(bits.get(tensor.element_size(), tensor.dtype)).numpy()
    )
    return array


def device_window(tensor: Any) -> Callable[[int, int], Buffer]:
    """Return a reader of a tensor's content that brings no more than asked for to the host."""
    torch = sys.modules["torch"]

    def window(start: int, stop: int) -> Buffer:
        plain = _flat(tensor.detach().resolve_conj().resolve_neg())
        return memoryview(plain.view(torch.uint8)[start:stop].cpu().numpy())

    return window


def _shape(tensor: Any) -> tuple[int, ...]:
    return _once(tuple(tensor.shape))


@lru_cache(maxsize=1024)
def _once(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the first of equal shapes: layers have few, and each would be kept twice."""
    return shape


def _name(tensor: Any) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _span(tensor: Any) -> tuple[int, int]:
    size = tensor.element_size()
    start = tensor.storage_offset()
    reach = sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride(), strict=True))
    return start * size, (start + reach + 1) * size


def _reach(group: list[tuple[int, Any, str]]) -> tuple[int, int]:
    spans = [_span(tensor) for _, tensor, _ in group]
    return min(start for start, _ in spans), max(end for _, end in spans)


def _geometry(tensor: Any) -> tuple[Any, ...]:
    return (tensor.dtype, tensor.storage_offset(), tuple(tensor.shape), tensor.stride())


def _dense(tensor: Any) -> list[Any] | None:
    """Return the strides of a tensor in another memory order (channels last), else ``None``."""
    if tensor.is_contiguous():
        return None
    steps = sorted(zip(tensor.stride(), tensor.shape, strict=True))
    expected = 1
    for step, size in steps:
        if size != 1 and step != expected:
            return None
        expected *= size
    return ["dense", list(tensor.stride())]


def _view(tensor: Any, low: int) -> list[Any]:
    offset = tensor.storage_offset() * tensor.element_size() - low
    return ["view", list(tensor.stride()), offset]


def _refuse_odd(tensor: Any, path: str) -> None:
    torch = sys.modules["torch"]
    name = str(tensor.dtype).removeprefix("torch.")
    odd, hint, code = None, None, "not-capturable"
    if type(tensor).__name__.startswith("Uninitialized"):
        odd, code = "has no shape yet, which follows from the first batch", "unfitted"
        hint = "model(batch)  # once, before the commit"
    elif type(tensor).__name__ == "FakeTensor":
        odd = f"only pretends to be on {tensor.device} and has no content"
    elif type(tensor) not in (torch.Tensor, torch.nn.Parameter):
        raise Undeclarable(path, f"a tensor that is a {type(tensor).__qualname__}")
    elif tensor.is_meta:
        odd = "is on the meta device and has no content"
        hint = "model.to_empty(device='cpu')  # then load its weights"
    elif tensor.is_quantized:
        return
    elif name not in RAW_DTYPES and not hasattr(np, name if name != "bool" else "bool_"):
        odd = f"is of dtype {name}"
        hint = "tensor.view(torch.uint8)  # instead of it: the same bits"
    if odd is not None:
        msg = f"The tensor {path!r} cannot be kept: it {odd}."
        raise CaptureError(msg, code=code, hint=hint)


class TensorReader:
    """Rebuilds tensors; those of one part share one storage."""

    def __init__(self) -> None:
        self._bases: dict[str, Any] = {}

    def __call__(self, decoder: Decoder, node: Node, index: int) -> Any:
        """Return the tensor that `node` describes."""
        del index
        torch = import_module("torch")
        _, path, name, shape, layout, wants, parameter, *more = node
        if is_composed(layout):
            tensor = read_composed(decoder, layout, shape)
        else:
            tensor = self._shaped(torch, decoder, path, _dtype(torch, name), shape, layout)
        if parameter:
            tensor = torch.nn.Parameter(tensor, requires_grad=bool(wants))
        elif wants:
            tensor.requires_grad_(True)
        return attach(decoder, tensor, *more) if more else tensor

    def _shaped(
        self, torch: Any, decoder: Decoder, path: Any, dtype: Any, shape: Any, layout: Any
    ) -> Any:
        if layout is not None and layout[0] == "dense":
            return _reordered(torch, decoder, path, dtype, shape, layout[1])
        base = self._base(torch, decoder, path)
        if layout is None:
            flat = base.view(dtype)
            return flat.view(decoder.shape(shape, flat.numel()))
        _, strides, offset = layout
        size = torch.empty((), dtype=dtype).element_size()
        counts = (*shape, *strides, offset)
        sound = len(strides) == len(shape) and all(type(n) is int and n >= 0 for n in counts)
        if not sound or offset % size or 0 in shape:
            refuse("a view of a tensor is malformed")
        last = offset // size + sum((n - 1) * s for n, s in zip(shape, strides, strict=True))
        # Expanded tensors repeat what they hold, and take no memory for it.
        if (last + 1) * size > base.numel() or prod(shape) > max(base.numel(), _MOST_REPEATED):
            refuse("a view reaches beyond its tensor")
        storage = base.untyped_storage()
        return torch.empty(0, dtype=dtype).set_(storage, offset // size, shape, strides)

    def _base(self, torch: Any, decoder: Decoder, path: Any) -> Any:
        if path not in self._bases:
            octets = decoder.memory(path)
            empty = torch.empty(0, dtype=torch.uint8)
            self._bases[path] = torch.from_numpy(octets) if octets.size else empty
        return self._bases[path]


def _reordered(
    torch: Any, decoder: Decoder, path: Any, dtype: Any, shape: Any, strides: Any
) -> Any:
    entry = decoder.entry(path)
    sizes = decoder.shape(shape, entry.nbytes // dtype.itemsize)
    steps = sorted(zip(strides, sizes, strict=True))
    expected = 1
    for step, size in steps:
        if size != 1 and step != expected:
            refuse("a tensor's memory order is malformed")
        expected *= size
    pieces = decoder.skeleton.pieces(entry)
    tensor = torch.empty_strided(sizes, strides, dtype=dtype)
    place(_as_array(tensor), pieces)
    return tensor


def _dtype(torch: Any, name: Any) -> Any:
    if isinstance(name, str):
        dtype_of(name)
        found = getattr(torch, name, None)
        if isinstance(found, torch.dtype):
            return found
    return refuse("a tensor's dtype is unknown")
