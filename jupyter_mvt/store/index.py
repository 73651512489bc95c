"""Which object is in which pack: the packs' own indexes, read when they are needed."""

from __future__ import annotations

import threading
from typing import NamedTuple

from jupyter_mvt.errors import CorruptionError, NotFoundError
from jupyter_mvt.store import layout
from jupyter_mvt.store.backend import Backend
from jupyter_mvt.store.pack import Row, read_rows

__all__ = ["PackIndex", "Place"]


class Place(NamedTuple):
    """One stored copy of an object."""

    pack: str
    offset: int
    stored: int
    size: int
    encoding: int


class PackIndex:
    """All copies of all objects.

    Attributes
    ----------
    damaged
        Packs whose index cannot be read, with the reason; their objects count as absent.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._places: dict[bytes, tuple[Place, ...]] = {}
        self._packs: set[str] = set()
        self._lock = threading.Lock()
        self.damaged: dict[str, CorruptionError] = {}

    def find(self, oid: bytes) -> tuple[Place, ...]:
        """Return the known copies of an object; does not look for new packs."""
        return self._places.get(oid, ())

    def search(self, oid: bytes) -> tuple[Place, ...]:
        """Return the copies of an object; looks for new packs if none is known."""
        found = self.find(oid)
        if not found:
            self.refresh()
            found = self.find(oid)
        return found

    def rows(self) -> dict[str, list[Row]]:
        """Return the index of every known pack; does not look for new ones."""
        with self._lock:
            found: dict[str, list[Row]] = {key: [] for key in self._packs}
            for oid, places in self._places.items():
                for pack, *rest in places:
                    found[pack].append(Row(oid, *rest))
        return found

    def refresh(self) -> None:
        """Take in packs that appeared, and forget those that are gone."""
        with self._lock:
            present = set(self._backend.list(layout.PACKS))
            self.damaged.clear()
            gone = self._packs - present
            if gone:
                self._forget(gone)
            for key in sorted(present - self._packs):
                try:
                    rows = read_rows(self._backend, key)
                except CorruptionError as error:
                    self.damaged[key] = error
                except NotFoundError:
                    continue  # dropped between listing and reading
                else:
                    self._add(key, rows)

    def add(self, key: str, rows: list[Row]) -> None:
        """Take in a pack that this process has just written."""
        with self._lock:
            if key not in self._packs:
                self._add(key, rows)

    def _add(self, key: str, rows: list[Row]) -> None:
        places = self._places
        for oid, offset, stored, size, encoding in rows:
            place = Place(key, offset, stored, size, encoding)
            known = places.get(oid, ())
            # The quickest to read comes first.
            places[oid] = tuple(sorted((*known, place), key=_encoding)) if known else (place,)
        self._packs.add(key)

    def _forget(self, gone: set[str]) -> None:
        for oid, places in list(self._places.items()):
            left = tuple(place for place in places if place.pack not in gone)
            if len(left) == len(places):
                continue
            if left:
                self._places[oid] = left
            else:
                del self._places[oid]
        self._packs -= gone


def _encoding(place: Place) -> int:
    return place.encoding
