"""Which objects versions need: what they name, what that names, and what copies are stored from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.progress import told
from jupyter_mvt.store import trash
from jupyter_mvt.store.manifests import chunk_ids
from jupyter_mvt.store.outlines import outlines
from jupyter_mvt.store.pack import DELTA
from jupyter_mvt.store.reach import cell_objects

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["Marker", "versions"]


def versions(view: View) -> list[ObjectId]:
    """Return all versions of a view, in order of their numbers."""
    return list(islice(view.commits, view.count))


@dataclass(frozen=True, slots=True)
class Marker:
    """Tells what versions need; the store remembers what manifests name, for it never changes."""

    store: Store

    def objects(self, version: ObjectId, *, thin: bool = False) -> frozenset[bytes]:
        """Return the ids of all objects of a version, whole or thin.

        Raises
        ------
        CorruptionError
            What it needs cannot be told (the code is that of the damage).
        """
        outline = self.store.log.outlines.found.get(version) or outlines(self.store)[version]
        named = outline.thin if thin else outline.whole
        known = self.store.log.needs
        found = list(map(bytes.fromhex, chain(named.manifests, named.blobs)))
        try:
            for oid in named.manifests:
                found += known[oid] if oid in known else self._chunks(oid)
            if named.cells:
                cells = ObjectId(named.cells)
                found += known[cells] if cells in known else self._cells(cells)
        except CorruptionError as error:
            msg = f"What version {version[:10]} needs cannot be told: {error.message}"
            raise CorruptionError(msg, code=error.code, hint="mvt fsck") from error
        return frozenset(found)

    def live(self, view: View, thin: Collection[ObjectId]) -> set[bytes]:
        """Return what is needed when the versions `thin` become so, beside those that are."""
        live: set[bytes] = set()
        every, progress = versions(view), self.store.progress
        with told(progress, "Marking", len(every), "versions"):
            for version in every:
                is_thin = version in thin or trash.is_thin(view, version)
                live |= self.objects(version, thin=is_thin)
                progress.advance(1)
        return live | self.keyframes(live)

    def keyframes(self, objects: Iterable[bytes]) -> set[bytes]:
        """Return the ids of what copies of `objects` are stored as differences from."""
        self.store.index.refresh()
        found: set[bytes] = set()
        left = list(objects)
        while left:
            for base in self.bases(left.pop()):
                if base not in found:
                    found.add(base)
                    left.append(base)
        return found

    def bases(self, oid: bytes) -> list[bytes]:
        """Return the ids of what known copies of an object are differences from."""
        places = self.store.index.find(oid)
        return [self.store.keyframe(place) for place in places if place.encoding == DELTA]

    def _chunks(self, manifest: ObjectId) -> tuple[bytes, ...]:
        return self._remember(manifest, chunk_ids(self.store.blob(manifest)))

    def _cells(self, cells: ObjectId) -> tuple[bytes, ...]:
        return self._remember(cells, map(bytes.fromhex, cell_objects(self.store, cells)))

    def _remember(self, oid: ObjectId, named: Iterable[bytes]) -> tuple[bytes, ...]:
        # The first of equal ids stands for all of them.
        same = self.store.log.ids
        self.store.log.needs[oid] = found = tuple(same.setdefault(raw, raw) for raw in named)
        return found
