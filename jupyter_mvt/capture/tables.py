"""Live datasets of any library as columns, recognised by the names of their classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from jupyter_mvt.capture.columns import (
    Strip,
    arrow_strip,
    numpy_strip,
    object_strip,
    wide_strip,
)
from jupyter_mvt.capture.sparse import sparse_strip

__all__ = ["Table", "is_dataset", "table_of"]

_NARROW = 32
_KINDS = {
    ("pandas", "DataFrame"), ("pandas", "Series"), ("pandas", "Index"),
    ("polars", "DataFrame"), ("polars", "Series"),
    ("pyarrow", "Table"), ("pyarrow", "RecordBatch"), ("pyarrow", "ChunkedArray"),
    ("pyarrow", "Array"), ("numpy", "ndarray"), ("torch", "Tensor"),
    ("torch", "TensorDataset"), ("torch", "DataLoader"), ("torch", "Subset"),
    ("scipy", "spmatrix"), ("scipy", "_spbase"), ("scipy", "sparray"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A dataset as columns of equal length.

    Attributes
    ----------
    kind
        The library it came from.
    lost
        What its id does not cover, in words.
    """

    kind: str
    rows: int
    strips: tuple[Strip, ...]
    nbytes: int
    lost: tuple[str, ...] = ()


def kind_of(obj: Any) -> tuple[str, str] | None:
    """Return root module and class name by which `obj` is known as a dataset."""
    for base in type(obj).__mro__:
        key = (base.__module__.partition(".")[0], base.__name__)
        if key in _KINDS:
            return key
    return None


def is_dataset(obj: Any) -> bool:
    """Tell whether `obj` is recognisably data, by its class alone."""
    return kind_of(obj) is not None


def table_of(obj: Any) -> Table | None:
    """Return `obj` as columns, ``None`` if it is of no known kind.

    Frames, series and arrays of pandas, polars, Arrow, numpy, scipy and torch; mappings of name
    to one-dimensional array; tuples such as ``(X, y)``; lists of plain values.
    """
    known = kind_of(obj)
    if known is None:
        return _plain(obj)
    root, name = known
    if root == "pandas":
        return _pandas(obj, name)
    if root == "polars":
        table = obj.to_arrow() if name == "DataFrame" else obj.to_frame().to_arrow()
        return _arrow(table, "polars", obj.estimated_size())
    if root == "pyarrow":
        return _pyarrow(obj, name)
    if root == "numpy":
        return _numpy(obj, "numpy")
    if root == "scipy":
        strip = sparse_strip("", obj)
        return Table(kind="scipy", rows=strip.rows, strips=(strip,), nbytes=_sparse_bytes(obj))
    return _torch(obj, name)


def _sparse_bytes(obj: Any) -> int:
    parts = (getattr(obj, part, None) for part in ("data", "indices", "indptr", "row", "col"))
    return sum(int(getattr(part, "nbytes", 0)) for part in parts)


def _pandas(obj: Any, name: str) -> Table:
    if name == "Index":
        strips = _index_strips(obj, trivial=False)
        strips = tuple(replace(strip, index=False, name=str(obj.name or "")) for strip in strips)
        return Table(kind="pandas", rows=len(obj), strips=strips, nbytes=int(obj.nbytes))
    if name == "Series":
        columns = [(str(obj.name) if obj.name is not None else "", obj)]
        nbytes = int(obj.memory_usage(index=False))
    else:
        columns = [(str(label), series) for label, series in obj.items()]
        nbytes = int(obj.memory_usage(index=False).sum())
    strips = tuple(_pandas_strip(label, series) for label, series in columns)
    rows = len(obj)
    return Table(kind="pandas", rows=rows, strips=_index_strips(obj.index) + strips, nbytes=nbytes)


def _pandas_strip(name: str, series: Any, *, index: bool = False) -> Strip:
    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        values = series.to_numpy()
        if dtype.kind != "O":
            return numpy_strip(name, values, index=index)
        return object_strip(name, values, index=index)
    import pyarrow as pa

    try:
        return arrow_strip(name, pa.array(series.array, from_pandas=True), index=index)
    except (pa.ArrowException, TypeError, ValueError):
        # Sparse and third-party extension arrays know numpy at least.
        values = np.asarray(series.array)
        make = object_strip if values.dtype.kind == "O" else numpy_strip
        return make(name, values, index=index)


def _index_strips(index: Any, *, trivial: bool = True) -> tuple[Strip, ...]:
    """Index levels as columns; the plain numbering 0, 1, 2 … is not kept."""
    if trivial and index.nlevels == 1 and index.name is None and _is_numbering(index):
        return ()
    names = [f"__index_{i}__" if name is None else str(name) for i, name in enumerate(index.names)]
    levels = [index.get_level_values(i) for i in range(index.nlevels)]
    pairs = zip(names, levels, strict=True)
    return tuple(_pandas_strip(name, level, index=True) for name, level in pairs)


def _is_numbering(index: Any) -> bool:
    if type(index).__name__ == "RangeIndex":
        return bool(index.start == 0 and index.step == 1) or not len(index)
    dtype = index.dtype
    if not isinstance(dtype, np.dtype) or dtype.kind not in "iu":
        return not len(index) and str(dtype) == "object"
    return bool((index.to_numpy() == np.arange(len(index))).all())


def _arrow(table: Any, kind: str, nbytes: int) -> Table:
    pairs = zip(table.column_names, table.columns, strict=True)
    strips = tuple(arrow_strip(name, column) for name, column in pairs)
    return Table(kind=kind, rows=table.num_rows, strips=strips, nbytes=int(nbytes))


