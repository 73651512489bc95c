"""Frames of pandas as Arrow describes them, without a second copy of their numbers.

Columns of numbers and times, also of those that may be missing, are stored from where they lie and
come back where they were read to. Text in objects of Python is kept and made a stretch at a time;
what else there is, and the index, goes through Arrow.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jupyter_mvt.capture.arrowparts import freeze_columns, restore_apart
from jupyter_mvt.capture.arrowtexts import Texts, object_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jupyter_mvt.objects.manifest import Entry, Part

__all__ = ["MOST_OWN", "frame_of", "freeze_frame", "live_frame", "live_string", "string_texts"]

Array = np.ndarray[Any, Any]
_OWN = 1 << 20
_AT_ONCE = 8 << 20
_NAT = np.iinfo(np.int64).min
_NULLABLE = ("IntegerArray", "FloatingArray", "BooleanArray")
MOST_OWN = 64
"""pandas warns of more than a hundred columns that lie apart when one is added."""


def freeze_frame(frame: Any) -> tuple[dict[str, Any], tuple[Part, ...]] | None:
    """Return the description of a frame and its parts; ``None`` if it would not survive Arrow.

    Raises
    ------
    TypeError, ValueError, pyarrow.ArrowException
        Arrow has no words for a column.
    """
    if any(dtype.kind == "O" and str(dtype) == "object" for dtype in frame.dtypes):
        return None
    if not {str, type(None)}.issuperset(map(type, frame.index.names)):
        return None  # which Arrow would make text
    width = len(frame.columns)
    plain = [number for number, dtype in enumerate(frame.dtypes)
             if _is_number(dtype) or _is_nullable(dtype) or _is_coded(dtype)
             or _is_string(dtype) or _is_time(dtype) or _is_flag(dtype)]  # fmt: skip
    other = [number for number in range(width) if number not in set(plain)]
    empty = pa.Table.from_pandas(frame.iloc[:0])
    rest = pa.Table.from_pandas(_beside(frame, other) if plain else frame)
    if not width or not _survives(empty, rest, frame, other):
        return None
    columns: list[Any] = [None] * width
    for number in plain:
        series = frame.iloc[:, number]
        if _is_nullable(series.dtype):
            columns[number] = pa.array(series.array)  # its numbers are where they were
            continue
        if _is_coded(series.dtype):
            columns[number] = _coded(series)
            continue
        if _is_string(series.dtype):
            columns[number] = string_texts(series.array)
            continue
        if _is_time(series.dtype):
            columns[number] = _times(series, empty.schema.field(number).type)
            continue
        values = series.to_numpy()
        columns[number] = _bits(values) if _is_flag(series.dtype) else values
    for place, number in enumerate(other):
        columns[number] = rest.column(place)
    columns += rest.columns[len(other) :]
    rows = len(frame) if plain else rest.num_rows
    schema = _schema(empty.schema, rest.schema, frame, other)
    return freeze_columns(schema, rows, columns, len(columns) - width)


def live_frame(
    described: Any, entries: Mapping[str, Entry], read: Callable[[Entry], memoryview],
    pieces: Callable[[Entry], Iterator[memoryview]],
) -> Any:  # fmt: skip
    """Return the frame that was taken apart.

    Raises
    ------
    CorruptionError
        What is stored is no such frame (code ``corrupt-variable``).
    """

    def strings(empty: Any) -> dict[int, Any]:
        dtypes = empty.to_pandas().dtypes
        own = {number: dtype.na_value for number, dtype in enumerate(dtypes) if _is_string(dtype)}
        return own if len(own) <= MOST_OWN else {}

    rest, empty, texts = restore_apart(described, entries, read, pieces, strings)
    frame = frame_of(rest)
    if not texts:
        return frame
    import pandas as pd

    shape = empty.to_pandas()
    frame.columns = pd.RangeIndex(len(frame.columns))
    for number in sorted(texts):
        made = live_string(texts.pop(number), shape.dtypes.iloc[number])
        frame.insert(number, f"{number}", made)
    frame.columns = shape.columns
    return frame


def string_texts(values: Any) -> Texts:
    """Return an array of pandas with text in objects of Python as a column."""
    return object_texts(values.to_numpy(object), ~np.asarray(values.isna(), bool))


def live_string(texts: Array, dtype: Any) -> Any:
    """Return the array of pandas that has texts, and its missing value between them."""
    import pandas as pd

    return pd.array(texts, dtype=dtype, copy=False)


def frame_of(table: Any) -> Any:
    """Return the frame that a table describes; long columns of numbers are not copied."""
    import pandas as pd

    shape = table.slice(0, 0).to_pandas()
    own = [number for number, dtype in enumerate(shape.dtypes)
           if _is_own(table.column(number), dtype)]  # fmt: skip
    if len(own) > MOST_OWN:  # but those that pandas never puts into one array
        own = [number for number in own if not isinstance(shape.dtypes.iloc[number], np.dtype)]
    if not own:
        return table.to_pandas()
    width = len(shape.columns)
    other = [number for number in range(width) if number not in own]
    rest = table.select([*other, *range(width, table.num_columns)]).to_pandas()
    columns = {number: _memory(table.column(number), shape.dtypes.iloc[number]) for number in own}
    columns |= {number: rest.iloc[:, place] for place, number in enumerate(other)}
    ordered = {number: columns[number] for number in range(width)}
    frame = pd.DataFrame(ordered, index=rest.index, copy=False)
    frame.columns = shape.columns
    frame.attrs = shape.attrs
    return frame


def _is_number(dtype: Any) -> bool:
    return (
        isinstance(dtype, np.dtype) and dtype.kind in "iuf" and dtype.itemsize <= 8
        and dtype.isnative
    )  # fmt: skip


def _is_flag(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind == "b"


def _is_time(dtype: Any) -> bool:
    """Tell whether a column is times or spans, with a zone or without."""
    if _is_zoned(dtype):
        return True
    return isinstance(dtype, np.dtype) and dtype.kind in "mM" and dtype.isnative


def _is_zoned(dtype: Any) -> bool:
    return type(dtype).__name__ == "DatetimeTZDtype"


def _is_nullable(dtype: Any) -> bool:
    """Tell whether a column is numbers or booleans, and beside them which are missing."""
    kind = None if isinstance(dtype, np.dtype) else dtype.construct_array_type()
    return bool(
        kind is not None and kind.__module__.startswith("pandas.") and kind.__name__ in _NULLABLE
    )


def _is_coded(dtype: Any) -> bool:
    return type(dtype).__name__ == "CategoricalDtype"


def _is_string(dtype: Any) -> bool:
    """Tell whether a column is text in objects of Python, and is said to be."""
    return type(dtype).__name__ == "StringDtype" and dtype.storage == "python"


def _coded(series: Any) -> Any:
    """Return categories as Arrow has them, the codes where they are."""
    known = pa.array(series.iloc[:0], from_pandas=True)
    codes = np.ascontiguousarray(series.array.codes)
    indices = _nullable(codes, known.type.index_type, -1)
    return pa.DictionaryArray.from_arrays(
        indices, known.dictionary, ordered=known.type.ordered, safe=False
    )


def _times(series: Any, kind: Any) -> Any:
    """Return times as Arrow has them where one is missing, else as numbers; where they are."""
    numbers = np.ascontiguousarray(series.array.view("i8"))
    missing = len(numbers) and numbers.min() == _NAT
    return _nullable(numbers, kind, _NAT) if missing else numbers


def _nullable(numbers: Array, kind: Any, missing: int) -> Any:
    """Return numbers as an array of Arrow, where they are; the least of them is `missing`."""
    valid = None
    if len(numbers) and numbers.min() == missing:
        valid = _packed(run != missing for run in _cut(numbers))
    return pa.Array.from_buffers(kind, len(numbers), [valid, pa.py_buffer(numbers)])


def _bits(flags: Array) -> Any:
    return pa.Array.from_buffers(pa.bool_(), len(flags), [None, _packed(_cut(flags))])


def _cut(values: Array) -> Iterator[Array]:
    return (values[first : first + _AT_ONCE] for first in range(0, len(values), _AT_ONCE))


def _packed(runs: Iterable[Array]) -> Any:
    bits = (np.packbits(run, bitorder="little").tobytes() for run in runs)
    return pa.py_buffer(b"".join(bits))


def _is_own(column: Any, dtype: Any) -> bool:
    if column.num_chunks != 1 or not len(column):
        return False
    if _is_nullable(dtype):  # a short one as well: pandas would take NaN for missing
        return bool(column.type == pa.from_numpy_dtype(dtype.numpy_dtype))
    if column.nbytes < _OWN:
        return False
    if _is_coded(dtype):
        return bool(pa.types.is_signed_integer(column.type.index_type))
    if _is_zoned(dtype):
        return bool(pa.types.is_timestamp(column.type) and column.type.unit == dtype.unit)
    return bool(
        isinstance(dtype, np.dtype)
        and (dtype.kind in "mM" or (dtype.kind in "iuf" and not column.null_count))
        and column.type == pa.from_numpy_dtype(dtype)
    )


def _memory(column: Any, dtype: Any) -> Any:
    """Return the values of a column of pandas, in the memory that they were read to."""
    array, rows = column.chunk(0), len(column)
    if _is_coded(dtype):
        return _categories(array.indices, dtype)
    valid, content = array.buffers()
    if _is_time(dtype):
        return _live_times(valid, _numbers(content, np.dtype("i8"), rows), dtype)
    if not _is_nullable(dtype):
        return _numbers(content, dtype, rows)
    plain = dtype.numpy_dtype
    values = _flags(content, rows) if plain.kind == "b" else _numbers(content, plain, rows)
    missing = np.zeros(rows, bool) if valid is None else _flags(valid, rows)
    if valid is not None:
        np.logical_not(missing, out=missing)
    return dtype.construct_array_type()(values, missing)


def _live_times(valid: Any, numbers: Array, dtype: Any) -> Any:
    if valid is not None:
        for run, flags in _runs(valid, numbers):
            run[~flags] = _NAT
    if not _is_zoned(dtype):
        return numbers.view(dtype)
    import pandas as pd

    return pd.array(numbers, dtype=dtype, copy=False)


def _numbers(content: Any, dtype: Any, rows: int) -> Array:
    found: Array = np.frombuffer(content, dtype, rows)
    return found if found.flags.writeable else found.copy()


def _categories(indices: Any, dtype: Any) -> Any:
    import pandas as pd

    valid, content = indices.buffers()
    codes = _numbers(content, indices.type.to_pandas_dtype(), len(indices))
    if valid is not None:
        for run, flags in _runs(valid, codes):
            run[~flags] = -1
    return pd.Categorical.from_codes(codes, dtype=dtype)


def _flags(content: Any, rows: int) -> Array:
    """Return bits as booleans."""
    found = np.empty(rows, bool)
    for run, flags in _runs(content, found):
        run[:] = flags
    return found


def _runs(content: Any, values: Array) -> Iterator[tuple[Array, Array]]:
    """Yield some values at a time, and their bits as booleans."""
    bits = np.frombuffer(content, np.uint8)
    for first in range(0, len(values), _AT_ONCE):
        run = values[first : first + _AT_ONCE]
        some = bits[first // 8 : (first + _AT_ONCE) // 8]
        yield run, np.unpackbits(some, count=len(run), bitorder="little").view(bool)


def _survives(empty: Any, rest: Any, frame: Any, other: list[int]) -> bool:
    """Tell whether a frame survives Arrow: types, labels; nested Python objects would not.

    Types and columns are those of no rows as well, so that gigabytes are not copied to see them.
    """
    shape, back = empty.to_pandas(), rest.slice(0, 0).to_pandas()
    own = [number for number, dtype in enumerate(frame.dtypes)
           if _is_coded(dtype) or _is_string(dtype) or _is_zoned(dtype)]  # fmt: skip
    return bool(
        (back.dtypes.array == frame.dtypes.iloc[other].array).all()
        and (shape.dtypes.iloc[own].array == frame.dtypes.iloc[own].array).all()
        and type(shape.columns) is _named_as(frame.columns)
        and shape.columns.equals(frame.columns)
        and _index(rest).equals(frame.index)
    )


def _named_as(labels: Any) -> Any:
    """Return what Arrow makes of labels; numbers in a row come back as any numbers would."""
    import pandas as pd

    return pd.Index if type(labels) is pd.RangeIndex else type(labels)


def _index(table: Any) -> Any:
    """Return a table's index, read beside no more than one column."""
    kept = table.schema.pandas_metadata["index_columns"]
    named = [name for name in kept if type(name) is str]
    last = range(table.num_columns - len(named), table.num_columns)
    some = table.select(sorted({*range(table.num_columns)[:1], *last}))
    if some.num_columns or not kept:
        return some.to_pandas().index
    import pandas as pd

    return pd.RangeIndex(kept[0]["start"], kept[0]["stop"], kept[0]["step"])


def _beside(frame: Any, other: list[int]) -> Any:
    """Return some columns of a frame, their index named as Arrow does beside all of them."""
    some = frame.iloc[:, other]
    names = set(frame.columns)
    some.index = some.index.set_names([n if n not in names else None for n in some.index.names])
    return some


def _schema(empty: Any, rest: Any, frame: Any, other: list[int]) -> Any:
    """Return the schema of a whole frame, from that of no rows and that of some columns."""
    told, said = empty.pandas_metadata, rest.pandas_metadata
    width = len(frame.columns)
    fields = list(empty)[:width]
    for place, number in enumerate(other):
        fields[number] = rest.field(place)
        told["columns"][number] = said["columns"][place]
    fields += list(rest)[len(other) :]
    levels, index = said["index_columns"], said["columns"][len(other) :]
    stored = iter(index)
    for name, level in zip(frame.index.names, levels, strict=True):
        about = next(stored) if isinstance(level, str) else level
        about["name"] = about["name"] if name not in set(frame.columns) else str(name)
    told["columns"][width:] = index
    told["index_columns"] = levels
    return pa.schema(fields, {**rest.metadata, b"pandas": json.dumps(told).encode()})
