"""Arrays as parts: names of dtypes, content as little-endian C-order bytes, and back.

What is stored is the logical content. Padding inside structured dtypes (a tree's nodes) is
zeroed, byte order is little endian; memory order is the skeleton's business.
"""

from __future__ import annotations

import json
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.manifest import Entry, Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.objects.ids import Buffer

__all__ = [
    "RAW_DTYPES",
    "aligned",
    "array_of",
    "array_part",
    "array_window",
    "check_entry",
    "dtype_name",
    "dtype_of",
    "is_large",
    "is_nameable",
    "is_padded",
    "raw",
    "stretch",
]

RAW_DTYPES = {
    "bfloat16": 2,
    "float8_e4m3fn": 1,
    "float8_e5m2": 1,
    "float8_e4m3fnuz": 1,
    "float8_e5m2fnuz": 1,
    "float8_e8m0fnu": 1,
    "complex32": 4,
}
"""Item sizes of the dtypes that numpy lacks; their content is kept as raw bits."""

_LARGE = 16 << 20
_MAX_DIMENSIONS = 32
_ALIGNED = 64


@lru_cache(maxsize=256)
def dtype_name(dtype: np.dtype[Any]) -> str:
    """Return the name under which `dtype` is stored, free of byte order.

    ``"float32"``, ``"<U7"``, ``"<M8[ns]"``; a structured dtype is its description as JSON.
    """
    little = dtype.newbyteorder("<")
    if little.names is not None:
        return json.dumps(np.lib.format.dtype_to_descr(little), separators=(",", ":"))
    return little.str if little.kind in "USVMm" else little.name


@lru_cache(maxsize=256)
def dtype_of(name: str) -> np.dtype[Any]:
    """Return the numpy dtype called `name`; raw bits (``bfloat16``) as unsigned integers.

    Raises
    ------
    CorruptionError
        There is no such dtype, or it would hold Python objects (code ``corrupt-dtype``).
    """
    if name == "bytes":
        return np.dtype(np.uint8)
    if name in RAW_DTYPES:
        return np.dtype(f"<u{RAW_DTYPES[name]}")
    try:
        described = json.loads(name) if name.startswith("[") else name
        dtype = np.lib.format.descr_to_dtype(_tuples(described))
    except (TypeError, ValueError, KeyError, RecursionError, AttributeError) as error:
        msg = f"{name[:40]!r} is not the name of a dtype."
        raise CorruptionError(msg, code="corrupt-dtype", hint="mvt fsck") from error
    if dtype.hasobject:
        msg = "A stored array claims to hold Python objects."
        raise CorruptionError(msg, code="corrupt-dtype", hint="mvt fsck")
    return dtype


@lru_cache(maxsize=256)
def is_nameable(dtype: np.dtype[Any]) -> bool:
    """Tell whether the name of `dtype` and one byte order give back the same dtype.

    Those of titled or overlapping fields have none, nor those of fields in two byte orders.
    """
    little = dtype.newbyteorder("<")
    if not dtype.itemsize or dtype not in (little, dtype.newbyteorder(">")):
        return False
    try:
        return bool(dtype_of(dtype_name(dtype)) == little)
    except (ValueError, CorruptionError):
        return False


def _tuples(described: Any) -> Any:
    # JSON has no tuples: a field is (name, type[, shape]); a list of fields stays a list.
    if not isinstance(described, list):
        return described
    fields: list[Any] = []
    for name, kind, *shape in described:
        kind = _tuples(kind)
        fields.append((name, kind, tuple(shape[0])) if shape else (name, kind))
    return fields


def array_part(array: np.ndarray[Any, Any], path: str, *, volatile: bool = False) -> Part:
    """Return `array` as a part whose content is taken when the store asks for it."""
    return Part(
        path=path,
        dtype=dtype_name(array.dtype),
        shape=array.shape,
        nbytes=array.nbytes,
        read=lambda: raw(array),
        volatile=volatile,
        window=array_window(array),
    )


def is_large(nbytes: int) -> bool:
    """Tell whether content is large enough to be taken stretch by stretch."""
    return nbytes > _LARGE


def array_window(array: np.ndarray[Any, Any]) -> Callable[[int, int], Buffer] | None:
    """Return a reader of stretches of what `raw` gives, ``None`` for an array that is not large.

    A large one in another order than that of its content is never copied as a whole then; and
    one that is trained meanwhile is looked at again without being copied.
    """
    if not is_large(array.nbytes):
        return None
    return lambda start, stop: stretch(array, start, stop)


