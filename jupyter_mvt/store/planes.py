"""Numbers as byte planes: all lowest bytes, then all second ones, ..., each packed on its own.

Layout: item size (1), then per plane its kind (0 as it is, 1 zstd) and stored length (4, little
endian), then the planes, then what is left over of an incomplete last item. With a keyframe it
is not the numbers that are written so, but the steps to them; see `store.delta`.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from jupyter_mvt.objects.ids import Buffer
from jupyter_mvt.store.delta import UNSIGNED, add, subtract
from jupyter_mvt.store.frames import Evenness, holds, pack_numbers, unpack_frame

__all__ = ["ITEM_SIZES", "Bytes", "Probe", "decode_planes", "encode_planes", "probe_planes"]

Bytes: TypeAlias = "np.ndarray[Any, np.dtype[np.uint8]]"
ITEM_SIZES = (1, 2, 4, 8)
_PLANE = struct.Struct("<BI")
_AS_IS, _ZSTD = 0, 1
_SOME = 2 << 10
"""Items put together again in each of a few places."""
_BLOCK = 256 << 10
"""Bytes worked on at a time: all that is done to them finds them in the cache."""
_WORTH = 0.97
_PLAIN = 0.3
"""Part of its size to which a plane must shrink for more than one way to be tried."""
_JOINED = 1 << 20
"""The same where threads are at it side by side: each call takes the interpreter's lock."""
_KEPT = 8 << 20
"""Longer memory is not kept."""
_CHANGED = "what was encoded does not come back"
_mine = threading.local()


@dataclass(frozen=True, slots=True)
class Probe:
    """What a sample tells of numbers: how to pack each plane of them, and how small they get.

    Attributes
    ----------
    ways
        Per plane how alike its bytes are; ``None`` for one that is kept as it is.
    size
        Bytes that the sample takes when it is encoded so.
    """

    ways: tuple[Evenness | None, ...]
    size: int


def probe_planes(sample: Bytes, item: int, base: Bytes | None = None) -> Probe:
    """Return how `encode_planes` should treat what `sample` is a sample of."""
    whole = len(sample) // item * item
    found = [_way(plane) for plane in _split(sample[:whole], item, _part(base, whole))]
    size = 1 + item * _PLANE.size + len(sample) - whole + sum(length for _, length in found)
    return Probe(tuple(way for way, _ in found), size)


def encode_planes(
    data: Bytes, item: int, probe: Probe | None = None, base: Bytes | None = None
) -> list[Buffer]:
    """Return `data`, items of `item` bytes, as the pieces of its encoding; proved to come back.

    With a `base` of the same length, it is the differences from it. Without a `probe`, which is
    for few numbers, each plane is packed in every way that may be the best. Each is unpacked again
    while it is in the cache. Splitting has no cases that depend on the numbers, so that some of
    them, put together again, stand for all.

    Raises
    ------
    ValueError
        What was to be proved is not so.
    """
    whole = len(data) // item * item
    numbers, frame = data[:whole], _part(base, whole)
    planes = _split(numbers, item, frame)
    _prove(planes, numbers, frame)
    if probe is None:
        packed = [_pack_short(plane) for plane in planes]
    else:
        packed = [_pack_plane(plane, way) for plane, way in zip(planes, probe.ways, strict=True)]
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


def _part(base: Bytes | None, length: int) -> Bytes | None:
    return None if base is None else base[:length]


def _split(data: Bytes, item: int, base: Bytes | None) -> list[Bytes]:
    """Return the planes, in memory that this thread's next call uses again."""
    kind = UNSIGNED[item]
    count, step = len(data) // item, _BLOCK // item
    numbers, frame = data.view(kind), None if base is None else base.view(kind)
    planes = [_room(f"plane {i}", count) for i in range(item)]
    # One number more: read from its second byte on, a number ends in the next one.
    moved, spare = _room("moved", _BLOCK + item).view(kind), _room("spare", _BLOCK).view(kind)
    bytewise = [np.ndarray((step,), kind, moved.data, offset=i) for i in range(item)]
    for at in range(0, count, step):
        block = numbers[at : at + step]
        length = len(block)
        if frame is None:
            moved[:length] = block
        else:
            subtract(block, frame[at : at + step], moved[:length], spare[:length])
        for plane, lowest in zip(planes, bytewise, strict=True):
            plane[at : at + length] = lowest[:length]  # all but the lowest byte is cut off
    return planes


