"""How the bytes of an object are written: as they are, packed, or as differences.

An object's id is of its raw bytes, so an encoding may be changed at any time. Which one is
chosen by probing a sample. Decoding knows the raw size beforehand and sets aside no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.ids import Buffer
from jupyter_mvt.store.frames import pack_frame, unpack_frame
from jupyter_mvt.store.hot import same
from jupyter_mvt.store.pack import DELTA, PLANES, RAW, ZSTD
from jupyter_mvt.store.planes import ITEM_SIZES, Bytes, decode_planes, encode_planes

__all__ = ["ID_SIZE", "Encoded", "Keyframe", "decode", "encode"]

ID_SIZE = 32
REKEY = 0.8
"""A delta must be smaller than this part of what the object takes on its own."""

_WORTH = 0.97
_SMALLEST = 64
_SLICES = 4
_SLICE = 4 << 10
_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Keyframe:
    """An object that others may be differences from."""

    oid: bytes
    data: Buffer


@dataclass(frozen=True, slots=True)
class Encoded:
    """The bytes to store, in pieces, and how they are to be read."""

    encoding: int
    pieces: tuple[Buffer, ...]
    base: bytes = b""

    @property
    def size(self) -> int:
        """Bytes altogether."""
        return sum(len(piece) for piece in self.pieces)


def encode(data: Buffer, item: int = 0, keyframes: Sequence[Keyframe] = ()) -> Encoded:
    """Return the smallest encoding of `data` that a probe suggests; it is proved to be undone.

    Parameters
    ----------
    data
        Raw bytes.
    item
        Size of one number in it; 0 for text and opaque content.
    keyframes
        Objects of the same length and kind.

    Raises
    ------
    ValueError
        It cannot be undone.
    """
    raw = np.frombuffer(data, np.uint8)
    if len(raw) < _SMALLEST:
        return Encoded(RAW, (data,))
    usable = [frame for frame in keyframes if len(frame.data) == len(raw)] if item else []
    sample = _sample(raw, item or 1)
    alone, encoding = _probe(sample, item)
    best, chosen = alone, None
    for frame in usable:
        base = _sample(np.frombuffer(frame.data, np.uint8), item)
        size = _length(encode_planes(sample, item, base))
        if size < best:
            best, chosen = size, frame
    if chosen is not None and best < REKEY * alone:
        found = _as_delta(raw, item, chosen)
        # The sample may have been luckier than the whole.
        if found.size < REKEY * alone / len(sample) * len(raw):
            return found
    found = _alone(raw, item, encoding, prove=True)
    return found if found.size < _WORTH * len(raw) else Encoded(RAW, (data,))


def decode(encoding: int, data: memoryview, target: memoryview, base: Buffer | None = None) -> None:
    """Fill `target`, of the object's size, with the raw bytes that `data` encodes.

    `base` is the raw content of the keyframe that a delta starts with the id of.

    Raises
    ------
    CorruptionError
        `data` is not such an encoding (code ``corrupt-object``).
    """
    try:
        if encoding == ZSTD:
            target[:] = unpack_frame(data, len(target))
        elif encoding == PLANES:
            decode_planes(data, np.frombuffer(target, np.uint8))
        elif encoding == DELTA and base is not None and len(base) == len(target):
            frame = np.frombuffer(base, np.uint8)
            decode_planes(data[ID_SIZE:], np.frombuffer(target, np.uint8), frame)
        else:
            msg = "its keyframe is of another length"
            raise ValueError(msg)
    except ValueError as error:
        msg = f"An encoded object is corrupt: {error}."
        raise CorruptionError(msg, code="corrupt-object", hint="mvt fsck") from error


def _sample(raw: Bytes, item: int) -> Bytes:
    """Return a few whole items from all over."""
    if len(raw) <= 2 * _SLICES * _SLICE:
        return raw
    step = (len(raw) - _SLICE) // (_SLICES - 1)
    starts = [i * step // item * item for i in range(_SLICES)]
    return np.concatenate([raw[at : at + _SLICE] for at in starts])


def _probe(sample: Bytes, item: int) -> tuple[int, int]:
    """Return how small a sample gets on its own, and by which encoding."""
    best = (len(sample), RAW)
    for encoding in (ZSTD, PLANES) if item in ITEM_SIZES else (ZSTD,):
        size = _alone(sample, item, encoding).size
        if size < best[0]:
            best = (size, encoding)
    return best


def _alone(raw: Bytes, item: int, encoding: int, *, prove: bool = False) -> Encoded:
    if encoding == ZSTD:
        packed = pack_frame(raw.data, _LEVEL)
        if prove and not same(unpack_frame(packed, len(raw)), raw.data):
            msg = "what was packed does not come back"
            raise ValueError(msg)
        return Encoded(ZSTD, (packed,))
    if encoding == PLANES:
        return Encoded(PLANES, tuple(encode_planes(raw, item, prove=prove)))
    return Encoded(RAW, (raw.data,))


def _as_delta(raw: Bytes, item: int, frame: Keyframe) -> Encoded:
    base = np.frombuffer(frame.data, np.uint8)
    return Encoded(DELTA, (frame.oid, *encode_planes(raw, item, base, prove=True)), frame.oid)


def _length(pieces: Sequence[Buffer]) -> int:
    return sum(len(piece) for piece in pieces)
