"""Text that a library keeps in a way of its own: as Arrow has it, and back, a stretch at a time.

To make a whole column of Arrow of it first would be a second copy of the text.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jupyter_mvt.capture.placing import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Stream", "Texts", "cut_texts", "is_texts", "live_texts", "nan_rows", "object_texts",
           "row_texts", "series_texts"]  # fmt: skip

Array = np.ndarray[Any, Any]
_AT_ONCE = 16 << 10
_MOST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Texts:
    """Rows of text as a column of Arrow that is never there as a whole.

    Attributes
    ----------
    type
        Arrow's, which is large text or large bytes.
    valid
        Which rows are not missing, ``None`` if none is.
    ends
        Of each stretch, behind which row and behind which byte it ends.
    made
        Returns the rows from one to another as Arrow has them.
    """

    type: Any
    valid: Array | None
    ends: tuple[tuple[int, int], ...]
    made: Callable[[int, int], Any]

    def __len__(self) -> int:
        return self.ends[-1][0] if self.ends else 0

    @property
    def nbytes(self) -> int:
        """Bytes of all text."""
        return self.ends[-1][1] if self.ends else 0

    def rows(self, first: int, last: int) -> Iterator[Any]:
        """Yield some rows as Arrow has them, a stretch at a time."""
        number = bisect_right(self.ends, first, key=lambda end: end[0])
        while first < last:
            end = min(self.ends[number][0], last)
            yield self.made(first, end)
            first, number = end, number + 1

    def stretches(self, start: int, stop: int) -> Iterator[tuple[int, Any]]:
        """Yield the rows that have the bytes `start` to `stop`, and where their bytes begin."""
        number = bisect_right(self.ends, start, key=lambda end: end[1])
        row, begin = self.ends[number - 1] if number else (0, 0)
        for end, past in self.ends[number:]:
            if begin >= stop:
                return
            if past > begin:
                yield begin, self.made(row, end)
            row, begin = end, past


def cut_texts(
    kind: Any, length: int, valid: Array | None, size: Callable[[int, int], int],
    made: Callable[[int, int], Any],
) -> Texts:  # fmt: skip
    """Return `length` rows as a column; `size` tells the bytes of some, `made` gives them."""
    ends: list[tuple[int, int]] = []
    past = 0

    def add(first: int, last: int) -> None:
        nonlocal past
        nbytes = size(first, last)
        if nbytes > _MOST_BYTES and last - first > 1:
            middle = (first + last) // 2
            add(first, middle)
            add(middle, last)
            return
        past += nbytes
        ends.append((last, past))

    for first in range(0, length, _AT_ONCE):
        add(first, min(first + _AT_ONCE, length))
    return Texts(kind, valid, tuple(ends), made)


def is_texts(values: Array) -> bool:
    """Tell whether an array of objects holds nothing but text, ``None`` and NaN."""
    return all(map(_all_texts, _runs(values)))


def _all_texts(run: list[Any]) -> bool:
    kinds = {*map(type, run)}
    if float not in kinds:
        return kinds <= {str, type(None)}
    numbers = (item for item in run if type(item) is float)
    return kinds <= {str, type(None), float} and all(map(isnan, numbers))


def nan_rows(values: Array) -> Array:
    """Return in which rows of an array of objects NaN is: nothing else is not equal to itself."""
    return np.not_equal(values, values).astype(bool)


def object_texts(values: Array, valid: Array | None = None) -> Texts:
    """Return text in an array of objects as a column.

    Parameters
    ----------
    values
        Texts, and what else where one is missing.
    valid
        Which are not missing; by default those that are neither ``None`` nor NaN.

    Raises
    ------
    UnicodeEncodeError
        A text is not one that can be stored: half of a character.
    """
    if valid is None:
        there: Array = np.not_equal(values, None).astype(bool)  # type: ignore[call-overload]
        valid = there & ~nan_rows(values)

    def texts(first: int, last: int) -> list[str]:
        run = np.where(valid[first:last], values[first:last], "")
        return list(run.tolist())

    return row_texts(len(values), texts, None if valid.all() else valid)


def row_texts(
    length: int, taken: Callable[[int, int], list[str]], valid: Array | None = None
) -> Texts:
    """Return `length` texts as a column; `taken` gives those from one to another.

    Raises
    ------
    UnicodeEncodeError
        As `object_texts` does.
    """
    return cut_texts(
        pa.large_string(),
        length,
        valid,
        lambda first, last: sum(_lengths(taken(first, last))),
        lambda first, last: _said(taken(first, last)),
    )


def series_texts(series: Any) -> Texts:
    """Return a series of polars, of text or of bytes, as a column."""
    text = str(series.dtype) == "String"

    def size(first: int, last: int) -> int:
        some = series.slice(first, last - first)
        return int((some.str.len_bytes() if text else some.bin.size()).sum())

    return cut_texts(
        pa.large_string() if text else pa.large_binary(),
        len(series),
        series.is_not_null().to_numpy() if series.null_count() else None,
        size,
        lambda first, last: series.slice(first, last - first).to_arrow(),
    )


def _runs(values: Array) -> Iterator[list[Any]]:
    for first in range(0, len(values), _AT_ONCE):
        yield values[first : first + _AT_ONCE].tolist()


def _lengths(texts: list[str]) -> Iterable[int]:
    # encode() leaves nothing behind, while Arrow would make each text keep its bytes for good.
    return map(len, texts) if all(map(str.isascii, texts)) else [len(t.encode()) for t in texts]


def _said(texts: list[str]) -> Any:
    """Return texts as Arrow has them."""
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(_lengths(texts), np.int64, len(texts)), out=offsets[1:])
    data = "".join(texts).encode()
    places = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), len(texts), places)


def live_texts(
    lengths: Iterable[memoryview], dtype: np.dtype[Any], content: Iterable[memoryview],
    found: Any, nbytes: int,
) -> None:  # fmt: skip
    """Put stored texts into a list, or an array of objects, of as many.

    Raises
    ------
    ValueError, pyarrow.ArrowException
        They are not as many, have not so many bytes, or are no text.
    """
    octets, at = Stream(content, nbytes), 0
    for piece in whole(lengths, dtype.itemsize):
        for first in range(0, len(piece), _AT_ONCE * dtype.itemsize):
            run = np.frombuffer(piece[first : first + _AT_ONCE * dtype.itemsize], dtype)
            for count, texts in _decoded(run, octets):
                found[at : at + count] = texts
                at += count
    if at != len(found) or octets.left:
        msg = "its texts are not as many as its rows"
        raise ValueError(msg)


def _decoded(lengths: Array, octets: Stream) -> Iterator[tuple[int, Array]]:
    """Yield some texts at a time, and how many they are."""
    if lengths.min() < 0 or lengths.max() > octets.left:
        msg = "a length is out of range"
        raise ValueError(msg)
    ends = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    first = 0
    while first < len(lengths):
        past = int(np.searchsorted(ends, ends[first] + _MOST_BYTES, "right")) - 1
        last = max(past, first + 1)
        offsets = ends[first : last + 1] - ends[first]
        places = [None, pa.py_buffer(offsets), pa.py_buffer(octets.take(int(offsets[-1])))]
        texts = pa.Array.from_buffers(pa.large_string(), last - first, places)
        texts.validate(full=True)
        yield last - first, texts.to_numpy(zero_copy_only=False)
        first = last


class Stream:
    """Bytes that come in pieces, taken as many at a time as are wanted."""

    def __init__(self, pieces: Iterable[memoryview], nbytes: int) -> None:
        self.left = nbytes
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def take(self, nbytes: int) -> bytearray:
        """Return the next bytes.

        Raises
        ------
        ValueError
            There are not so many.
        """
        if nbytes > self.left:
            msg = "a length is out of range"
            raise ValueError(msg)
        self.left -= nbytes
        taken = bytearray(nbytes)
        at = 0
        while at < nbytes:
            self._rest = self._rest or next(self._pieces)
            some = self._rest[: nbytes - at]
            taken[at : at + len(some)] = some
            at += len(some)
            self._rest = self._rest[len(some) :]
        return taken
