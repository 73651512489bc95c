"""What pandas holds that no Arrow table says: arrays of its own, and frames of any columns.

A frame is its labels and its columns, each an array; it is made again by pandas' own
constructors, which check that they fit together. Text and lists go through Arrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import dtype_of
from jupyter_mvt.capture.arrowtexts import is_texts
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.labels import PANDAS_WRITERS
from jupyter_mvt.capture.pandasparts import MOST_OWN, live_string, string_texts
from jupyter_mvt.capture.progressions import numbers_of, progressions_of
from jupyter_mvt.capture.variables.arrow import (
    read_column,
    read_texts,
    write_column,
    write_text_column,
    write_texts,
)
from jupyter_mvt.capture.variables.tables import own_attributes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write

__all__ = ["FRAME_READERS", "frame_writer", "write_frame"]

_INDEXED = ("DatetimeArray", "TimedeltaArray", "PeriodArray", "IntervalArray")
_NULLABLE = ("IntegerArray", "FloatingArray", "BooleanArray")
_MOST_ROWS = 1 << 31
_UNIQUE = "unique labels"


def frame_writer(value: Any) -> Write | None:
    """Return a writer of an array of pandas, or of labels that are one."""
    if type(value).__module__.partition(".")[0] != "pandas":
        return None
    return _WRITERS.get(type(value).__name__)


def write_frame(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a frame or a series, column by column."""
    for name in own_attributes(value):
        encoder.lost.append(f"the attribute {name!r} of a {type(value).__name__} is not kept")
    attrs = [encoder.value(dict(value.attrs) or None, path)]
    if not value.flags.allows_duplicate_labels:
        attrs.append(_UNIQUE)
    if value.ndim == 1:
        labels = _write_labels(encoder, value.index, path, beside=[value.dtype])
        name = encoder.value(value.name, path)
        return ["pandas series", labels, _write_cells(encoder, value, path), name, *attrs]
    rows = _write_labels(encoder, value.index, f"{path}.index", beside=value.dtypes)
    columns = _write_labels(encoder, value.columns, f"{path}.columns")
    kinds = set(value.dtypes)
    if len(kinds) == 1 and isinstance(kind := kinds.pop(), np.dtype) and kind.kind != "O":
        # Most such frames are one array in memory: it is not taken apart.
        return ["pandas grid", rows, columns, encoder.value(value.to_numpy(), path), *attrs]
    cells = [
        _write_cells(encoder, value.iloc[:, number], f"{path}.{label}")
        for number, label in enumerate(value.columns)
    ]
    return ["pandas frame", rows, columns, cells, *attrs]


def _write_cells(encoder: Encoder, series: Any, path: str) -> Any:
    if not isinstance(series.dtype, np.dtype):
        return encoder.value(series.array, path)
    return _write_objects(encoder, series.to_numpy(), path)


def _write_objects(encoder: Encoder, values: Any, path: str) -> Any:
    """Return an array; one of objects that are text or missing is kept as such."""
    if values.dtype.kind != "O" or not is_texts(values):
        return encoder.value(values, path)
    return [None, *write_texts(encoder, values, path)]


def _read_cells(decoder: Decoder, cells: Any) -> Any:
    """Return the values of a column, which share no memory with anything."""
    if isinstance(cells, list) and len(cells) in (3, 4) and cells[0] is None:
        return read_texts(decoder, *cells[1:])
    found = decoder.value(cells)
    if not hasattr(found, "dtype") or getattr(found, "ndim", 0) != 1:
        refuse("a column of a frame is missing")
    return found.copy()


def _write_labels(encoder: Encoder, index: Any, path: str, beside: Iterable[Any] = ()) -> list[Any]:
    """Return labels: plain ones as an array, the others as what they are.

    Those of rows may be told by the stretches of their numbers: of `beside`, the columns' types,
    one of numpy says that each row takes room.
    """
    if type(index).__name__ != "Index":
        return ["kind", encoder.value(index, path)]
    name = encoder.value(index.name, path)
    roomy = any(isinstance(dtype, np.dtype) for dtype in beside)
    even = progressions_of(index.to_numpy()) if roomy and _is_numbers(index) else None
    if even is not None:
        return ["progressions", encoder.value(even.runs, path), name, index.dtype.name]
    return ["cells", _write_cells(encoder, index.to_series(), path), name]


def _is_numbers(index: Any) -> bool:
    return isinstance(index.dtype, np.dtype) and index.dtype.kind in "iu"


def _read_labels(decoder: Decoder, labels: Any, *beside: Any) -> Any:
    pandas = import_module("pandas")
    form, content, *more = labels
    if form == "cells":
        cells = _read_cells(decoder, content)
        return pandas.Index(cells, dtype=cells.dtype, name=decoder.value(more[0]))
    found = decoder.value(content)
    if form == "progressions":
        name, dtype = more
        rows = [len(cells) for cells in beside
                if isinstance(cells, np.ndarray) and cells.nbytes >= len(cells)]  # fmt: skip
        numbers = numbers_of(found, dtype_of(dtype), max(rows, default=0))
        return pandas.Index(numbers, name=decoder.value(name), copy=False)
    if form != "kind" or not isinstance(found, pandas.Index):
        refuse("the labels of a frame are missing")
    return found


