"""A commit that is only tried: everything is hashed, nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from jupyter_mvt.errors import UsageError
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.manifest import Entry, Manifest
from jupyter_mvt.store.manifests import decode_manifest
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.writer import PackWriter, Receipt, Taken

__all__ = ["Rehearsal"]


class Rehearsal(PackWriter):
    """A `PackWriter` that writes nothing, and an `objects.reader.ObjectReader` of what it saw.

    Small objects (manifests, texts, schemas) can be read back from it; the content of large
    ones only when the store has it.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._blobs: dict[ObjectId, bytes] = {}

    def blob(self, data: bytes) -> ObjectId:
        """Return the id that `data` would have, and remember it."""
        oid = super().blob(data)
        self._blobs[oid] = data
        return oid

    def kept(self, oid: ObjectId) -> bytes:
        """Return a small object that was seen here or is in the store."""
        return self._blobs[oid] if oid in self._blobs else self._store.blob(oid)

    def manifest(self, oid: ObjectId) -> Manifest:
        """Return a manifest."""
        return decode_manifest(self.kept(oid))

    def content(self, entry: Entry) -> memoryview:
        """Return the content of an entry that the store has."""
        return self._store.content(entry)

    def pieces(self, entry: Entry) -> Iterator[memoryview]:
        """Return the content of an entry that the store has, piece by piece."""
        return self._store.pieces(entry)

    def ahead(self, entries: Iterable[Entry]) -> Callable[[Entry], memoryview]:
        """Return `content`."""
        return self._store.ahead(entries)

    def receipt(self) -> Receipt:
        """Return what a publication would answer."""
        new = sum(self._sizes[oid] for oid in self._new)
        return Receipt(new, sum(self._sizes.values()), None)

    def publish(self) -> Receipt:
        """Refuse: this is no commit."""
        msg = "A rehearsal is not published."
        raise UsageError(msg, code="writer-finished")

    def _keep(self, taken: Taken) -> None:
        self._sizes.setdefault(taken.oid, taken.size)
        if taken.data is not None:
            self._new.add(taken.oid)
