"""Which object is in which pack: the packs' own indexes, read when they are needed."""

from __future__ import annotations

import struct
import threading
from bisect import bisect_right
from collections.abc import Iterable
from itertools import count
from operator import itemgetter
from typing import NamedTuple

from jupyter_mvt.errors import CorruptionError, NotFoundError
from jupyter_mvt.store import layout
from jupyter_mvt.store.backend import Backend
from jupyter_mvt.store.pack import ROW, Row, read_table, rows_of

__all__ = ["PackIndex", "Place"]

_IDS = struct.Struct(f"32s{ROW.size - 32}x")
_FIRST = itemgetter(0)


class Place(NamedTuple):
    """One stored copy of an object."""

    pack: str
    offset: int
    stored: int
    size: int
    encoding: int


class _Table(NamedTuple):
    """The index of one pack; its rows are numbered from `start`, as no others ever are."""

    start: int
    pack: str
    rows: bytes


class PackIndex:
    """All copies of all objects.

    The indexes stay as they are stored; a dictionary tells the number of an object's row. So
    thousands of objects are taken in at once, and a row is decoded when it is asked for.

    Attributes
    ----------
    damaged
        Packs whose index cannot be read, with the reason; their objects count as absent.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._numbers: dict[bytes, int | tuple[int, ...]] = {}
        self._tables: tuple[list[int], list[_Table]] = ([], [])  # where each starts, and it
        self._packs: set[str] = set()
        self._next = 0
        self._lock = threading.Lock()
        self.damaged: dict[str, CorruptionError] = {}

    def find(self, oid: bytes) -> tuple[Place, ...]:
        """Return the known copies of an object; does not look for new packs."""
        number = self._numbers.get(oid)
        if number is None:
            return ()
        if isinstance(number, int):
            place = self._place(number)
            return () if place is None else (place,)
        # The quickest to read comes first.
        return tuple(sorted(filter(None, map(self._place, number)), key=_encoding))

    def search(self, oid: bytes) -> tuple[Place, ...]:
        """Return the copies of an object; looks for new packs if none is known."""
        found = self.find(oid)
        if not found:
            self.refresh()
            found = self.find(oid)
        return found

    def has_none(self, oids: Iterable[bytes]) -> bool:
        """Tell whether no copy of any of `oids` is known; quick for thousands."""
        return self._numbers.keys().isdisjoint(oids)

    def rows(self) -> dict[str, list[Row]]:
        """Return the index of every known pack; does not look for new ones."""
        return {table.pack: rows_of(table.rows) for table in self._tables[1]}

    def refresh(self) -> None:
        """Take in packs that appeared, and forget those that are gone."""
        with self._lock:
            present = set(self._backend.list(layout.PACKS))
            self.damaged.clear()
            self._forget(self._packs - present)
            for key in sorted(present - self._packs):
                try:
                    table = read_table(self._backend, key)
                except CorruptionError as error:
                    self.damaged[key] = error
                except NotFoundError:
                    continue  # dropped between listing and reading
                else:
                    self._add(key, table)

    def add(self, key: str, table: bytes) -> None:
        """Take in a pack that this process has just written, and its index."""
        with self._lock:
            if key not in self._packs:
                self._add(key, table)

    def _add(self, key: str, table: bytes) -> None:
        oids = _oids(table)
        # Other threads look things up meanwhile: what numbers lead to comes before them.
        starts, tables = self._tables
        tables.append(_Table(self._next, key, table))
        starts.append(self._next)
        self._packs.add(key)
        numbers = self._numbers
        if len(set(oids)) == len(oids) and numbers.keys().isdisjoint(oids):
            numbers.update(zip(oids, count(self._next)))
        else:
            for number, oid in enumerate(oids, self._next):
                numbers[oid] = _joined(numbers.get(oid), number)
        self._next += len(oids)

    def _forget(self, gone: set[str]) -> None:
        leaving = [table for table in self._tables[1] if table.pack in gone]
        for table in leaving:
            oids = _oids(table.rows)
            mine = range(table.start, table.start + len(oids))
            for oid in oids:
                known = self._numbers.get(oid, ())
                numbers = (known,) if isinstance(known, int) else known
                left = tuple(number for number in numbers if number not in mine)
                if left:
                    self._numbers[oid] = left
                else:
                    self._numbers.pop(oid, None)
        if leaving:
            tables = [table for table in self._tables[1] if table.pack not in gone]
            self._tables = [table.start for table in tables], tables
            self._packs -= gone

    def _place(self, number: int) -> Place | None:
        starts, tables = self._tables
        at = bisect_right(starts, number) - 1
        if at < 0:
            return None
        start, pack, rows = tables[at]
        offset = (number - start) * ROW.size
        if offset >= len(rows):
            return None  # forgotten between the two look-ups
        return Place(pack, *ROW.unpack_from(rows, offset)[1:])


def _oids(table: bytes) -> list[bytes]:
    return list(map(_FIRST, _IDS.iter_unpack(table)))


def _joined(known: int | tuple[int, ...] | None, number: int) -> int | tuple[int, ...]:
    if known is None:
        return number
    return (known, number) if isinstance(known, int) else (*known, number)


def _encoding(place: Place) -> int:
    return place.encoding
