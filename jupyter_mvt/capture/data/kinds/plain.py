"""Lists and tuples of plain values, which no library has made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from jupyter_mvt.capture.data.columns import object_strip
from jupyter_mvt.capture.data.kind import Table
from jupyter_mvt.capture.data.kinds.numpy import from_array

__all__ = ["KIND", "PlainKind"]


class PlainKind:
    """Recognised only where somebody says that it is data: any list would be, by its class."""

    name = "plain"
    match: tuple[str, ...] = ()

    def table(self, obj: Any) -> Table:
        """Return a list or tuple as one column, lists of numbers as the array they make."""
        array = _list_array(obj)
        if array is not None:
            return replace(from_array(array, "numpy"), kind="list")
        strip = object_strip("", list(obj))
        return Table(kind="list", rows=len(obj), strips=(strip,), nbytes=0)


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


KIND = PlainKind()
