"""Frames, columns of text and Arrow arrays for a pickle: column by column.

The functions called ``make_…`` are named by stored pickles: their names, arguments and meaning
are part of the format.
"""

from __future__ import annotations

import struct
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jupyter_mvt.capture.pickles.memory import Column
from jupyter_mvt.capture.progressions import numbers_of, progressions_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["make_arrow", "make_frame", "make_labels", "make_polars", "make_text", "reduced"]

Array = np.ndarray[Any, Any]
_LEAST = 64
_NAN = struct.pack("<d", float("nan"))
_TEXT, _NONE, _MISSING = range(3)


def reduced(value: Any) -> Any:
    """Return how `value` is taken apart, ``NotImplemented`` for what pickle does well itself."""
    kind = type(value)
    if kind is np.ndarray:
        return _text(value)
    root = kind.__module__.partition(".")[0]
    if root == "pandas" and kind is getattr(sys.modules["pandas"], "DataFrame", None):
        return _frame(value)
    if root == "pandas" and kind is getattr(sys.modules["pandas"], "Index", None):
        return _labels(value)
    if root == "polars" and kind.__name__ == "DataFrame":
        return make_polars, (value.get_columns(),)
    if root == "pyarrow" and isinstance(value, pa.Array):
        return _arrow(value)
    return NotImplemented


def columnar(value: Any) -> list[Array]:
    """Return the memory of rows in an extension array of pandas."""
    if type(value).__module__.partition(".")[0] != "pandas":
        return []
    found = [getattr(value, name, None) for name in ("_ndarray", "_data", "_mask")]
    return [array for array in found if isinstance(array, np.ndarray) and array.size]


def _frame(frame: Any) -> Any:
    columns = [_column(frame.iloc[:, number]) for number in range(frame.shape[1])]
    flags = frame.flags.allows_duplicate_labels
    return make_frame, (frame.columns, frame.index, columns, dict(frame.attrs), flags)


def _column(series: Any) -> Any:
    if isinstance(series.dtype, np.dtype):
        values = series.to_numpy()
        return np.ascontiguousarray(values) if values.dtype.kind == "O" else Column(values)
    return series.array


def make_frame(
    columns: Any, index: Any, values: list[Any], attrs: dict[Any, Any], duplicates: bool
) -> Any:
    """Return a pandas frame of columns that are not copied."""
    pandas = import_module("pandas")
    held = {
        number: pandas.Series(column, index=index, dtype=column.dtype, copy=False)
        for number, column in enumerate(values)
    }
    frame = pandas.DataFrame(held, index=index, copy=False)
    frame.columns = columns
    frame.attrs = attrs
    if not duplicates:
        frame.flags.allows_duplicate_labels = False
    return frame


def _labels(index: Any) -> Any:
    """Take labels that go up or down evenly by their stretches."""
    if not isinstance(index.dtype, np.dtype):
        return NotImplemented
    even = progressions_of(index.to_numpy())
    if even is None:
        return NotImplemented
    return make_labels, (Column(even.runs), index.dtype.name, len(even), index.name)


def make_labels(runs: Array, dtype: str, rows: int, name: Any) -> Any:
    """Return the labels of which `runs` tell, as `progressions.numbers_of` has them."""
    numbers = numbers_of(runs, np.dtype(dtype), rows)
    return import_module("pandas").Index(numbers, name=name, copy=False)


def make_polars(columns: list[Any]) -> Any:
    """Return a polars frame of series, which pickle themselves."""
    return import_module("polars").DataFrame(columns)


def _text(array: Array) -> Any:
    """Take a column of text, also with None and NaN in it, as lengths and one run of bytes."""
    if array.ndim != 1 or array.size < _LEAST or array.dtype.kind != "O":
        return NotImplemented
    values = array.tolist()
    kinds = set(map(type, values))
    if not kinds <= {str, type(None), float} or str not in kinds:
        return NotImplemented
    marks = None
    if len(kinds) > 1:
        marks = np.fromiter((_mark(value) for value in values), np.uint8, len(values))
        if marks.max() > _MISSING:
            return NotImplemented
        values = [
            value if mark == _TEXT else None for value, mark in zip(values, marks, strict=True)
        ]
    try:
        text = pa.array(values, pa.large_string())
    except UnicodeEncodeError:
        return NotImplemented  # half of a surrogate pair: pickle knows how
    lengths, data = _lengths(text)
    return make_text, (Column(lengths), data, None if marks is None else Column(marks))


def _mark(value: Any) -> int:
    if isinstance(value, str):
        return _TEXT
    if value is None:
        return _NONE
    return _MISSING if struct.pack("<d", value) == _NAN else _MISSING + 1


def make_text(lengths: Array, data: bytes, marks: Array | None) -> Array:
    """Return an array of texts, ``None`` and NaN."""
    values: Array = _joined(pa.large_string(), lengths, data, None).to_numpy(zero_copy_only=False)
    values = np.array(values, object)
    if marks is not None:
        values[marks == _NONE] = None
        values[marks == _MISSING] = np.nan
    return values


def _lengths(text: Any) -> tuple[Array, bytes]:
    """Return lengths, which do not change where something else is inserted, and the bytes."""
    if not len(text):
        return np.zeros(0, np.uint32), b""
    wide = np.int64 if pa.types.is_large_string(text.type) or pa.types.is_large_binary(
        text.type) else np.int32  # fmt: skip
    _, offsets, data = text.buffers()
    places = np.frombuffer(offsets, wide, len(text) + 1, text.offset * np.dtype(wide).itemsize)
    lengths = np.diff(places)
    if not len(lengths) or int(lengths.max()) < 1 << 32:
        lengths = lengths.astype(np.uint32)
    return lengths, b"" if data is None else bytes(memoryview(data)[places[0] : places[-1]])


def _joined(kind: Any, lengths: Array, data: Any, valid: Any) -> Any:
    wide = pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)
    offsets = np.zeros(len(lengths) + 1, np.int64 if wide else np.int32)
    np.cumsum(lengths, out=offsets[1:])
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(kind, len(lengths), buffers)


def _arrow(array: Any) -> Any:
    """Take an Arrow array of text or bytes by lengths; the rest by its buffers."""
    kind = array.type
    tests: tuple[Callable[[Any], bool], ...] = (
        pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary,
    )  # fmt: skip
    if len(array) < _LEAST or not any(test(kind) for test in tests):
        return NotImplemented
    valid = None
    if array.null_count:
        found = np.asarray(array.is_valid().to_numpy(zero_copy_only=False))
        valid = np.packbits(found, bitorder="little")
    lengths, data = _lengths(array)
    return make_arrow, (kind, Column(lengths), data, None if valid is None else Column(valid))


def make_arrow(kind: Any, lengths: Array, data: bytes, valid: Array | None) -> Any:
    """Return an Arrow array of text or bytes."""
    mask = None if valid is None else pa.py_buffer(valid)
    return _joined(kind, lengths, data, mask)