def _read_series(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, labels, cells, name, *attrs = node
    values = _read_cells(decoder, cells)
    series = import_module("pandas").Series
    made = series(values, _read_labels(decoder, labels, values), values.dtype, decoder.value(name))
    return _described(decoder, made, attrs)


def _read_grid(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, rows, columns, content, *attrs = node
    cells = decoder.value(content)
    if not isinstance(cells, np.ndarray) or cells.ndim != 2:
        refuse("the cells of a frame are missing")
    labels = _read_labels(decoder, rows, cells), _read_labels(decoder, columns)
    return _described(decoder, import_module("pandas").DataFrame(cells, *labels, copy=True), attrs)


def _read_frame(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, rows, columns, cells, *attrs = node
    pandas = import_module("pandas")
    arrays = [_read_cells(decoder, cell) for cell in cells]
    labels, names = _read_labels(decoder, rows, *arrays), _read_labels(decoder, columns)
    held = {
        number: pandas.Series(values, labels, values.dtype, copy=False)
        for number, values in enumerate(arrays)
    }
    made = pandas.DataFrame(held, index=labels, copy=len(cells) > MOST_OWN)
    made.columns = names  # refuses as many names as there are not columns
    return _described(decoder, made, attrs)


def _described(decoder: Decoder, made: Any, attrs: list[Any]) -> Any:
    told, *flags = attrs
    found = decoder.value(told)
    if found is not None:
        made.attrs = found
    if flags == [_UNIQUE]:
        made.flags.allows_duplicate_labels = False  # pandas looks whether there are any
    return made


def _write_index(encoder: Encoder, value: Any, path: str) -> Node:
    if isinstance(value.dtype, np.dtype) or str(value.dtype) == "str":
        return PANDAS_WRITERS["Index"](encoder, value, path)
    return ["pandas index", _write_labels(encoder, value, path)]


def _read_index(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    return _read_labels(decoder, node[1])


def _write_nullable(encoder: Encoder, value: Any, path: str) -> Node:
    blank = np.zeros((), value.dtype.numpy_dtype).item()
    data = value.to_numpy(dtype=value.dtype.numpy_dtype, na_value=blank)
    missing = np.asarray(value.isna())
    return ["nullable", type(value).__name__, *encoder.values((data, missing), path)]


def _read_nullable(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    data, missing = decoder.values(node[2:])
    if node[1] not in _NULLABLE:
        refuse("an array of pandas is unknown")
    return getattr(import_module("pandas").arrays, node[1])(data.copy(), missing.copy())


def _write_texts(encoder: Encoder, value: Any, path: str) -> Node:
    kind = [value.dtype.storage, isinstance(value.dtype.na_value, float)]
    if kind[0] == "python":
        return ["texts of pandas", *kind, *write_text_column(encoder, string_texts(value), path)]
    pa = import_module("pyarrow")
    texts = pa.array(value.to_numpy(object), pa.large_string(), from_pandas=True)
    return ["texts of pandas", *kind, *write_column(encoder, texts, path)]


def _read_texts(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, storage, nan, lead, described = node
    pandas = import_module("pandas")
    if storage not in ("python", "pyarrow"):
        refuse("texts of pandas are malformed")
    kind = pandas.StringDtype(storage, na_value=np.nan if nan is True else pandas.NA)
    if storage == "pyarrow":
        return kind.__from_arrow__(read_column(decoder, lead, described))
    return live_string(read_texts(decoder, lead, described, missing=kind.na_value), kind)


def _write_arrow(encoder: Encoder, value: Any, path: str) -> Node:
    return ["arrow of pandas", *write_column(encoder, value.__arrow_array__(), path)]


def _read_arrow(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    pa = import_module("pyarrow")
    held = pa.chunked_array([read_column(decoder, *node[1:])])
    return import_module("pandas").arrays.ArrowExtensionArray(held)


def _write_indexed(encoder: Encoder, value: Any, path: str) -> Node:
    return ["array of", encoder.value(import_module("pandas").Index(value), path)]


def _read_indexed(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    found = decoder.value(node[1])
    if type(getattr(found, "array", None)).__name__ not in _INDEXED:
        refuse("an array of pandas is unknown")
    return found.array.copy()


def _write_sparse(encoder: Encoder, value: Any, path: str) -> Node:
    where = np.asarray(value.sp_index.indices)
    parts = encoder.values((where, np.asarray(value.sp_values), value.fill_value), path)
    return ["sparse of pandas", len(value), value.kind, *parts]


def _read_sparse(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, length, kind, *parts = node
    where, values, blank = decoder.values(parts)
    if type(length) is not int or not 0 <= length < _MOST_ROWS or kind not in ("integer", "block"):
        refuse("a sparse array is malformed")
    full = np.full(length, blank, values.dtype)
    full[where] = values
    return import_module("pandas").arrays.SparseArray(full, fill_value=blank, kind=kind)


def _write_wrapped(encoder: Encoder, value: Any, path: str) -> Node:
    return ["numpy of pandas", _write_objects(encoder, value.to_numpy(), path)]


def _read_wrapped(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    return import_module("pandas").arrays.NumpyExtensionArray(_read_cells(decoder, node[1]))


_WRITERS: Mapping[str, Write] = {
    "Index": _write_index,
    **dict.fromkeys(_NULLABLE, _write_nullable),
    **dict.fromkeys(_INDEXED, _write_indexed),
    "StringArray": _write_texts,
    "ArrowStringArray": _write_texts,
    "ArrowExtensionArray": _write_arrow,
    "SparseArray": _write_sparse,
    "NumpyExtensionArray": _write_wrapped,
}
"""By the name of a class of pandas."""

FRAME_READERS: Mapping[str, Read] = {
    "pandas series": _read_series,
    "pandas grid": _read_grid,
    "pandas frame": _read_frame,
    "pandas index": _read_index,
    "nullable": _read_nullable,
    "texts of pandas": _read_texts,
    "arrow of pandas": _read_arrow,
    "array of": _read_indexed,
    "sparse of pandas": _read_sparse,
    "numpy of pandas": _read_wrapped,
}