def stretch(array: np.ndarray[Any, Any], start: int, stop: int) -> Buffer:
    """Return the bytes `start` to `stop` of what `raw` gives, reading little more than these."""
    if start == stop:
        return b""
    plain = np.atleast_1d(array.view(np.ndarray))
    size = plain.itemsize
    first, last = start // size, -(-stop // size)
    octets = memoryview(raw(_elements(plain, first, last)))
    return octets[start - first * size : stop - first * size]


def _elements(array: np.ndarray[Any, Any], first: int, last: int) -> np.ndarray[Any, Any]:
    """Return the elements `first` to `last` in C order, copying about as much as these."""
    if array.ndim == 1:
        return array[first:last]
    row = array[0].size
    low, high = first // row, -(-last // row)
    if row < last - first or array.flags.c_contiguous:
        return array[low:high].reshape(-1)[first - low * row : last - low * row]
    pieces = [
        _elements(array[i], max(first - i * row, 0), min(last - i * row, row)).reshape(-1)
        for i in range(low, high)
    ]
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def raw(array: np.ndarray[Any, Any]) -> Buffer:
    """Return the content of `array`: C order, little endian, no padding; a copy only if needed."""
    if array.nbytes == 0:
        return b""
    # view(): an array subclass such as memmap is read as what it is, plain memory.
    plain = np.ascontiguousarray(array.view(np.ndarray))
    little = plain.dtype.newbyteorder("<")
    if little != plain.dtype:
        plain = plain.astype(little)
    octets: Any = plain.reshape(-1).view(np.uint8)
    holes = _padding(plain.dtype)
    if holes is not None:
        rows = octets.reshape(-1, plain.dtype.itemsize).copy()
        rows[:, holes] = 0
        octets = rows.reshape(-1)
    return memoryview(octets)


def is_padded(dtype: np.dtype[Any]) -> bool:
    """Tell whether `dtype` has bytes that belong to no field."""
    return _padding(dtype) is not None


@lru_cache(maxsize=64)
def _padding(dtype: np.dtype[Any]) -> np.ndarray[Any, Any] | None:
    if dtype.names is None:
        return None
    used = np.zeros(dtype.itemsize, bool)
    _mark(dtype, 0, used)
    return None if used.all() else ~used


def _mark(dtype: np.dtype[Any], start: int, used: np.ndarray[Any, Any]) -> None:
    base, count = dtype.base, prod(dtype.shape)
    if base.names is None or base.fields is None:
        used[start : start + dtype.itemsize] = True
        return
    for index in range(count):
        for field in base.fields.values():
            _mark(field[0], start + index * base.itemsize + field[1], used)


def check_entry(entry: Entry) -> np.dtype[Any]:
    """Return the dtype of `entry` after checking that shape and size agree.

    Raises
    ------
    CorruptionError
        They do not (code ``corrupt-shape``); nothing has been allocated.
    """
    dtype = dtype_of(entry.dtype)
    sound = (
        len(entry.shape) <= _MAX_DIMENSIONS
        and min(entry.shape, default=0) >= 0
        and prod(entry.shape) * dtype.itemsize == entry.nbytes
    )
    if not sound:
        msg = (
            f"{entry.path!r} claims shape {entry.shape} of {entry.dtype[:40]}, "
            f"which is not its {entry.nbytes} bytes."
        )
        raise CorruptionError(msg, code="corrupt-shape", hint="mvt fsck")
    return dtype


def aligned(content: memoryview) -> np.ndarray[Any, Any]:
    """Return `content` as bytes that may be written to, starting at a multiple of 64.

    Frameworks' own memory does, and their kernels may round by where they start.
    """
    if not content.nbytes:
        return np.empty(0, np.uint8)
    octets = np.frombuffer(content, np.uint8)
    if octets.flags.writeable and octets.ctypes.data % _ALIGNED == 0:
        return octets
    room = np.empty(octets.size + _ALIGNED, np.uint8)
    start = -room.ctypes.data % _ALIGNED
    target = room[start : start + octets.size]
    target[:] = octets
    return target


def array_of(entry: Entry, content: memoryview) -> np.ndarray[Any, Any]:
    """Return the stored content of `entry` as an array that may be written to."""
    dtype = check_entry(entry)
    if content.nbytes != entry.nbytes:
        msg = f"{entry.path!r} has {content.nbytes} bytes where {entry.nbytes} were promised."
        raise CorruptionError(msg, code="corrupt-shape", hint="mvt fsck")
    if entry.nbytes == 0:
        return np.empty(entry.shape, dtype)
    array = np.frombuffer(content, dtype).reshape(entry.shape)
    # Kernels of BLAS may round differently on memory that numpy would not have given them.
    return array if array.flags.writeable and array.ctypes.data % 16 == 0 else array.copy()
