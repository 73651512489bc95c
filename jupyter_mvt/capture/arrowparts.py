"""Arrow tables as parts, column by column, and back; nothing of them is code.

A column is described by a list: its kind, its length, the part of its validity bits (or
``null``), and what the kind needs. Text is kept as lengths and bytes: offsets would all change
where one row is inserted. Labels of rows, ``["progressions", length, null, part]``, may be kept
as the stretches that `progressions` tells of, beside a column that has room for each row.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pyarrow as pa

from jupyter_mvt.capture.arrays import array_of, array_part, check_entry
from jupyter_mvt.capture.arrowforms import (
    evened,
    fancier,
    is_text,
    plain_type,
    plainer,
    runs,
    whole,
    width_of,
)
from jupyter_mvt.capture.arrowruns import (
    content_part,
    flags_part,
    lengths_part,
    numbers_part,
    offset_type,
    valid_part,
)
from jupyter_mvt.capture.arrowtexts import Texts, live_texts
from jupyter_mvt.capture.arrowviews import in_views, is_view, live_views
from jupyter_mvt.capture.progressions import Progressions, numbers_of
from jupyter_mvt.errors import CorruptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jupyter_mvt.objects.manifest import Entry, Part

__all__ = ["freeze_columns", "freeze_table", "restore_apart", "restore_table", "restore_texts"]

Array = np.ndarray[Any, Any]
_DEPTH = 16
_MOST_ROWS = 1 << 40
_EVEN = "progressions"
_ROOMY = ("fixed", "bits", "text", "coded")
"""Kinds of columns whose rows take room, each of them: beside these, stretches are believed."""


def freeze_table(table: Any) -> tuple[dict[str, Any], tuple[Part, ...]]:
    """Return the description of `table` and its parts.

    Raises
    ------
    TypeError
        It has a column of a type that is not taken apart (an extension that Arrow does not bring).
    """
    return freeze_columns(table.schema, table.num_rows, table.columns)


def freeze_columns(
    schema: Any, rows: int, columns: Iterable[Any], labels: int = 0
) -> tuple[dict[str, Any], tuple[Part, ...]]:
    """Return the description and the parts of a table; a column may be an array of numbers.

    The last `labels` of them are labels of the rows.

    Raises
    ------
    TypeError
        As `freeze_table` does.
    """
    writer = _Writer()
    described: list[Any] = []
    for i, column in enumerate(columns):
        label = i >= len(schema) - labels and any(spec[0] in _ROOMY for spec in described)
        described.append(writer.column(evened(column) if label else column, f"column.{i}"))
    coded = schema.serialize().to_pybytes().hex()
    return {"schema": coded, "rows": rows, "columns": described}, tuple(writer.parts)


def restore_table(
    described: Any, entries: Mapping[str, Entry], read: Callable[[Entry], memoryview],
    *, views: bool = False, known: int = 0,
) -> Any:  # fmt: skip
    """Return the table that was taken apart; with `views`, its long text as views.

    Columns of `known` rows were read beside it.

    Raises
    ------
    CorruptionError
        The description does not fit what is stored (code ``corrupt-variable``).
    """
    try:
        schema = pa.ipc.read_schema(pa.py_buffer(bytes.fromhex(described["schema"])))
        schema = in_views(schema) if views else schema
        rows, columns = described["rows"], described["columns"]
        if len(columns) != len(schema):
            _refuse("a column is missing")
        arrays = _Reader(entries, read).columns(schema.types, columns, rows, known)
        for array in arrays:
            array.validate(full=True)
        if not arrays:
            return (
                pa.table({"": pa.nulls(rows)}).drop([""]).replace_schema_metadata(schema.metadata)
            )
        return pa.Table.from_arrays(arrays, schema=schema)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, pa.ArrowException) as error:
        _refuse(str(error)[:120], error)


def restore_apart(
    described: Any, entries: Mapping[str, Entry], read: Callable[[Entry], memoryview],
    pieces: Callable[[Entry], Iterator[memoryview]], missing: Callable[[Any], Mapping[int, Any]],
) -> tuple[Any, Any, dict[int, Array]]:  # fmt: skip
    """Return a table without some columns of text, all of it but its rows, and these columns.

    Parameters
    ----------
    described, entries, read, pieces
        As for `restore_texts`.
    missing
        Returns, of a table without rows, which columns become arrays of objects, and what stands
        in each where a text is missing.

    Raises
    ------
    CorruptionError
        The description does not fit what is stored (code ``corrupt-variable``).
    """
    try:
        schema = pa.ipc.read_schema(pa.py_buffer(bytes.fromhex(described["schema"])))
        rows, specs = described["rows"], list(described["columns"])
        empty, columns = schema.empty_table(), {}
        chosen = missing(empty) if any(spec[0] == "text" for spec in specs) else {}
        for number in sorted(chosen, reverse=True):
            one = {"rows": rows, "columns": [specs.pop(number)]}
            columns[number] = restore_texts(one, entries, read, pieces, missing=chosen[number])
            schema = schema.remove(number)
    except (KeyError, TypeError, ValueError, IndexError, pa.ArrowException) as error:
        _refuse(str(error)[:120], error)
    coded = schema.serialize().to_pybytes().hex()
    rest = {"schema": coded, "rows": rows, "columns": specs}
    return restore_table(rest, entries, read, known=rows if columns else 0), empty, columns


def restore_texts(
    described: Any, entries: Mapping[str, Entry], read: Callable[[Entry], memoryview],
    pieces: Callable[[Entry], Iterator[memoryview]], nan: Any = False, missing: Any = None,
) -> Array:  # fmt: skip
    """Return the one column of a table, which is text, as an array of objects.

    Where one is missing is what `missing` is; with `nan`, NaN, everywhere or where a part says so.

    Raises
    ------
    CorruptionError
        The description does not fit what is stored (code ``corrupt-variable``).
    """
    try:
        ((form, rows, valid, *paths),) = described["columns"]
        if form != "text" or rows != described["rows"] or type(rows) is not int:
            _refuse("its text is described as something else")
        lengths, content = (entries[path] for path in paths)
        dtype = check_entry(lengths)
        if dtype not in (np.uint32, np.int64) or lengths.nbytes != rows * dtype.itemsize:
            _refuse("its lengths are not as many as its rows")
        found = np.empty(rows, object)
        live_texts(pieces(lengths), dtype, pieces(content), found, content.nbytes)
        if valid is not None:
            bits = np.frombuffer(read(entries[valid]), np.uint8)
            found[_flags(bits, rows) == 0] = np.nan if nan is True else missing
            if isinstance(nan, str):
                where = np.frombuffer(read(entries[nan]), np.uint8)
                if (bits & where).any():
                    _refuse("a text is said to be missing")
                found[_flags(where, rows) == 1] = np.nan
        return found
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, pa.ArrowException) as error:
        _refuse(str(error)[:120], error)


def _flags(bits: Array, rows: int) -> Array:
    if len(bits) != (rows + 7) // 8:
        _refuse("its bits are not as many as its rows")
    return np.unpackbits(bits, count=rows, bitorder="little")


def _refuse(why: str, cause: Exception | None = None) -> NoReturn:
    msg = f"A stored table is not sound: {why.rstrip('.')}."
    raise CorruptionError(msg, hint="mvt fsck", code="corrupt-variable") from cause


class _Writer:
    def __init__(self) -> None:
        self.parts: list[Part] = []

    def column(self, array: Any, path: str) -> list[Any]:
        """Return the description of a column, adding its parts."""
        if isinstance(array, Progressions):
            return [_EVEN, len(array), None, self._add(array.runs, path)]
        if isinstance(array, np.ndarray):
            signed = array.view(f"i{array.itemsize}") if array.dtype.kind == "u" else array
            return ["fixed", len(array), None, self._add(signed, path)]
        kind, length = array.type, len(array)
        valid = self._valid(array, path)
        if isinstance(array, Texts):
            return self._text(array, valid, path)
        if pa.types.is_null(kind):
            return ["null", length, None]
        if pa.types.is_boolean(kind):
            return ["bits", length, valid, self._keep(flags_part(array, path))]
        width = width_of(kind)
        if width:
            return ["fixed", length, valid, self._keep(numbers_part(array, width, path))]
        if is_text(kind):
            return self._text(array, valid, path)
        if is_view(kind):
            return self._odd(array, path)
        array = whole(array)
        if pa.types.is_dictionary(kind):
            return ["coded", length, None, self.column(array.indices, path),
                    self.column(whole(array.dictionary), f"{path}.values")]  # fmt: skip
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            return ["list", length, valid, self._keep(lengths_part(array, f"{path}.lengths")),
                    self.column(whole(array.flatten()), f"{path}.items")]  # fmt: skip
        if pa.types.is_fixed_size_list(kind):
            first, size = array.offset, kind.list_size
            items = array.values.slice(first * size, length * size)
            return ["row", length, valid, self.column(items, f"{path}.items")]
        if pa.types.is_struct(kind):
            fields = [self.column(whole(array.field(i)), f"{path}.{i}")
                      for i in range(kind.num_fields)]  # fmt: skip
            return ["struct", length, valid, fields]
        return self._odd(array, path)

    def _text(self, column: Any, valid: str | None, path: str) -> list[Any]:
        lengths = self._keep(lengths_part(column, f"{path}.lengths"))
        return ["text", len(column), valid, lengths, self._keep(content_part(column, path))]

    def _odd(self, array: Any, path: str) -> list[Any]:
        kind, length = array.type, len(array)
        if pa.types.is_union(kind):
            kinds = np.frombuffer(array.buffers()[1], np.int8, length, array.offset)
            codes, offsets = self._add(kinds, path), None
            if kind.mode == "dense":
                places = np.frombuffer(array.buffers()[2], np.int32, length, 4 * array.offset)
                offsets = self._add(places, f"{path}.offsets")
            fields = [self.column(array.field(i), f"{path}.{i}") for i in range(kind.num_fields)]
            return ["union", length, None, codes, offsets, fields]
        if pa.types.is_run_end_encoded(kind):
            ends, values = runs(array)
            return ["runs", length, None, self.column(ends, f"{path}.ends"),
                    self.column(values, path)]  # fmt: skip
        if plain_type(kind) is not None:
            return ["as", length, None, self.column(plainer(array), path)]
        msg = f"a column of {kind}"
        raise TypeError(msg)

    def _valid(self, array: Any, path: str) -> str | None:
        if isinstance(array, Texts):
            if array.valid is None:
                return None
            return self._add(np.packbits(array.valid, bitorder="little"), f"{path}.valid")
        # Of a dictionary, the codes tell it; of what is kept as a plainer type, that one does.
        if (
            not array.null_count
            or pa.types.is_null(array.type)
            or pa.types.is_dictionary(array.type)
            or plain_type(array.type) is not None
        ):
            return None
        return self._keep(valid_part(array, f"{path}.valid"))

    def _add(self, values: Array, path: str) -> str:
        return self._keep(replace(array_part(values, path), shifts=True))

    def _keep(self, part: Part) -> str:
        self.parts.append(part)
        return part.path


class _Reader:
    def __init__(self, entries: Mapping[str, Entry], read: Callable[[Entry], memoryview]) -> None:
        self._entries = entries
        self._read = read

    def columns(self, kinds: list[Any], specs: Any, rows: int, known: int) -> list[Any]:
        """Return the arrays of a table; what tells of stretches is read after the others."""
        found: dict[int, Any] = {}
        for place in sorted(range(len(specs)), key=lambda place: specs[place][0] == _EVEN):
            kind, spec = kinds[place], specs[place]
            even = spec[0] == _EVEN and known == rows
            found[place] = self._even(kind, spec, rows) if even else self.column(kind, spec, 0)
            if len(found[place]) != rows:
                _refuse("a column has another length")
            known = rows if spec[0] in _ROOMY else known
        return [found[place] for place in range(len(specs))]

    def column(self, kind: Any, spec: Any, depth: int) -> Any:
        """Return the array of type `kind` that `spec` describes."""
        if depth > _DEPTH:
            _refuse("it is nested too deeply")
        form, length, valid, *rest = spec
        if type(length) is not int or not 0 <= length < _MOST_ROWS:
            _refuse("a length is out of range")
        mask = None if valid is None else self._buffer(valid, (length + 7) // 8)
        if form == "null" and pa.types.is_null(kind):
            return pa.nulls(length)
        if form == "bits" and pa.types.is_boolean(kind):
            return _made(kind, length, [mask, self._buffer(rest[0], (length + 7) // 8)])
        if form == "fixed" and width_of(kind):
            return _made(kind, length, [mask, self._buffer(rest[0], length * width_of(kind))])
        if form == "text" and is_text(kind):
            offsets, total = self._places(kind, rest[0], length)
            return _made(kind, length, [mask, offsets, self._buffer(rest[1], total)])
        if form == "text" and is_view(kind):
            lengths = self._lengths(rest[0], length)
            total = int(lengths.sum(dtype=np.int64))
            return live_views(kind, lengths, self._buffer(rest[1], total), mask)
        if form == "coded" and pa.types.is_dictionary(kind):
            codes = self.column(kind.index_type, rest[0], depth + 1)
            values = self.column(kind.value_type, rest[1], depth + 1)
            return pa.DictionaryArray.from_arrays(codes, values, ordered=kind.ordered, safe=True)
        if form == "list" and (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
            offsets, _ = self._places(kind, rest[0], length)
            items = self.column(kind.value_type, rest[1], depth + 1)
            return _made(kind, length, [mask, offsets], [items])
        if form == "row" and pa.types.is_fixed_size_list(kind):
            items = self.column(kind.value_type, rest[0], depth + 1)
            return _made(kind, length, [mask], [items])
        if form == "struct" and pa.types.is_struct(kind) and len(rest[0]) == kind.num_fields:
            fields = [self.column(kind.field(i).type, item, depth + 1)
                      for i, item in enumerate(rest[0])]  # fmt: skip
            return _made(kind, length, [mask], fields)
        return self._odd(kind, spec, depth)

    def _odd(self, kind: Any, spec: Any, depth: int) -> Any:
        form, length, _, *rest = spec
        plain = plain_type(kind)
        if form == "as" and is_view(kind):
            return self.column(kind, rest[0], depth + 1)
        if form == "as" and plain is not None:
            return fancier(kind, self.column(plain, rest[0], depth + 1))
        if form == "runs" and pa.types.is_run_end_encoded(kind):
            ends = self.column(kind.run_end_type, rest[0], depth + 1)
            values = self.column(kind.value_type, rest[1], depth + 1)
            return pa.RunEndEncodedArray.from_arrays(ends, values, type=kind)
        if form == "union" and pa.types.is_union(kind) and len(rest[2]) == kind.num_fields:
            buffers = [None, self._buffer(rest[0], length)]
            if kind.mode == "dense":
                buffers.append(self._buffer(rest[1], 4 * length))
            fields = [self.column(kind.field(i).type, item, depth + 1)
                      for i, item in enumerate(rest[2])]  # fmt: skip
            return _made(kind, length, buffers, fields)
        _refuse(f"a column of {kind} is described as {form!r}")

    def _even(self, kind: Any, spec: Any, rows: int) -> Any:
        _, length, valid, path = spec
        sound = type(length) is int and length == rows and valid is None
        if not sound or not pa.types.is_integer(kind):
            _refuse("labels of rows are malformed")
        entry, dtype = self._entries[path], np.dtype(kind.to_pandas_dtype())
        return pa.array(numbers_of(array_of(entry, self._read(entry)), dtype, rows), kind)

    def _buffer(self, path: Any, nbytes: int) -> Any:
        entry = self._entries.get(path) if isinstance(path, str) else None
        if entry is None or entry.nbytes != nbytes:
            _refuse(f"{str(path)[:60]!r} is missing or has not its size")
        check_entry(entry)
        return pa.py_buffer(self._read(entry))

    def _lengths(self, path: Any, length: int) -> Array:
        entry = self._entries.get(path) if isinstance(path, str) else None
        dtype = np.dtype(np.uint32) if entry is None or entry.dtype == "uint32" else np.dtype("i8")
        lengths = np.frombuffer(self._buffer(path, length * dtype.itemsize), dtype)
        if lengths.size and (lengths.min() < 0 or int(lengths.max()) >= _MOST_ROWS):
            _refuse("a length is out of range")
        return lengths

    def _places(self, kind: Any, path: Any, length: int) -> tuple[Any, int]:
        ends = np.cumsum(self._lengths(path, length), dtype=np.int64)
        total = int(ends[-1]) if length else 0
        if total > np.iinfo(offset_type(kind)).max:
            _refuse("a length is out of range")
        offsets: Array = np.zeros(length + 1, offset_type(kind))
        offsets[1:] = ends
        return pa.py_buffer(offsets), total


def _made(kind: Any, length: int, buffers: list[Any], children: list[Any] | None = None) -> Any:
    return pa.Array.from_buffers(kind, length, buffers, children=children)
