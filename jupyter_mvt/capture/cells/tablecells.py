"""What the cells of tables and arrays hold: numbers and texts, or values that can be changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["hold_parts"]

_PLAIN = frozenset({
    "boolean", "bytes", "categorical", "complex", "date", "datetime", "datetime64", "decimal",
    "empty", "floating", "integer", "interval", "mixed-integer-float", "period", "string", "time",
    "timedelta", "timedelta64",
})  # fmt: skip
_ATOMS = (bool, int, float, complex, str, bytes, type(None))
_MOST, _SAMPLE = 300_000, 30_000
"""Cells that are all looked at, in 7 ms; of more, this many at even distances."""


def hold_parts(value: Any) -> bool:
    """Tell whether a table or an array has cells that hold lists, or other objects."""
    columns = [column for column in _columns(value) if column.dtype.kind == "O"]
    cells = sum(column.size for column in columns)
    step = 1 if cells <= _MOST else cells // _SAMPLE
    return not all(_is_plain(column.ravel()[::step]) for column in columns)


def _columns(value: Any) -> Iterator[Any]:
    """Yield the arrays of a table of pandas; an array of numpy is one."""
    if type(value).__name__ == "DataFrame":
        for place, dtype in enumerate(value.dtypes):
            if str(dtype) == "object":
                yield value.iloc[:, place].to_numpy()
    elif getattr(getattr(value, "dtype", None), "kind", "") == "O":
        yield value if type(value).__name__ == "ndarray" else value.to_numpy(dtype=object)


def _is_plain(cells: Any) -> bool:
    pandas: Any = sys.modules.get("pandas")
    if pandas is not None and pandas.api.types.infer_dtype(cells, skipna=True) in _PLAIN:
        return True
    return all(type(cell) in _ATOMS for cell in cells)
