"""Flatbuffers read with every step inside their bytes, as CatBoost will read them.

CatBoost follows the same offsets in the same bytes; what is read here without complaint lies
within them, so that it can be followed without harm.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Table", "root"]

Array = np.ndarray[Any, Any]


class Table:
    """One table of a flatbuffer: fields by their number in the schema."""

    def __init__(self, content: memoryview, place: int) -> None:
        self._content = content
        self._place = place
        self._fields = place - _number(content, "<i", place)
        self._size = _number(content, "<H", self._fields)

    def scalar(self, field: int, form: str, default: float = 0) -> Any:
        """Return a number of the `struct` format `form`; `default` where it is left out."""
        place = self._at(field)
        return default if place is None else _number(self._content, f"<{form}", place)

    def text(self, field: int) -> str | None:
        """Return a text, ``None`` where it is left out."""
        place = self._follow(field)
        return None if place is None else _text(self._content, place)

    def texts(self, field: int) -> list[str]:
        """Return a list of texts."""
        return [_text(self._content, place) for place in self._targets(field)]

    def table(self, field: int) -> Table | None:
        """Return a table below this, ``None`` where it is left out."""
        place = self._follow(field)
        return None if place is None else Table(self._content, place)

    def tables(self, field: int) -> list[Table]:
        """Return a list of tables."""
        return [Table(self._content, place) for place in self._targets(field)]

    def array(self, field: int, dtype: str | Sequence[tuple[str, str]]) -> Array:
        """Return a list of numbers, or of structures of numbers; empty where it is left out."""
        place = self._follow(field)
        kind = np.dtype(dtype)  # type: ignore[arg-type]
        if place is None:
            return np.empty(0, kind)
        count = _number(self._content, "<I", place)
        if count * kind.itemsize > len(self._content) - place - 4:
            refuse("a list of a CatBoost model ends beyond it")
        return np.frombuffer(self._content, kind, count, place + 4)

    def has(self, field: int) -> bool:
        """Tell whether a field is there."""
        return self._at(field) is not None

    def _at(self, field: int) -> int | None:
        entry = 4 + 2 * field
        if entry >= self._size:
            return None
        offset = _number(self._content, "<H", self._fields + entry)
        return self._place + offset if offset else None

    def _follow(self, field: int) -> int | None:
        place = self._at(field)
        return None if place is None else _ahead(self._content, place)

    def _targets(self, field: int) -> list[int]:
        place = self._follow(field)
        if place is None:
            return []
        count = _number(self._content, "<I", place)
        if count > (len(self._content) - place) // 4:
            refuse("a list of a CatBoost model ends beyond it")
        return [_ahead(self._content, place + 4 + 4 * turn) for turn in range(count)]


def root(content: memoryview) -> Table:
    """Return the table that everything else hangs on."""
    return Table(content, _ahead(content, 0))


def _ahead(content: memoryview, place: int) -> int:
    distance = _number(content, "<I", place)
    if not distance:
        refuse("a reference of a CatBoost model leads nowhere")
    return int(place + distance)


def _text(content: memoryview, place: int) -> str:
    count = _number(content, "<I", place)
    if count > len(content) - place - 4:
        refuse("a text of a CatBoost model ends beyond it")
    try:
        return str(content[place + 4 : place + 4 + count], "utf-8")
    except UnicodeDecodeError:
        refuse("a text of a CatBoost model is none")


def _number(content: memoryview, form: str, place: int) -> Any:
    if not 0 <= place <= len(content) - struct.calcsize(form):
        refuse("a CatBoost model refers to what is beyond it")
    return struct.unpack_from(form, content, place)[0]
