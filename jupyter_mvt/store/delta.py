"""Numbers as differences from those of a keyframe.

The bit patterns are subtracted as integers, and the difference written so that small ones of
either sign have zeros in their high bytes (zigzag). Floating-point numbers that moved a little
differ in few low bits, whatever their type.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

__all__ = ["SIGNED", "UNSIGNED", "Numbers", "add", "subtract"]

Numbers: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
SIGNED = {1: np.int8, 2: np.int16, 4: np.int32, 8: np.int64}
UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def subtract(numbers: Numbers, base: Numbers, out: Numbers, spare: Numbers) -> None:
    """Write the steps from `base` to `numbers` into `out`; all are unsigned and of one length.

    Few at a time, so that they stay in the processor's cache. `spare` is overwritten.
    """
    size = out.itemsize
    np.subtract(numbers, base, out=out)
    steps, signs = out.view(SIGNED[size]), spare.view(SIGNED[size])
    np.right_shift(steps, 8 * size - 1, out=signs)
    np.left_shift(steps, 1, out=steps)
    np.bitwise_xor(steps, signs, out=steps)


def add(steps: Numbers, base: Numbers, spare: Numbers) -> None:
    """Undo `subtract`: make of `steps`, in place, the numbers themselves."""
    np.bitwise_and(steps, steps.dtype.type(1), out=spare)
    np.negative(spare, out=spare)
    np.right_shift(steps, steps.dtype.type(1), out=steps)
    np.bitwise_xor(steps, spare, out=steps)
    np.add(steps, base, out=steps)
