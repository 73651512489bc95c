"""Arrays of numpy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from jupyter_mvt.capture.data.columns import (
    Strip,
    arrow_strip,
    numpy_strip,
    object_strip,
    wide_strip,
)
from jupyter_mvt.capture.data.kind import Table
from jupyter_mvt.capture.data.sheets import readers

__all__ = ["KIND", "NumpyKind", "from_array"]

_NARROW = 32


class NumpyKind:
    """Arrays: plain, structured, masked, of text or of objects."""

    name = "numpy"
    match: tuple[str, ...] = ("numpy.ndarray",)

    def table(self, obj: Any) -> Table:
        """Return the columns."""
        return from_array(obj, "numpy")


def from_array(array: Any, kind: str) -> Table:
    """Return an array as columns: one for each position of a narrow last axis, else one."""
    nbytes = int(array.nbytes)
    if isinstance(array, np.ma.MaskedArray):
        return Table(kind=kind, rows=len(array), strips=tuple(_masked(array)), nbytes=nbytes)
    if array.ndim == 0:
        array = array.reshape(1)
    return Table(kind=kind, rows=len(array), strips=tuple(_strips(array)), nbytes=nbytes)


def _strips(array: Any) -> list[Strip]:
    if array.dtype.names is not None:
        fields = [(name, array[name]) for name in array.dtype.names]
        return [replace(s, name=name) for name, a in fields for s in _strips(a)[:1]]
    if array.dtype.kind not in "biufcMm":
        flat = array if array.ndim == 1 else _rows_as_objects(array)
        return [object_strip("", flat.tolist() if flat.dtype.kind in "USV" else flat)]
    if array.ndim == 1:
        return [numpy_strip("", array)]
    if array.ndim == 2 and array.shape[1] <= _NARROW:
        columns = [array[:, i] for i in range(array.shape[1])]
        pairs = enumerate(zip(columns, readers(columns), strict=True))
        return [numpy_strip(str(i), column, read=read) for i, (column, read) in pairs]
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


KIND = NumpyKind()
