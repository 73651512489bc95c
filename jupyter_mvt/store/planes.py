"""Numbers as byte planes: all lowest bytes, then all second ones, ..., each packed on its own.

Layout: item size (1), then per plane its kind (0 as it is, 1 zstd) and stored length (4, little
endian), then the planes, then what is left over of an incomplete last item. With a keyframe it
is not the numbers that are written so, but the steps to them; see `store.delta`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from jupyter_mvt.objects.ids import Buffer
from jupyter_mvt.store.delta import UNSIGNED, add, subtract
from jupyter_mvt.store.frames import pack_numbers, unpack_frame
from jupyter_mvt.store.hot import same

__all__ = ["ITEM_SIZES", "Bytes", "decode_planes", "encode_planes"]

Bytes: TypeAlias = "np.ndarray[Any, np.dtype[np.uint8]]"
ITEM_SIZES = (1, 2, 4, 8)
_PLANE = struct.Struct("<BI")
_AS_IS, _ZSTD = 0, 1
_PROBE = 2 << 10
"""Items looked at in each of a few places."""
_BLOCK = 128 << 10
"""Bytes worked on at a time: all that is done to them finds them in the cache."""
_WORTH = 0.97
_SPARSE = 0.2
"""Part of its size to which a sample must shrink for runs to be looked for."""
_CHANGED = "what was encoded does not come back"


def encode_planes(
    data: Bytes, item: int, base: Bytes | None = None, *, prove: bool = False
) -> list[Buffer]:
    """Return `data`, items of `item` bytes, as the pieces of its encoding.

    With a `base` of the same length, it is the differences from it. What `prove` unpacks again
    is each plane, while it is in the cache. Splitting has no cases that depend on the numbers,
    so that some of them, put together again, stand for all.

    Raises
    ------
    ValueError
        What was to be proved is not so.
    """
    whole = len(data) // item * item
    numbers, frame = data[:whole], None if base is None else base[:whole]
    planes = _split(numbers, item, frame)
    packed = []
    for plane in planes:
        kind, piece = _pack_plane(plane)
        if prove and kind == _ZSTD and not same(unpack_frame(piece, len(plane)), plane.data):
            raise ValueError(_CHANGED)
        packed.append((kind, piece))
    if prove:
        _prove(planes, numbers, frame)
    head = bytes([item]) + b"".join(_PLANE.pack(kind, len(piece)) for kind, piece in packed)
    return [head, *(piece for _, piece in packed), data[whole:].tobytes()]


def decode_planes(data: memoryview, target: Bytes, base: Bytes | None = None) -> None:
    """Fill `target` with what `data` encodes; `base`, of its length, if they are differences.

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
    _join(planes, target[: count * item], None if base is None else base[: count * item])
    target[count * item :] = np.frombuffer(tail, np.uint8)


def _split(data: Bytes, item: int, base: Bytes | None) -> list[Bytes]:
    if item == 1 and base is None:
        return [data]
    kind = UNSIGNED[item]
    numbers = data.view(kind)
    step = _BLOCK // item
    moved, spare = np.empty(step, kind), np.empty(step, kind)
    planes = [np.empty(len(numbers), np.uint8) for _ in range(item)]
    for at in range(0, len(numbers), step):
        block = numbers[at : at + step]
        count = len(block)
        if base is not None:
            subtract(block, base.view(kind)[at : at + step], moved[:count], spare[:count])
            block = moved[:count]
        planes[0][at : at + count] = block  # the lowest byte of each: the others are cut off
        for i, plane in enumerate(planes[1:], 1):
            np.right_shift(block, block.dtype.type(8 * i), out=spare[:count])
            plane[at : at + count] = spare[:count]
    return planes


def _join(planes: Sequence[Bytes], target: Bytes, base: Bytes | None) -> None:
    item = len(planes)
    kind = UNSIGNED[item]
    step = _BLOCK // item
    items = target.reshape(-1, item)
    spare = np.empty(step, kind)
    for at in range(0, len(items), step):
        block = items[at : at + step]
        for i, plane in enumerate(planes):
            block[:, i] = plane[at : at + step]
        if base is not None:
            numbers = block.reshape(-1).view(kind)
            frame = base[at * item : (at + step) * item].view(kind)
            add(numbers, frame, spare[: len(numbers)])


def _prove(planes: Sequence[Bytes], numbers: Bytes, base: Bytes | None) -> None:
    """Put the planes together again in a few places."""
    item = len(planes)
    count = len(planes[0])
    length = min(count, _PROBE)
    found = np.empty(length * item, np.uint8)
    for at in {0, (count - length) // 3, (count - length) // 3 * 2, count - length}:
        part = slice(at * item, (at + length) * item)
        some = [plane[at : at + length] for plane in planes]
        _join(some, found, None if base is None else base[part])
        if found.tobytes() != numbers[part].tobytes():
            raise ValueError(_CHANGED)


def _pack_plane(plane: Bytes) -> tuple[int, Buffer]:
    count = len(plane)
    sample = plane
    if count > 8 * _PROBE:
        middle = count // 2
        sample = np.concatenate((plane[:_PROBE], plane[middle : middle + _PROBE], plane[-_PROBE:]))
    packed = pack_numbers(sample.data)
    if len(packed) > _WORTH * len(sample):
        return _AS_IS, plane.data
    # The entropy coder spends a bit on each byte: where nearly all are the same, runs take less.
    runs = len(packed) < _SPARSE * len(sample) and len(packed) > len(
        pack_numbers(sample.data, runs=True)
    )
    if runs or sample is not plane:
        packed = pack_numbers(plane.data, runs=runs)
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
