"""Arrays and tensors that look at the same memory: stored once, and looked at again by all.

An encoder keeps each array by its content. Where several of one graph overlap, their common
memory becomes one part, and each of them a view of it; so does what repeats its own memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import is_large
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.kinds import named, wide
from jupyter_mvt.capture.overlaps import block, overlapping, span
from jupyter_mvt.objects.manifest import Part

if TYPE_CHECKING:
    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["KIND", "read_view", "share_memory"]

KIND = "view"
_ALIGNED = 16
_MOST_REPEATED = 1 << 32


@dataclass(slots=True)
class _Item:
    """One array or tensor of the graph, and where it lies."""

    number: int
    value: Any
    path: str
    low: int
    high: int

    @property
    def is_array(self) -> bool:
        return isinstance(self.value, np.ndarray)

    @property
    def repeats(self) -> bool:
        """Whether elements of an array lie on one another."""
        return bool(self.value.size * self.value.itemsize > self.high - self.low)


def share_memory(encoder: Encoder) -> None:
    """Let arrays and tensors of one memory be views of one part.

    Tensors of one storage are left to their own writer, which knows that already.
    """
    items = [item for item in map(_item(encoder), encoder.met()) if item is not None]
    for group in overlapping(items):
        storages = {item.value.untyped_storage().data_ptr() for item in group if not item.is_array}
        mixed = len(group) > 1 and (len(storages) != 1 or any(item.is_array for item in group))
        if mixed or any(item.is_array and item.repeats for item in group):
            _place(encoder, sorted(group, key=lambda item: item.number))


def _item(encoder: Encoder) -> Any:
    nodes = encoder.graph.nodes

    def found(met: tuple[int, Any, str]) -> _Item | None:
        number, value, path = met
        node = nodes[number]
        if node[0] in ("array", "inline") and value.size and value.dtype.itemsize:
            return _Item(number, value, path, *span(value))
        plain = node[0] == "tensor" and node[4] is None and value.device.type == "cpu"
        return _Item(number, value, path, *_tensor_span(value)) if plain and value.numel() else None

    return found


def _tensor_span(tensor: Any) -> tuple[int, int]:
    reach = sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride(), strict=True))
    return tensor.data_ptr(), tensor.data_ptr() + (reach + 1) * tensor.element_size()


def _place(encoder: Encoder, group: list[_Item]) -> None:
    low, high = min(item.low for item in group), max(item.high for item in group)
    # So that what was aligned stays so, wherever the first of them begins.
    blank = low % _ALIGNED
    memory = block(low, high - low, [item.value for item in group])

    def read() -> Buffer:
        return bytes(blank) + memory.tobytes() if blank else memory.data

    def window(start: int, stop: int) -> Buffer:
        if start >= blank:
            return memory[start - blank : stop - blank].data
        return bytes(blank - start) + memory[: stop - blank].tobytes()

    nodes, size = encoder.graph.nodes, high - low + blank
    own = {nodes[item.number][1] for item in group if nodes[item.number][0] == "array"}
    encoder.parts[:] = [part for part in encoder.parts if part.path not in own]
    path = encoder.claim(f"{group[0].path}~memory")
    encoder.parts.append(Part(path=path, dtype="bytes", shape=(size,), nbytes=size, read=read,
                              window=window if is_large(size) else None))  # fmt: skip
    for item in group:
        node = nodes[item.number]
        if item.is_array:
            array = item.value
            node[:] = [KIND, path, wide(array.dtype), list(array.shape), list(array.strides),
                       array.ctypes.data - low + blank, bool(array.flags.writeable)]  # fmt: skip
        else:
            node[1] = path
            node[4] = ["view", list(item.value.stride()), item.low - low + blank]


def read_view(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the array that looks at memory which others may look at, too."""
    del index
    _, path, name, shape, strides, offset, writeable = node
    memory = decoder.memory(path)
    counts = (*shape, *strides, offset)
    if not all(type(n) is int for n in counts) or not 0 < prod(shape) <= _MOST_REPEATED:
        refuse("a view of an array is malformed")
    try:
        # numpy checks that shape, strides and offset stay within the memory.
        made: np.ndarray[Any, Any] = np.ndarray(
            tuple(shape), named(name), memory.data, offset, tuple(strides)
        )
    except (TypeError, ValueError) as error:
        refuse(f"a view reaches beyond its memory ({str(error)[:80]})")
    made.flags.writeable = bool(writeable)
    return made
