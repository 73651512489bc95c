"""Columns in canonical form: one byte string for the same values, whoever holds them.

A column is read in blocks of rows. A block is its null bitmap, then its values: little endian,
nulls zeroed, text as lengths and bytes, without offsets, chunks or dictionaries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jupyter_mvt.capture.data.block import Block, bitmap, bits_of, octets_of, presence
from jupyter_mvt.capture.data.cellbytes import OPAQUE, cell_bytes
from jupyter_mvt.capture.data.rowhash import bytes_words, value_words
from jupyter_mvt.capture.data.texts import Codebook, coded_block, coded_key, is_coded, text_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.capture.data.sheets import Reader

__all__ = ["Strip", "arrow_strip", "numpy_strip", "object_strip", "wide_strip"]

Array = np.ndarray[Any, Any]

_ARROW_NAMES = {
    "halffloat": "float16", "float": "float32", "double": "float64", "large_string": "string",
    "string_view": "string", "large_binary": "binary", "binary_view": "binary",
    "date32[day]": "date32",
}  # fmt: skip


_NOT_A_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A column of a live dataset.

    Attributes
    ----------
    type
        Canonical type.
    block
        Returns rows ``start:stop``.
    sample
        Returns the values at row numbers (all rows if ``None``) that are not missing: an array
        of numbers, an Arrow array of text, or ``None`` when they have no profile.
    index
        Whether it labels rows rather than describing them.
    key
        Returns few bytes that stand for rows ``start:stop`` and for nothing else, sooner made
        than the block; ``None`` where the block is as soon made.
    by_rows
        Whether its blocks can have a word for each row.
    """

    name: str
    type: str
    rows: int
    block: Callable[[int, int], Block]
    sample: Callable[[Array | None], Any]
    index: bool = False
    key: Callable[[int, int], bytes] | None = None
    by_rows: bool = True


def numpy_strip(
    name: str, values: Array, *, index: bool = False, read: Reader | None = None
) -> Strip:
    """Return a one-dimensional array of numbers or times; NaN and NaT are missing values.

    `read` returns rows ``start:stop`` in contiguous memory, if that can be had faster than by a
    walk over `values`; see `sheets`.
    """
    native = _native(values)
    read = read if native is values else None
    values, kind = native, native.dtype.kind

    def block(start: int, stop: int) -> Block:
        part = np.ascontiguousarray(values[start:stop]) if read is None else read(start, stop)
        bad = _missing(part)
        return _fixed(part, None if bad is None else ~bad)

    def sample(rows: Array | None) -> Array | None:
        part = values if rows is None else values[rows]
        bad = _missing(part)
        part = part if bad is None else part[~bad]
        if kind in "Mm":
            return part.view("i8") * _seconds(part.dtype)
        return None if kind == "c" else part

    return Strip(name=name, type=_numpy_type(values.dtype), rows=len(values), block=block,
                 sample=sample, index=index)  # fmt: skip


def _seconds(dtype: np.dtype[Any]) -> float:
    one = np.ones((), "i8").view(dtype.str.replace("M", "m"))
    return float(one / np.timedelta64(1, "s"))


def _native(values: Array) -> Array:
    plain = values.view(np.ndarray) if type(values) is not np.ndarray else values
    if plain.dtype == np.longdouble and plain.dtype.itemsize > 8:
        return plain.astype(np.float64)
    if plain.dtype.kind == "c" and plain.dtype.itemsize > 16:
        return plain.astype(np.complex128)
    little = plain.dtype.newbyteorder("<")
    return plain if plain.dtype == little else plain.astype(little)


def _numpy_type(dtype: np.dtype[Any]) -> str:
    if dtype.kind in "Mm":
        name = "timestamp" if dtype.kind == "M" else "duration"
        unit, step = np.datetime_data(dtype)
        return f"{name}[{'' if step == 1 else step}{unit}]"
    return dtype.name


def _missing(values: Array) -> Array | None:
    if values.dtype.kind in "fc":
        if not len(values) or not np.isnan(values.min()):
            return None  # the least of numbers is NaN where any of them is
        bad = np.isnan(values)
    elif values.dtype.kind in "Mm":
        numbers = values.view(np.int64)
        if not len(values) or numbers.min() != _NOT_A_TIME:
            return None  # what is no time is the least of all numbers
        bad = numbers == _NOT_A_TIME
    else:
        return None
    return bad if bad.any() else None


