"""numpy's own format: a header, then the array."""

from __future__ import annotations

import io
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from jupyter_mvt.capture.arrays import dtype_name
from jupyter_mvt.capture.files.ranges import Layout, Range

if TYPE_CHECKING:
    from jupyter_mvt.capture.files.source import Source

__all__ = ["array_range", "read_npy"]

_MAGIC = b"\x93NUMPY"
_LONGEST = 10_000


def read_npy(source: Source) -> Layout | None:
    """Return the layout of one ``.npy`` file, ``None`` if this is another format."""
    found = array_range(source, "array", 0, source.size)
    return None if found is None else Layout(format="npy", ranges=(found,))


def array_range(source: Source, path: str, start: int, stop: int) -> Range | None:
    """Return where the content of the array stored in ``start:stop`` is, ``None`` for no array.

    Also for one of Python objects, and for one whose content we keep in another form.
    """
    head = bytes(source.read(start, min(stop, start + _LONGEST + 12)))
    if not head.startswith(_MAGIC):
        return None
    stream = io.BytesIO(head)
    try:
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream, _LONGEST)
        elif version == (2, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_2_0(stream, _LONGEST)
        else:
            return None
    except (ValueError, OverflowError, RecursionError, MemoryError):
        return None
    begin = start + stream.tell()
    sound = all(type(size) is int and size >= 0 for size in shape) and len(shape) <= 32
    if not sound or dtype.hasobject or prod(shape) * dtype.itemsize != stop - begin:
        return None
    if dtype != dtype.newbyteorder("<"):
        return None
    logical = (prod(shape),) if fortran and len(shape) > 1 else tuple(shape)
    return Range(path=path, dtype=dtype_name(dtype), shape=logical, start=begin, stop=stop)
