"""Numbers as differences from those of a keyframe.

The bit patterns are subtracted as integers, and the difference written so that small ones of
either sign have zeros in their high bytes (zigzag). Floating-point numbers that moved a little
differ in few low bits, whatever their type.
"""

from __future__ import annotations

import numpy as np

from jupyter_mvt.store.planes import Bytes

__all__ = ["add", "subtract"]

_SIGNED = {1: np.int8, 2: np.int16, 4: np.int32, 8: np.int64}
_UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}
_BLOCK = 64 << 10


def subtract(data: Bytes, base: Bytes, item: int) -> Bytes:
    """Return `data` minus `base`, both of one length, item by item; a rest stays as it is."""
    whole = len(data) // item * item
    found = data.copy()
    unsigned, signed = _UNSIGNED[item], _SIGNED[item]
    for at in range(0, whole, _BLOCK):
        end = min(at + _BLOCK, whole)
        moved = found[at:end].view(unsigned)
        moved -= base[at:end].view(unsigned)
        steps = moved.view(signed)
        signs = steps >> (8 * item - 1)
        steps <<= 1
        steps ^= signs
    return found


def add(data: Bytes, base: Bytes, item: int) -> None:
    """Undo `subtract` in place."""
    whole = len(data) // item * item
    unsigned = _UNSIGNED[item]
    for at in range(0, whole, _BLOCK):
        end = min(at + _BLOCK, whole)
        steps = data[at:end].view(unsigned)
        signs = np.negative(steps & 1)
        steps >>= 1
        steps ^= signs
        steps += base[at:end].view(unsigned)