def _fixed(values: Array, valid: Array | None) -> Block:
    """Return a block of values of fixed width, contiguous; what is not valid becomes zero."""
    missing = None if valid is None else np.flatnonzero(~valid)
    if missing is None or not len(missing):
        return Block((bitmap(None), octets_of(values)), 0, lambda: value_words(values, None))
    values = values.copy()
    values[missing] = np.zeros((), values.dtype)
    pieces = (bitmap(valid), octets_of(values))
    return Block(pieces, len(missing), lambda: value_words(values, missing))


def wide_strip(name: str, values: Array) -> Strip:
    """Return an array of two or more dimensions as one column whose cells are arrays."""
    values = _native(values)
    inner = ",".join(map(str, values.shape[1:]))

    def block(start: int, stop: int) -> Block:
        part = np.ascontiguousarray(values[start:stop])
        if part.dtype.kind in "fc":
            bad = np.isnan(part)
            if bad.any():
                part = part.copy() if part.base is not None else part
                part[bad] = np.nan
        flat = part.reshape(len(part), -1)
        return Block((b"\0", octets_of(part)), 0, lambda: value_words(flat, None))

    def sample(rows: Array | None) -> Array | None:
        if values.dtype.kind not in "biuf":
            return None
        part = values if rows is None else values[rows[:: max(1, values[:1].size // 16)]]
        part = part.reshape(-1)
        return part[:: max(1, len(part) // 100_000)]

    return Strip(name=name, type=f"{_numpy_type(values.dtype)}[{inner}]", rows=len(values),
                 block=block, sample=sample)  # fmt: skip


def arrow_strip(name: str, column: Any, *, index: bool = False) -> Strip:
    """Return an Arrow array, chunked or not, of any type."""
    if isinstance(column, pa.Array):
        column = pa.chunked_array([column])
    kind = _decoded(column.type)

    book = Codebook.of(column.chunk(0).dictionary, len(column)) if is_coded(column) else None

    def block(start: int, stop: int) -> Block:
        part = column.slice(start, stop - start)
        return _arrow_block(_flat(part)) if book is None else coded_block(part.chunk(0), book)

    def key(start: int, stop: int) -> bytes:
        return b"" if book is None else coded_key(column.chunk(0).slice(start, stop - start), book)

    def sample(rows: Array | None) -> Any:
        part = column if rows is None else column.take(pa.array(rows))
        return _arrow_sample(_flat(part))

    return Strip(name=name, type=_arrow_type(kind), rows=len(column), block=block,
                 sample=sample, index=index, key=None if book is None else key,
                 by_rows=not _is_nested(kind))  # fmt: skip


def _flat(column: Any) -> Any:
    """Return one array without dictionary, extension type, views or 32-bit offsets."""
    array = column
    if isinstance(column, pa.ChunkedArray):  # of one chunk, combine_chunks makes a copy
        array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], array.type)
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return _flat(array.storage)
    if pa.types.is_dictionary(kind):
        return _flat(array.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_string_view(kind):
        return array.cast(pa.large_string())
    if pa.types.is_binary(kind) or pa.types.is_binary_view(kind):
        return array.cast(pa.large_binary())
    return array


def _decoded(kind: Any) -> Any:
    while pa.types.is_dictionary(kind):
        kind = kind.value_type
    return kind


def _arrow_type(kind: Any) -> str:
    kind = _decoded(kind)
    if isinstance(kind, pa.BaseExtensionType):
        return f"{kind.extension_name}:{_arrow_type(kind.storage_type)}"
    if _is_list(kind):
        return f"list<{_arrow_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        inner = ",".join(f"{field.name}:{_arrow_type(field.type)}" for field in kind)
        return f"struct<{inner}>"
    return _ARROW_NAMES.get(str(kind), str(kind))


def _is_nested(kind: Any) -> bool:
    kind = _decoded(kind)
    if isinstance(kind, pa.BaseExtensionType):
        return _is_nested(kind.storage_type)
    return _is_list(kind) or bool(pa.types.is_struct(kind))


def _is_list(kind: Any) -> bool:
    tests = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(test(kind) for test in tests)


def _arrow_block(array: Any) -> Block:
    kind, valid = array.type, presence(array)
    if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind):
        return text_block(array, valid)
    if pa.types.is_null(kind):
        rows = len(array)
        return Block((b"\0",), rows, lambda: value_words(np.zeros(rows, np.uint8), None))
    if pa.types.is_boolean(kind):
        octets = array.buffers()[1]
        flags = (
            np.zeros(len(array), np.uint8)
            if octets is None
            else bits_of(octets, array.offset, len(array))
        )
        return _fixed(flags, valid)
    width = getattr(kind, "byte_width", 0) if _is_fixed(kind) else 0
    if width:
        return _fixed(_canonical_nan(_values(array, width)), valid)
    if _is_list(kind):
        return _list_block(array, valid)
    if pa.types.is_struct(kind):
        # flatten() hides the children of missing structs; the children's blocks follow.
        pieces = [piece for child in array.flatten() for piece in _arrow_block(_flat(child)).pieces]
        return Block((bitmap(valid), *pieces), array.null_count, None)
    return _object_block(array.to_pylist())


def _is_fixed(kind: Any) -> bool:
    return bool(pa.types.is_primitive(kind) or pa.types.is_decimal(kind)
                or pa.types.is_fixed_size_binary(kind))  # fmt: skip


def _values(array: Any, width: int) -> Array:
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(len(array), _dtype(array.type, width))
    dtype = _dtype(array.type, width)
    return np.frombuffer(buffer, dtype, len(array), array.offset * width)


def _dtype(kind: Any, width: int) -> np.dtype[Any]:
    if pa.types.is_floating(kind):
        return np.dtype(f"<f{width}")
    return np.dtype(f"<u{width}") if width in (1, 2, 4, 8) else np.dtype(f"V{width}")


def _canonical_nan(values: Array) -> Array:
    if values.dtype.kind == "f" and len(values) and np.isnan(values.min()):
        values = values.copy()
        values[np.isnan(values)] = np.nan
    return values


def _list_block(array: Any, valid: Array | None) -> Block:
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    lengths = np.ascontiguousarray(lengths.astype(np.int64))
    children = _arrow_block(_flat(array.flatten()))
    pieces = (bitmap(valid), octets_of(lengths), *children.pieces)
    return Block(pieces, array.null_count, None)


def _arrow_sample(array: Any) -> Any:
    array = array.drop_null()
    kind = array.type
    if pa.types.is_large_string(kind):
        return array
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return array.to_numpy(zero_copy_only=False)
    if pa.types.is_timestamp(kind) or pa.types.is_date32(kind) or pa.types.is_duration(kind):
        to = pa.duration("us") if pa.types.is_duration(kind) else pa.timestamp("us")
        return array.cast(to, safe=False).cast(pa.int64()).to_numpy() / 1e6
    if pa.types.is_decimal(kind):
        return array.cast(pa.float64()).to_numpy()
    return None


def object_strip(name: str, values: Any, *, index: bool = False) -> Strip:
    """Return a column of Python objects: as Arrow where it is uniform, else cell by cell."""
    uniform = _uniform(values)
    if uniform is not None:
        return arrow_strip(name, uniform, index=index)
    opaque = any(OPAQUE in cell_bytes(value) for value in values)
    return Strip(
        name=name,
        type="opaque" if opaque else "object",
        rows=len(values),
        block=lambda start, stop: _object_block(values[start:stop]),
        sample=lambda rows: None,
        index=index,
    )


def _uniform(values: Any) -> Any:
    """Return `values` as Arrow if that loses nothing, such as 1 becoming 1.0."""
    try:
        array = pa.array(values, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError, RecursionError):
        return None
    kind = array.type
    if (
        pa.types.is_string(kind)
        or pa.types.is_null(kind)
        or _is_list(kind)
        or pa.types.is_struct(kind)
    ):
        return array
    present = {type(value) for value in values if value is not None and value == value}
    return array if len(present) <= 1 else None


def _object_block(values: Any) -> Block:
    cells = [cell_bytes(value) for value in values]
    nulls = sum(1 for value in values if value is None)
    lengths = np.fromiter(map(len, cells), np.int64, len(cells))
    return Block((octets_of(lengths), *cells), nulls, lambda: bytes_words(cells))
