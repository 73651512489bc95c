"""Frames, series and indexes of pandas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from jupyter_mvt.capture.data.columns import Strip, arrow_strip, numpy_strip, object_strip
from jupyter_mvt.capture.data.kind import Table
from jupyter_mvt.capture.data.sheets import readers

__all__ = ["KIND", "PandasKind"]


class PandasKind:
    """Frames, series and indexes; an index other than 0, 1, 2 … is a column."""

    name = "pandas"
    match: tuple[str, ...] = ("pandas.DataFrame", "pandas.Series", "pandas.Index")

    def table(self, obj: Any) -> Table:
        """Return the columns."""
        if hasattr(obj, "nlevels"):
            strips = _index_strips(obj, trivial=False)
            name = str(obj.name or "")
            strips = tuple(replace(strip, index=False, name=name) for strip in strips)
            return Table(kind="pandas", rows=len(obj), strips=strips, nbytes=int(obj.nbytes))
        if obj.ndim == 1:
            columns = [(str(obj.name) if obj.name is not None else "", obj)]
            nbytes = int(obj.memory_usage(index=False))
        else:
            columns = [(str(label), series) for label, series in obj.items()]
            nbytes = sum(int(series.memory_usage(index=False)) for _, series in columns)
        strips = _strips(columns)
        strips = _index_strips(obj.index) + strips
        return Table(kind="pandas", rows=len(obj), strips=strips, nbytes=nbytes)


def _strips(columns: list[tuple[str, Any]]) -> tuple[Strip, ...]:
    plain = {
        number: series.to_numpy()
        for number, (_, series) in enumerate(columns)
        if isinstance(series.dtype, np.dtype) and series.dtype.kind != "O"
    }
    reads = dict(zip(plain, readers(list(plain.values())), strict=True))
    return tuple(
        numpy_strip(name, plain[number], read=reads[number])
        if number in plain
        else _strip(name, series)
        for number, (name, series) in enumerate(columns)
    )


def _strip(name: str, series: Any, *, index: bool = False) -> Strip:
    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        values = series.to_numpy()
        if dtype.kind != "O":
            return numpy_strip(name, values, index=index)
        return object_strip(name, values, index=index)
    import pyarrow as pa

    try:
        return arrow_strip(name, _arrow(series.array), index=index)
    except (pa.ArrowException, TypeError, ValueError):
        # Sparse and third-party extension arrays know numpy at least.
        values = np.asarray(series.array)
        make = object_strip if values.dtype.kind == "O" else numpy_strip
        return make(name, values, index=index)


def _arrow(values: Any) -> Any:
    import pyarrow as pa

    if type(values).__name__ == "DatetimeArray":
        # What pandas would convert element by element lies in memory as Arrow wants it.
        counts = np.ascontiguousarray(values.view("i8"))
        missing = counts == np.iinfo(np.int64).min
        bits = np.packbits(~missing, bitorder="little") if missing.any() else None
        kind = pa.array(values[:0], from_pandas=True).type
        buffers = [None if bits is None else pa.py_buffer(bits), pa.py_buffer(counts)]
        return pa.Array.from_buffers(kind, len(counts), buffers)
    if type(values).__name__ != "Categorical":
        return pa.array(values, from_pandas=True)
    # As Arrow does it, but pandas has checked already that each code has its category.
    codes = values.codes
    missing = codes < 0
    indices = pa.array(codes, mask=missing if missing.any() else None)
    categories = pa.array(values.categories, from_pandas=True)
    return pa.DictionaryArray.from_arrays(indices, categories, safe=False)


def _index_strips(index: Any, *, trivial: bool = True) -> tuple[Strip, ...]:
    """Index levels as columns; the plain numbering 0, 1, 2 … is not kept."""
    if trivial and index.nlevels == 1 and index.name is None and _is_numbering(index):
        return ()
    names = [f"__index_{i}__" if name is None else str(name) for i, name in enumerate(index.names)]
    levels = [index.get_level_values(i) for i in range(index.nlevels)]
    pairs = zip(names, levels, strict=True)
    return tuple(_strip(name, level, index=True) for name, level in pairs)


def _is_numbering(index: Any) -> bool:
    if type(index).__name__ == "RangeIndex":
        return bool(index.start == 0 and index.step == 1) or not len(index)
    dtype = index.dtype
    if not isinstance(dtype, np.dtype) or dtype.kind not in "iu":
        return not len(index) and str(dtype) == "object"
    return bool((index.to_numpy() == np.arange(len(index))).all())


KIND = PandasKind()
