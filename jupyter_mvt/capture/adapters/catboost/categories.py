"""The tables by which CatBoost turns categories into numbers, checked before it reads them.

Each is a hash table of fixed size, whose rows point into counts: CatBoost looks for a category
until it meets an empty row, and takes the counts that the row points at. It verifies neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from jupyter_mvt.capture.adapters.catboost.flat import Table, root
from jupyter_mvt.capture.declarative.graph import refuse

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["check_tables"]

Base: TypeAlias = "tuple[bytes, bytes, bytes, int, int]"
"""What a table is of: categories, splits of numbers and of values, kind, border of the target."""

_BORDERS, _BUCKETS, _MEAN, _FLOAT_MEAN, _COUNTER, _FREQUENCY = range(6)
_ROW = [("hash", "<u8"), ("index", "<u4")]
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_NOT_FOUND = 0xFFFFFFFF
_NUMBER = [("index", "<i4"), ("border", "<f4")]
_VALUE = [("index", "<i4"), ("value", "<i4")]


def check_tables(
    content: memoryview,
    features: Iterable[Table],
    known: tuple[frozenset[int], frozenset[bytes], frozenset[bytes]],
) -> None:
    """Check the part that follows the trees, and that every feature made by it finds its table.

    Parameters
    ----------
    content
        The part.
    features
        The model's features of this kind.
    known
        What they may be combined of: places of categories, splits of numbers and of values.

    Raises
    ------
    CorruptionError
        Something in them leads beyond what it refers to.
    """
    classes: dict[Base, int] = {}
    count, place = _size(content, 0)
    for _ in range(count):
        size, place = _size(content, place)
        if size > len(content) - place:
            refuse("the tables of a CatBoost model are cut off")
        table = root(content[place : place + size])
        place += size
        base = _base(table.table(0))
        if base in classes:
            refuse("a CatBoost model has a table twice")
        classes[base] = _check_table(table, base[3])
    for feature in features:
        _check_feature(feature.table(0), classes, known)


def _size(content: memoryview, place: int) -> tuple[int, int]:
    if place + 4 > len(content):
        refuse("the tables of a CatBoost model are cut off")
    return int.from_bytes(content[place : place + 4], "little"), place + 4


def _base(table: Table | None) -> Base:
    combined = None if table is None else table.table(0)
    if table is None or combined is None:
        refuse("a table of a CatBoost model is of no column")
    return (
        combined.array(0, "<i4").tobytes(),
        combined.array(1, _NUMBER).tobytes(),
        combined.array(2, _VALUE).tobytes(),
        int(table.scalar(1, "b")),
        int(table.scalar(2, "i")),
    )


def _check_table(table: Table, kind: int) -> int:
    """Return how many classes the counts of a table tell apart."""
    raw, counts = table.array(1, "u1"), table.array(2, "u1")
    classes = int(table.scalar(4, "i"))
    if not (table.has(1) and table.has(2)) or kind not in range(6):
        refuse("a table of a CatBoost model is malformed")
    if kind in (_BORDERS, _BUCKETS) and not 2 <= classes <= max(2, counts.nbytes // 4):
        refuse("a table of a CatBoost model has no sound number of classes")
    wide = {_MEAN: 8, _FLOAT_MEAN: 8, _COUNTER: 4, _FREQUENCY: 4}.get(kind, 4 * classes)
    size = np.dtype(_ROW).itemsize
    rows: Any = raw[: raw.size // size * size].view(_ROW)
    if raw.size % size or not rows.size or rows.size & (rows.size - 1) or counts.size % wide:
        refuse("a table of a CatBoost model has no sound size")
    filled = rows["hash"] != _EMPTY
    index = rows["index"][filled]
    if filled.all() or (index >= counts.size // wide)[index != _NOT_FOUND].any():
        refuse("a table of a CatBoost model points beyond its counts")
    return classes


def _check_feature(
    ctr: Table | None,
    classes: dict[Base, int],
    known: tuple[frozenset[int], frozenset[bytes], frozenset[bytes]],
) -> None:
    base = _base(None if ctr is None else ctr.table(0))
    if ctr is None or base not in classes:
        refuse("a feature of a CatBoost model has no table")
    categories, numbers, values = known
    if not set(np.frombuffer(base[0], "<i4").tolist()) <= categories:
        refuse("a feature of a CatBoost model is of no column")
    for content, splits in ((base[1], numbers), (base[2], values)):
        if not {content[at : at + 8] for at in range(0, len(content), 8)} <= splits:
            refuse("a feature of a CatBoost model is of a split that is not there")
    if base[3] in (_BORDERS, _BUCKETS):
        target = int(ctr.scalar(1, "i"))
        if not 0 <= target < classes[base] - (base[3] == _BORDERS):
            refuse("a feature of a CatBoost model is of a class that is not there")
