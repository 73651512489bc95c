"""Stored content put into an array of another memory order, a piece at a time."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from jupyter_mvt.errors import CorruptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["place", "placed", "whole"]

Array = np.ndarray[Any, Any]


def placed(
    pieces: Iterable[memoryview], dtype: np.dtype[Any], shape: tuple[int, ...],
    order: Literal["C", "F"], nbytes: int,
) -> Array:  # fmt: skip
    """Return an array of any byte and memory order with the content that `pieces` are.

    Raises
    ------
    CorruptionError
        It would not have `nbytes`, or has not (code ``corrupt-shape``).
    """
    if prod(shape) != (nbytes // dtype.itemsize if dtype.itemsize else 0):
        raise _misfit()
    array = np.empty(shape, dtype, order)
    place(array, pieces)
    return array


def place(array: Array, pieces: Iterable[memoryview]) -> None:
    """Fill `array`, whose memory order may be any, with little-endian content in C order.

    Raises
    ------
    CorruptionError
        The pieces have another size than it (code ``corrupt-shape``).
    """
    target, little = np.atleast_1d(array), array.dtype.newbyteorder("<")
    at = 0
    for piece in whole(pieces, array.itemsize):
        values = np.frombuffer(piece, little)
        if at + values.size > target.size:
            raise _misfit()
        _put(target, at, values)
        at += values.size
    if at != target.size and array.itemsize:
        raise _misfit()


def whole(pieces: Iterable[memoryview], size: int) -> Iterator[memoryview]:
    """Yield the same bytes, never cut within an element."""
    rest = b""
    for piece in pieces:
        more = (size - len(rest)) % size if rest else 0
        rest += piece[:more]
        if rest and len(rest) == size:
            yield memoryview(rest)
            rest = b""
        if len(piece) > more:
            end = len(piece) - (len(piece) - more) % size
            yield piece[more:end]
            rest = bytes(piece[end:])
    if rest:
        raise _misfit()


def _put(target: Array, first: int, values: Array) -> None:
    """Put `values` where the elements of `target` from `first` on lie, counted in C order."""
    if target.ndim == 1:
        target[first : first + values.size] = values
        return
    row = target[0].size
    index, inside = divmod(first, row)
    done = 0
    if inside:
        done = min(row - inside, values.size)
        _put(target[index], inside, values[:done])
        index += 1
    rows = (values.size - done) // row
    end = done + rows * row
    target[index : index + rows] = values[done:end].reshape(rows, *target.shape[1:])
    if end < values.size:
        _put(target[index + rows], 0, values[end:])


def _misfit() -> CorruptionError:
    msg = "An array's content has not the size that its shape says."
    return CorruptionError(msg, code="corrupt-shape", hint="mvt fsck")
