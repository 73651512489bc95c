"""What an Arrow column is made of, as parts read a stretch at a time.

Arrow keeps a column in several chunks, anything at all under missing values, and offsets where
lengths are stored. To make what is stored of a whole table first would be a second copy of it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jupyter_mvt.capture.arrays import array_part, is_large
from jupyter_mvt.capture.arrowtexts import Texts
from jupyter_mvt.objects.manifest import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jupyter_mvt.objects.ids import Buffer

__all__ = ["content_part", "flags_part", "lengths_part", "numbers_part", "offset_type",
           "valid_part"]  # fmt: skip

Array = np.ndarray[Any, Any]
_AT_ONCE = 1 << 20
_WIDE = 1 << 32


def numbers_part(column: Any, width: int, path: str) -> Part:
    """Return the values of a column of fixed `width`, zero where one is missing."""
    return _rows_part(column, path, _numbers(column.type, width), width, _values)


def flags_part(column: Any, path: str) -> Part:
    """Return the values of a column of booleans as bits, zero where one is missing."""
    return _bits_part(column, path, lambda piece: np.asarray(piece.fill_null(False)))


def valid_part(column: Any, path: str) -> Part:
    """Return which rows of a column are not missing, as bits."""
    return _bits_part(column, path, lambda piece: np.asarray(piece.is_valid()))


def _bits_part(column: Any, path: str, taken: Callable[[Any], Array]) -> Part:
    """Return a part of one bit a row; `taken` gives those of an array, a byte for each."""

    def packed(first: int, last: int) -> bytes:
        pieces = [np.zeros(0, bool), *map(taken, _rows(column, first, last))]
        return np.packbits(np.concatenate(pieces), bitorder="little").tobytes()

    def window(start: int, stop: int) -> Buffer:
        end = min(8 * stop, len(column))
        runs = range(8 * start, end, _AT_ONCE)
        return b"".join(packed(first, min(first + _AT_ONCE, end)) for first in runs)

    return _part(path, np.dtype(np.uint8), (len(column) + 7) // 8, window)


def lengths_part(column: Any, path: str) -> Part:
    """Return how long the text or the list in each row is, zero where it is missing."""
    longest = 0
    if _text_bytes(column) >= _WIDE:
        longest = max(int(_lengths(piece).max()) for piece in _pieces(column))
    dtype = np.dtype(np.int64 if longest >= _WIDE else np.uint32)
    return _rows_part(column, path, dtype, dtype.itemsize, _lengths)


def content_part(column: Any, path: str) -> Part:
    """Return the bytes of all rows of text, one after the other."""
    if isinstance(column, Texts):
        return _part(path, np.dtype(np.uint8), column.nbytes, partial(_text_window, column))
    views = [_content(chunk) for chunk in _chunks(column)]
    if len(views) == 1:
        return replace(array_part(views[0], path), shifts=True)
    ends = list(accumulate(view.nbytes for view in views))
    nbytes = ends[-1] if ends else 0

    def window(start: int, stop: int) -> Buffer:
        spans = [(view, end - view.nbytes) for view, end in zip(views, ends, strict=True)]
        return b"".join(
            view[max(start - begin, 0) : max(stop - begin, 0)].data for view, begin in spans
        )

    return _part(path, np.dtype(np.uint8), nbytes, window)


def _text_window(column: Texts, start: int, stop: int) -> Buffer:
    return b"".join(
        _content(rows)[max(start - begin, 0) : max(stop - begin, 0)].data
        for begin, rows in column.stretches(start, stop)
    )


def offset_type(kind: Any) -> type:
    """Return the type of the offsets of text or lists."""
    wide = (pa.types.is_large_string, pa.types.is_large_binary, pa.types.is_large_list)
    return np.int64 if any(test(kind) for test in wide) else np.int32


def _rows_part(
    column: Any, path: str, dtype: np.dtype[Any], width: int,
    taken: Callable[[Any, np.dtype[Any]], Array],
) -> Part:  # fmt: skip
    """Return a part of which each row has `width` bytes; `taken` gives those of an array."""

    def window(start: int, stop: int) -> Buffer:
        first, last = start // width, -(-stop // width)
        pieces = [taken(piece, dtype) for piece in _rows(column, first, last)]
        found = pieces[0] if len(pieces) == 1 else np.concatenate([np.zeros(0, dtype), *pieces])
        octets: Any = found.view(np.uint8)
        return memoryview(octets)[start - first * width : stop - first * width]

    return _part(path, dtype, len(column) * width, window)


def _part(
    path: str, dtype: np.dtype[Any], nbytes: int, window: Callable[[int, int], Buffer]
) -> Part:
    return Part(path=path, dtype=dtype.name, shape=(nbytes // dtype.itemsize,), nbytes=nbytes,
                read=lambda: window(0, nbytes), shifts=True,
                window=window if is_large(nbytes) else None)  # fmt: skip


def _rows(column: Any, first: int, last: int) -> Iterable[Any]:
    if isinstance(column, Texts):
        return column.rows(first, last)
    return _chunks(column.slice(first, last - first))


def _chunks(column: Any) -> list[Any]:
    found = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return [chunk for chunk in found if len(chunk)]


def _pieces(column: Any) -> Iterator[Any]:
    if isinstance(column, Texts):
        yield from (rows for _, rows in column.stretches(0, column.nbytes))
        return
    for chunk in _chunks(column):
        for start in range(0, len(chunk), _AT_ONCE):
            yield chunk.slice(start, _AT_ONCE)


def _numbers(kind: Any, width: int) -> np.dtype[Any]:
    if pa.types.is_floating(kind):
        return np.dtype(f"<f{width}")
    return np.dtype(f"<i{width}") if width in (1, 2, 4, 8) else np.dtype(np.uint8)


def _missing(array: Any) -> Array:
    return ~np.asarray(array.is_valid().to_numpy(zero_copy_only=False), bool)


def _values(array: Any, dtype: np.dtype[Any]) -> Array:
    width = array.type.byte_width
    count = len(array) * width // dtype.itemsize
    values = np.frombuffer(array.buffers()[1], dtype, count, array.offset * width)
    if not array.null_count:
        return values
    # What lies under a missing value is anything: zeroed, so that equal tables are equal.
    kept = values.reshape(len(array), -1).copy()
    for first in range(0, len(array), _AT_ONCE):
        kept[first : first + _AT_ONCE][_missing(array.slice(first, _AT_ONCE))] = 0
    return kept.reshape(-1)


def _offsets(array: Any) -> Array:
    if array.buffers()[1] is None:
        return np.zeros(len(array) + 1, np.int64)
    kind = np.dtype(offset_type(array.type))
    return np.frombuffer(array.buffers()[1], kind, len(array) + 1, array.offset * kind.itemsize)


def _extent(array: Any) -> int:
    offsets = _offsets(array)
    return int(offsets[-1]) - int(offsets[0])


def _text_bytes(column: Any) -> int:
    if isinstance(column, Texts):
        return column.nbytes
    return sum(_extent(chunk) for chunk in _chunks(column))


def _lengths(array: Any, dtype: Any = np.int64) -> Array:
    lengths = np.diff(_offsets(array)).astype(dtype)
    if array.null_count:
        lengths[_missing(array)] = 0
    return lengths


def _content(array: Any) -> Array:
    if array.null_count and any(map(_hides, _pieces(array))):
        blank: Any = "" if "string" in str(array.type) else b""
        array = array.fill_null(blank)
    offsets, data = _offsets(array), array.buffers()[2]
    if data is None:
        return np.zeros(0, np.uint8)
    return np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]


def _hides(array: Any) -> bool:
    """Tell whether something lies under a missing value."""
    return bool(array.null_count and np.diff(_offsets(array))[_missing(array)].any())
