"""Numbers as byte planes: all lowest bytes, then all second ones, ..., each packed on its own.

Layout: item size (1), then per plane its kind (0 as it is, 1 zstd) and stored length (4, little
endian), then the planes, then what is left over of an incomplete last item.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from jupyter_mvt.objects.ids import Buffer
from jupyter_mvt.store.frames import pack_frame, unpack_frame

__all__ = ["ITEM_SIZES", "Bytes", "decode_planes", "encode_planes"]

Bytes: TypeAlias = "np.ndarray[Any, np.dtype[np.uint8]]"
ITEM_SIZES = (1, 2, 4, 8)
_PLANE = struct.Struct("<BI")
_AS_IS, _ZSTD = 0, 1
_PROBE = 16 << 10
_BLOCK = 32 << 10
_WORTH = 0.97
_LEVEL = 1


def encode_planes(data: Bytes, item: int) -> list[Buffer]:
    """Return `data`, items of `item` bytes, as the pieces of its encoding."""
    count = len(data) // item
    planes = _split(data[: count * item].reshape(count, item))
    packed = [_pack_plane(plane) for plane in planes]
    head = bytes([item]) + b"".join(_PLANE.pack(kind, len(piece)) for kind, piece in packed)
    return [head, *(piece for _, piece in packed), data[count * item :].tobytes()]


def decode_planes(data: memoryview, target: Bytes) -> None:
    """Fill `target` with what `data` encodes.

    Raises
    ------
    ValueError
        `data` is no encoding of so many bytes.
    """
    item = data[0] if data else 0
    if item not in ITEM_SIZES:
        msg = "its item size is wrong"
        raise ValueError(msg)
    count = len(target) // item
    at = 1 + item * _PLANE.size
    if len(data) < at:
        msg = "it is cut off"
        raise ValueError(msg)
    planes = []
    for kind, length in _PLANE.iter_unpack(data[1:at]):
        piece = data[at : at + length]
        at += length
        planes.append(_unpack_plane(kind, piece, count))
    tail = data[at:]
    if len(tail) != len(target) - count * item:
        msg = "its length is wrong"
        raise ValueError(msg)
    _join(planes, target[: count * item].reshape(count, item))
    target[count * item :] = np.frombuffer(tail, np.uint8)


def _split(items: Bytes) -> list[Bytes]:
    count, item = items.shape
    if item == 1:
        return [items.reshape(-1)]
    planes = [np.empty(count, np.uint8) for _ in range(item)]
    # By blocks that stay in the cache: each is read once per plane.
    for at in range(0, count, _BLOCK):
        block = items[at : at + _BLOCK]
        for i, plane in enumerate(planes):
            plane[at : at + _BLOCK] = block[:, i]
    return planes


def _join(planes: Sequence[Bytes], items: Bytes) -> None:
    for at in range(0, len(items), _BLOCK):
        block = items[at : at + _BLOCK]
        for i, plane in enumerate(planes):
            block[:, i] = plane[at : at + _BLOCK]


def _pack_plane(plane: Bytes) -> tuple[int, Buffer]:
    count = len(plane)
    if count > 4 * _PROBE:
        middle = count // 2
        sample = np.concatenate((plane[:_PROBE], plane[middle : middle + _PROBE], plane[-_PROBE:]))
        if len(pack_frame(sample.data, _LEVEL)) > _WORTH * len(sample):
            return _AS_IS, plane.data
    packed = pack_frame(plane.data, _LEVEL)
    if len(packed) > _WORTH * count:
        return _AS_IS, plane.data
    return _ZSTD, packed


def _unpack_plane(kind: int, piece: memoryview, count: int) -> Bytes:
    if kind == _ZSTD:
        return np.frombuffer(unpack_frame(piece, count), np.uint8)
    if kind != _AS_IS or len(piece) != count:
        msg = "a plane is damaged"
        raise ValueError(msg)
    return np.frombuffer(piece, np.uint8)
