"""The store: verified reading of objects wherever they are kept."""

from __future__ import annotations

import threading
from pathlib import Path

from jupyter_mvt.errors import CorruptionError, FormatError, NotFoundError
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.manifest import Entry, Manifest
from jupyter_mvt.store.backend import Backend
from jupyter_mvt.store.index import PackIndex, Place
from jupyter_mvt.store.logcache import LogCache
from jupyter_mvt.store.manifests import decode_manifest
from jupyter_mvt.store.pack import RAW

__all__ = ["Store"]

_PARALLEL = 2 << 20


class Store:
    """An open repository's bytes. Implements `objects.reader.ObjectReader`.

    Attributes
    ----------
    root
        The ``.mvt`` folder, ``None`` when the bytes are not in a local folder.
    backend
        Where the bytes are.
    index
        Which object is in which pack.
    verified
        ``(pack, version)`` → ids whose bytes this process has checked or written itself.
    log
        What this process remembers of the operation log; see `store.oplog`.
    """

    def __init__(self, backend: Backend, root: Path | None = None) -> None:
        self.root = root
        self.backend = backend
        self.index = PackIndex(backend)
        self.verified: dict[tuple[str, str], set[bytes]] = {}
        self.log = LogCache()
        self._scratch = threading.local()

    def __repr__(self) -> str:
        return f"Store({str(self.root) if self.root else 'memory'!r})"

    def blob(self, oid: ObjectId) -> bytes:
        """Return an object whole."""
        buffer = bytearray(self._size(oid))
        self._fill(oid, memoryview(buffer))
        return bytes(buffer)

    def manifest(self, oid: ObjectId) -> Manifest:
        """Return a manifest."""
        return decode_manifest(self.blob(oid))

    def content(self, entry: Entry) -> memoryview:
        """Return the content of one entry as memory of its own."""
        sizes = [self._size(chunk) for chunk in entry.chunks]
        if sum(sizes) != entry.nbytes:
            msg = f"The chunks of {entry.path!r} do not add up to its {entry.nbytes} bytes."
            raise CorruptionError(msg, code="corrupt-manifest", hint="mvt fsck")
        whole = memoryview(bytearray(entry.nbytes))
        jobs = []
        at = 0
        for chunk, size in zip(entry.chunks, sizes, strict=True):
            jobs.append((chunk, whole[at : at + size]))
            at += size
        if entry.nbytes < _PARALLEL or len(jobs) < 2:
            for job in jobs:
                self._fill(*job)
            return whole
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(lambda job: self._fill(*job), jobs):
                pass
        return whole

    def check(self, oid: bytes, place: Place, target: memoryview | None = None) -> str:
        """Read one copy and return what is wrong with it, or ``""``.

        `target`, of the object's size, receives the bytes.
        """
        if place.encoding != RAW:
            msg = f"An object in {place.pack} is encoded in a way that this version cannot read."
            raise FormatError(msg, code="newer-format", hint="pip install --upgrade jupyter-mvt")
        if target is None:
            target = self._spare(place.size)
        if place.size != place.stored or place.size != len(target):
            return "its length is wrong"
        try:
            count = self.backend.read_into(place.pack, place.offset, target)
        except NotFoundError:
            return "the pack is gone"
        if count != len(target):
            return "the pack is cut off"
        if digest(target) != oid.hex():
            return "its bytes do not match its id"
        return ""

    def _spare(self, size: int) -> memoryview:
        """Return memory for bytes that are only looked at; each thread has its own, warm."""
        buffer: bytearray = getattr(self._scratch, "buffer", bytearray())
        if len(buffer) < size:
            buffer = self._scratch.buffer = bytearray(size)
        return memoryview(buffer)[:size]

    def _size(self, oid: ObjectId) -> int:
        return self._places(oid)[0].size

    def _places(self, oid: ObjectId) -> tuple[Place, ...]:
        places = self.index.search(bytes.fromhex(oid))
        if not places:
            damaged = ", ".join(sorted(self.index.damaged))
            where = f" It may have been in the damaged {damaged}." if damaged else ""
            msg = f"The object {oid} is missing from the repository.{where}"
            raise CorruptionError(msg, code="missing-object", hint="mvt fsck")
        return places

    def _fill(self, oid: ObjectId, target: memoryview) -> None:
        raw = bytes.fromhex(oid)
        tried = self._places(oid)
        faults = []
        for place in tried:
            if not (fault := self.check(raw, place, target)):
                return
            faults.append(f"{place.pack}: {fault}")
        # Another process may have healed or repacked it meanwhile.
        self.index.refresh()
        for place in self._places(oid):
            if place not in tried and not self.check(raw, place, target):
                return
        msg = f"The object {oid} is corrupt in {'; '.join(faults)}."
        raise CorruptionError(msg, code="corrupt-object", hint="mvt fsck")
