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
from jupyter_mvt.store.frames import holds, pack_frame, unpack_frame
from jupyter_mvt.store.pack import DELTA, PLANES, RAW, ZSTD
from jupyter_mvt.store.planes import (
    ITEM_SIZES,
    Bytes,
    Probe,
    decode_planes,
    encode_planes,
    probe_planes,
)

__all__ = ["ID_SIZE", "REKEY", "Encoded", "Keyframe", "decode", "encode", "framed"]

ID_SIZE = 32
REKEY = 0.8
"""A delta must be smaller than this part of what the object takes on its own."""

_WORTH = 0.97
_SMALLEST = 64
_SLICES = 4
_SLICE = 6 << 10
_LEVEL = 3


@dataclass(slots=True)
class Keyframe:
    """An object that others may be differences from."""

    oid: bytes
    data: Buffer
    part: float | None = None
    """What part of its size it takes on its own, where that is known."""

    def share(self, item: int) -> float:
        """Return what part of its size it takes on its own; if need be, as a sample tells."""
        if self.part is None:
            sample = _sample(np.frombuffer(self.data, np.uint8), item)
            self.part = _choose(sample, item).size / len(sample)
        return self.part


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
    sample = _sample(raw, item or 1)
    usable = [frame for frame in keyframes if len(frame.data) == len(raw)] if item else []
    if usable and (delta := _as_delta(raw, item, sample, usable)) is not None:
        return delta
    found = _alone(raw, item, _choose(sample, item))
    return found if found.size < _WORTH * len(raw) else Encoded(RAW, (data,))


def framed(data: memoryview, level: int = 1) -> Encoded:
    """Return `data` as one frame, without looking for anything smaller; it is proved to be undone.

    Raises
    ------
    ValueError
        It cannot be undone.
    """
    packed = pack_frame(data, level)
    if not holds(packed, data):
        msg = "what was packed does not come back"
        raise ValueError(msg)
    return Encoded(ZSTD, (packed,))


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


@dataclass(frozen=True, slots=True)
class _Choice:
    """The encoding by which a sample gets smallest on its own, and how small."""

    size: int
    encoding: int = RAW
    probe: Probe | None = None


def _choose(sample: Bytes, item: int) -> _Choice:
    found = [_Choice(len(sample)), _Choice(len(pack_frame(sample.data, _LEVEL)), ZSTD)]
    if item in ITEM_SIZES:
        probe = probe_planes(sample, item)
        found.append(_Choice(probe.size, PLANES, probe))
    return min(found, key=lambda choice: choice.size)


def _alone(raw: Bytes, item: int, choice: _Choice) -> Encoded:
    if choice.encoding == ZSTD:
        return framed(raw.data, _LEVEL)
    if choice.probe is not None:
        return Encoded(PLANES, tuple(encode_planes(raw, item, choice.probe)))
    return Encoded(RAW, (raw.data,))


def _as_delta(raw: Bytes, item: int, sample: Bytes, frames: Sequence[Keyframe]) -> Encoded | None:
    """Return the differences from the nearest keyframe, if they are worth it.

    What the object would take on its own is told by its keyframe, a neighbour of the same kind:
    one that takes much less than that does not become small by differences from it either.
    """

    def probe(frame: Keyframe) -> tuple[Probe, Keyframe]:
        base = _sample(np.frombuffer(frame.data, np.uint8), item)
        return probe_planes(sample, item, base), frame

    least: Probe | None
    if len(sample) == len(raw) and len(frames) == 1:
        least, nearest = None, frames[0]  # to probe all of it is to do it
    else:
        least, nearest = min(map(probe, frames), key=lambda pair: pair[0].size)
    most = REKEY * nearest.share(item)
    if least is not None and least.size >= most * len(sample):
        return None
    base = np.frombuffer(nearest.data, np.uint8)
    pieces = encode_planes(raw, item, least, base)
    delta = Encoded(DELTA, (nearest.oid, *pieces), nearest.oid)
    # The sample may have been luckier than the whole.
    return delta if delta.size < most * len(raw) else None
