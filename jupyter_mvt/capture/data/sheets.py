"""Columns that lie across each other in memory, read together.

A frame made of one array of rows has its columns' values far apart: to walk over one column
brings all of its neighbours into the cache, and they are gone when their turn comes.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Reader", "readers"]

Array = np.ndarray[Any, Any]
Reader = Callable[[int, int], Array]

_WIDEST = 128
_TILE_ROWS = 1024


def readers(columns: Sequence[Array]) -> list[Reader | None]:
    """Return for each one-dimensional array what reads its rows together with its neighbours'.

    ``None`` where an array has no neighbours in the same rows of memory.
    """
    near: dict[Any, list[tuple[int, int]]] = defaultdict(list)
    for number, values in enumerate(columns):
        if values.ndim == 1 and len(values) > 1 and values.strides[0] > values.dtype.itemsize:
            alike = (id(_owner(values)), values.dtype.str, len(values), values.strides[0])
            near[alike].append((values.__array_interface__["data"][0], number))
    found: list[Reader | None] = [None] * len(columns)
    for places in near.values():
        for group in _groups(sorted(places), columns[places[0][1]]):
            first, width = columns[group[0][1]], columns[group[0][1]].dtype.itemsize
            offsets = [(place - group[0][0]) // width for place, _ in group]
            # From the first column's first cell to the last one's last: all of it the owner's.
            shape = (len(first), offsets[-1] + 1)
            sheet = _Sheet(as_strided(first, shape, (first.strides[0], width), writeable=False))
            for offset, (_, number) in zip(offsets, group, strict=True):
                found[number] = partial(sheet.read, offset)
    return found


def _owner(values: Array) -> Any:
    owner: Any = values
    while getattr(owner, "base", None) is not None:
        owner = owner.base
    return owner


def _groups(places: list[tuple[int, int]], like: Array) -> Iterator[list[tuple[int, int]]]:
    """Return columns of at least two that lie near each other, by the addresses of their starts."""
    group: list[tuple[int, int]] = []
    for place, number in places:
        apart = place - group[0][0] if group else 0
        if apart >= min(_WIDEST, like.strides[0]) or apart % like.dtype.itemsize:
            if len(group) > 1:
                yield group
            group = []
        group.append((place, number))
    if len(group) > 1:
        yield group


@dataclass(frozen=True)
class _Sheet:
    """A few columns, cells of one row beside each other."""

    cells: Array
    own: threading.local = field(default_factory=threading.local)

    def read(self, column: int, start: int, stop: int) -> Array:
        """Return rows of one column; they stay in place until this thread reads other rows."""
        if getattr(self.own, "span", None) != (start, stop):
            part = self.cells[start:stop]
            turned = np.empty(part.shape[::-1], part.dtype)
            for row in range(0, len(part), _TILE_ROWS):
                turned[:, row : row + _TILE_ROWS] = part[row : row + _TILE_ROWS].T
            self.own.span, self.own.turned = (start, stop), turned
        found: Array = self.own.turned[column]
        return found