def _pyarrow(obj: Any, name: str) -> Table:
    if name in ("Table", "RecordBatch"):
        return _arrow(obj, "arrow", obj.nbytes)
    strip = arrow_strip("", obj)
    return Table(kind="arrow", rows=strip.rows, strips=(strip,), nbytes=obj.nbytes)


def _numpy(array: Any, kind: str) -> Table:
    nbytes = int(array.nbytes)
    if isinstance(array, np.ma.MaskedArray):
        strips = tuple(_masked(array))
        return Table(
            kind=kind, rows=len((strips[0].name and array) or array), strips=strips, nbytes=nbytes
        )
    if array.ndim == 0:
        array = array.reshape(1)
    strips = tuple(_numpy_strips(array))
    return Table(kind=kind, rows=len(array), strips=strips, nbytes=nbytes)


def _numpy_strips(array: Any) -> list[Strip]:
    if array.dtype.names is not None:
        fields = [(name, array[name]) for name in array.dtype.names]
        return [replace(s, name=name) for name, a in fields for s in _numpy_strips(a)[:1]]
    if array.dtype.kind not in "biufcMm":
        flat = array if array.ndim == 1 else _rows_as_objects(array)
        return [object_strip("", flat.tolist() if flat.dtype.kind in "USV" else flat)]
    if array.ndim == 1:
        return [numpy_strip("", array)]
    if array.ndim == 2 and array.shape[1] <= _NARROW:
        return [numpy_strip(str(i), array[:, i]) for i in range(array.shape[1])]
    return [wide_strip("", array)]


def _rows_as_objects(array: Any) -> Any:
    rows = np.empty(len(array), object)
    rows[:] = [row.tolist() for row in array]
    return rows


def _masked(array: Any) -> list[Strip]:
    import pyarrow as pa

    flat = array.reshape(len(array), -1)
    return [
        arrow_strip(
            str(i) if array.ndim > 1 else "",
            pa.array(np.ma.getdata(flat)[:, i], mask=np.ma.getmaskarray(flat)[:, i]),
        )
        for i in range(flat.shape[1])
    ]


def _torch(obj: Any, name: str) -> Table | None:
    if name == "Tensor":
        return None if obj.is_sparse else _numpy(_tensor(obj), "torch")
    if name == "DataLoader":
        inner = table_of(obj.dataset)
        return None if inner is None else replace(inner, kind="torch")
    if name == "Subset":
        inner = table_of(obj.dataset)
        if inner is None:
            return None
        chosen = numpy_strip("__rows__", np.asarray(obj.indices, np.int64))
        lost = ("rows are the whole dataset's, with the numbers of those chosen beside them",)
        return _joined([("data", inner), ("subset", _of(chosen))], "torch", lost)
    parts = [(str(i), _numpy(_tensor(tensor), "torch")) for i, tensor in enumerate(obj.tensors)]
    return _joined(parts, "torch")


def _tensor(tensor: Any) -> Any:
    host = tensor.detach().cpu()
    if host.dtype.itemsize == 2 and str(host.dtype) == "torch.bfloat16":
        host = host.float()  # exact: every bfloat16 is a float32
    return host.resolve_conj().resolve_neg().numpy() if host.is_complex() else host.numpy()


def _of(strip: Strip) -> Table:
    return Table(kind="numpy", rows=strip.rows, strips=(strip,), nbytes=8 * strip.rows)


def _joined(parts: list[tuple[str, Table]], kind: str, lost: tuple[str, ...] = ()) -> Table:
    """Tables beside each other; columns are called after the part they are from."""
    strips = tuple(
        replace(strip, name=f"{label}.{strip.name}" if strip.name else label)
        for label, table in parts
        for strip in table.strips
    )
    lost += tuple(words for _, table in parts for words in table.lost)
    rows = max((table.rows for _, table in parts), default=0)
    nbytes = sum(table.nbytes for _, table in parts)
    return Table(kind=kind, rows=rows, strips=strips, nbytes=nbytes, lost=lost)


def _plain(obj: Any) -> Table | None:
    if isinstance(obj, Mapping) and obj and all(is_dataset(value) for value in obj.values()):
        parts = [(str(key), table_of(value)) for key, value in obj.items()]
        return _joined([(key, part) for key, part in parts if part is not None], "mapping")
    if isinstance(obj, tuple) and obj and all(is_dataset(value) for value in obj):
        tables = [table_of(value) for value in obj]
        parts = [(str(i), table) for i, table in enumerate(tables)]
        return _joined([(key, part) for key, part in parts if part is not None], "tuple")
    if isinstance(obj, (list, tuple)):
        array = _list_array(obj)
        if array is not None:
            return replace(_numpy(array, "list"), kind="list")
        strip = object_strip("", list(obj))
        return Table(kind="list", rows=len(obj), strips=(strip,), nbytes=0)
    return None


def _list_array(values: Any) -> Any:
    """Return lists of numbers, also nested to equal lengths, as an array; else ``None``."""
    first = values[0] if len(values) else None
    if not isinstance(first, (bool, int, float, list, tuple)):
        return None
    kinds = {type(v) for v in values} if not isinstance(first, (list, tuple)) else set()
    if len(kinds) > 1:
        return None
    try:
        array = np.asarray(values)
    except (ValueError, OverflowError):
        return None
    return array if array.dtype.kind in "biuf" else None