def _room(name: str, size: int) -> Bytes:
    """Return memory that this thread has used before: fresh memory costs more than splitting."""
    rooms: dict[str, Bytes] = _mine.__dict__
    if name not in rooms or len(rooms[name]) < size:
        found = np.empty(size, np.uint8)
        if size > _KEPT:
            return found
        rooms[name] = found
    return rooms[name][:size]


def _join(planes: Sequence[Bytes], target: Bytes, base: Bytes | None) -> None:
    item = len(planes)
    kind = UNSIGNED[item]
    step = _JOINED // item
    items = target.reshape(-1, item)
    spare = np.empty(min(step, len(items)), kind)
    for at in range(0, len(items), step):
        block = items[at : at + step]
        for i, plane in enumerate(planes):
            block[:, i] = plane[at : at + step]
        if base is not None:
            numbers = block.reshape(-1).view(kind)
            frame = base[at * item : (at + step) * item].view(kind)
            add(numbers, frame, spare[: len(numbers)])


def _prove(planes: Sequence[Bytes], numbers: Bytes, base: Bytes | None) -> None:
    """Put the planes together again in a few places; all of them, if they are short."""
    item, count = len(planes), len(planes[0])
    length = min(count, _SOME)
    rest = count - length
    if not rest:
        whole = np.empty(len(numbers), np.uint8)
        _join(planes, whole, base)
        if whole.tobytes() != numbers.tobytes():
            raise ValueError(_CHANGED)
        return
    starts = sorted({0, rest // 3, rest // 3 * 2, rest})

    def some(data: Bytes, size: int) -> Bytes:
        return np.concatenate([data[at * size : (at + length) * size] for at in starts])

    found = np.empty(length * len(starts) * item, np.uint8)
    frame = None if base is None else some(base, item)
    _join([some(plane, 1) for plane in planes], found, frame)
    if found.tobytes() != some(numbers, item).tobytes():
        raise ValueError(_CHANGED)


def _way(sample: Bytes) -> tuple[Evenness | None, int]:
    """Return how a plane is to be packed, and the length of its sample then."""
    length = len(pack_numbers(sample.data, "sparse"))
    if length > _WORTH * len(sample):
        return None, len(sample)
    if length > _PLAIN * len(sample):
        return "dense", length
    # The entropy coder spends a bit on each byte: where nearly all are the same, runs take less.
    ways: tuple[Evenness, ...] = ("runs", "dense")
    found = [(len(pack_numbers(sample.data, way)), way) for way in ways]
    least, way = min((length, "sparse"), *found)
    return way, least


def _pack_plane(plane: Bytes, way: Evenness | None) -> tuple[int, Buffer]:
    if way is not None:
        packed = pack_numbers(plane.data, way)
        if len(packed) <= _WORTH * len(plane):
            if not holds(packed, plane.data):
                raise ValueError(_CHANGED)
            return _ZSTD, packed
    return _AS_IS, plane.tobytes()


def _pack_short(plane: Bytes) -> tuple[int, Buffer]:
    data = plane.tobytes()
    packed = pack_numbers(data, "dense")
    if len(packed) <= _PLAIN * len(data):
        packed = min(packed, pack_numbers(data, "sparse"), pack_numbers(data, "runs"), key=len)
    if len(packed) > _WORTH * len(data):
        return _AS_IS, data
    if not holds(packed, memoryview(data)):
        raise ValueError(_CHANGED)
    return _ZSTD, packed


def _unpack_plane(kind: int, piece: memoryview, count: int) -> Bytes:
    if kind == _ZSTD:
        return np.frombuffer(unpack_frame(piece, count), np.uint8)
    if kind != _AS_IS or len(piece) != count:
        msg = "a plane is damaged"
        raise ValueError(msg)
    return np.frombuffer(piece, np.uint8)
