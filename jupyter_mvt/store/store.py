"""The store: verified reading of objects wherever they are kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError, FormatError, NotFoundError
from jupyter_mvt.objects.ids import Buffer, ObjectId, digest
from jupyter_mvt.objects.progress import SILENT, Progress
from jupyter_mvt.store.ahead import Ahead
from jupyter_mvt.store.backend import Backend
from jupyter_mvt.store.glance import Glance
from jupyter_mvt.store.hot import MAPPED, Mappings, memory, same
from jupyter_mvt.store.index import PackIndex, Place
from jupyter_mvt.store.logcache import LogCache
from jupyter_mvt.store.nearby import Nearby
from jupyter_mvt.store.pack import DELTA, RAW
from jupyter_mvt.store.pieces import in_turn

if TYPE_CHECKING:
    from concurrent.futures import Executor, ThreadPoolExecutor

    from jupyter_mvt.objects.manifest import Entry, Manifest

__all__ = ["Store"]

_PARALLEL = 2 << 20
_ALL_CORES = -1
_THREADS = 2
_KEYFRAME = 32
_NOT_ITS_ID = "its bytes do not match its id"


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
    glance
        Knows chunks again that this process stored or found stored.
    verified
        ``(pack, version)`` → ids whose bytes this process has checked or written itself.
    log
        What this process remembers of the operation log; see `store.oplog`.
    progress
        Is told how far long reading and writing is.
    """

    def __init__(self, backend: Backend, root: Path | None = None) -> None:
        self.root = root
        self.backend = backend
        self.index = PackIndex(backend)
        self.glance = Glance()
        self.verified: dict[tuple[str, str], set[bytes]] = {}
        self.log = LogCache()
        self.progress: Progress = SILENT
        self._mappings = Mappings(backend)
        self._keyframes: dict[Place, bytes] = {}
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
        from jupyter_mvt.store.manifests import decode_manifest

        return decode_manifest(self.blob(oid))

    def content(
        self, entry: Entry, near: Nearby | None = None, pool: Executor | None = None
    ) -> memoryview:
        """Return the content of one entry as memory of its own.

        Large content that is stored as it is, is mapped copy-on-write: it takes no memory until
        it is written to. Of other the chunks are read side by side, in `pool` if there is one.
        """
        if entry.nbytes >= MAPPED and (mapped := self._mapped(entry)) is not None:
            return mapped
        sizes = _complete(entry, [self._size(chunk) for chunk in entry.chunks])
        whole = memory(entry.nbytes)
        jobs = []
        at = 0
        for chunk, size in zip(entry.chunks, sizes, strict=True):
            jobs.append((chunk, whole[at : at + size]))
            at += size
        if entry.nbytes < _PARALLEL or len(jobs) < 2:
            for job in jobs:
                self._fill(*job, near)
            return whole
        with nullcontext(pool) if pool else _readers() as at_once:
            for _ in at_once.map(lambda job: self._fill(*job), jobs):
                pass
        return whole

    def pieces(self, entry: Entry) -> Iterator[memoryview]:
        """Return the content of one entry in order, each piece until the next is asked for."""
        # Checked at once: who wants the pieces takes memory for all of them.
        sizes = _complete(entry, [self._size(chunk) for chunk in entry.chunks])
        return _told(in_turn(entry.chunks, sizes, self._fill), self.progress)

    def ahead(self, entries: Iterable[Entry]) -> Callable[[Entry], memoryview]:
        """Return `content`, begun with for the next of `entries` while one is worked on."""
        following = tuple(entries)
        # One pool for all of them: each thread has memory of its own to decode into.
        pool = _readers() if any(entry.nbytes >= _PARALLEL for entry in following) else None
        here = partial(self.content, near=Nearby(self.backend), pool=pool)
        content = partial(self.content, pool=pool)
        return Ahead(content, following, self.progress, here, partial(_is_encoded, self.index))

    def check(self, oid: bytes, place: Place, target: memoryview | None = None) -> str:
        """Read one copy and return what is wrong with it, or ``""``.

        `target`, of the object's size, receives the bytes.
        """
        if place.encoding > DELTA:
            msg = f"An object in {place.pack} is encoded in a way that this version cannot read."
            raise FormatError(msg, code="newer-format", hint="pip install --upgrade jupyter-mvt")
        if target is None:
            target = self._spare("target", place.size)
        if place.size != len(target):
            return "its length is wrong"
        try:
            if place.encoding == RAW:
                return self._check_raw(oid, place, target)
            return self._check_encoded(oid, place, target)
        except NotFoundError:
            return "the pack is gone"

    def holds(self, oid: bytes, place: Place, data: Buffer) -> bool:
        """Tell whether a stored copy is sound, where `data` is what it should hold."""
        if place.encoding == RAW and len(data) >= _PARALLEL and place.size == len(data):
            try:
                found = self._mappings.peek(place)
            except NotFoundError:
                return False
            if len(found) == len(data) and same(found, data):
                return True
        return not self.check(oid, place)

    def stored(self, place: Place) -> memoryview:
        """Return the bytes of a copy as they are stored, unverified."""
        return self._mappings.peek(place)

    def keyframe(self, place: Place) -> bytes:
        """Return the id of the object that a copy is a difference from, empty if it is none."""
        if place.encoding != DELTA:
            return b""
        if place not in self._keyframes:
            self._keyframes[place] = self.backend.get_range(place.pack, place.offset, _KEYFRAME)
        return self._keyframes[place]

    def _check_raw(self, oid: bytes, place: Place, target: memoryview) -> str:
        if place.size != place.stored:
            return "its length is wrong"
        if self.backend.read_into(place.pack, place.offset, target) != len(target):
            return "the pack is cut off"
        return "" if digest(target) == oid.hex() else _NOT_ITS_ID

    def _check_encoded(self, oid: bytes, place: Place, target: memoryview) -> str:
        from jupyter_mvt.store.codecs import decode

        data = self.stored(place)
        if len(data) != place.stored:
            return "the pack is cut off"
        fault = _NOT_ITS_ID
        if place.encoding == DELTA:
            fault = f"its keyframe {bytes(data[:_KEYFRAME]).hex()} is missing or corrupt"
        # A keyframe is not verified by itself: what comes out must have the right digest.
        for base in self._bases(place, data):
            try:
                decode(place.encoding, data, target, base)
            except CorruptionError as error:
                return error.message.rstrip(".")
            if digest(target) == oid.hex():
                return ""
        return fault

    def _bases(self, place: Place, data: memoryview) -> Iterator[Buffer | None]:
        """Return what a copy may be a difference from, ``None`` for one that is no difference."""
        if place.encoding != DELTA:
            yield None
            return
        from jupyter_mvt.store.codecs import decode

        for copy in self.index.search(bytes(data[:_KEYFRAME])):
            if copy.encoding >= DELTA or copy.size != place.size:
                continue  # a difference from a difference is never written
            try:
                found = self.stored(copy)
                if copy.encoding != RAW:
                    base = self._spare("base", copy.size)
                    decode(copy.encoding, found, base)
                    found = base
            except (NotFoundError, CorruptionError):
                continue  # if no other copy will do, the caller says so
            if len(found) == copy.size:
                yield found

    def _mapped(self, entry: Entry) -> memoryview | None:
        run = self._run(entry)
        if run is None or (whole := self._mappings.take(run[0], entry.nbytes)) is None:
            return None
        stat = self.backend.stat(run[0].pack)
        if stat is None:
            return None
        verified = self.verified.setdefault((run[0].pack, stat.version), set())
        for chunk, place in zip(entry.chunks, run, strict=True):
            raw = bytes.fromhex(chunk)
            at = place.offset - run[0].offset
            if raw not in verified:
                if digest(whole[at : at + place.size], threads=_ALL_CORES) != chunk:
                    return None  # another copy may be sound; else the fault is named there
                verified.add(raw)
        return whole

    def _run(self, entry: Entry) -> list[Place] | None:
        """Return where all chunks lie side by side and as they are, if they do."""
        for first in self._places(entry.chunks[0]):
            run: list[Place] = []
            at = first.offset
            for chunk in entry.chunks:
                place = next(
                    (
                        place
                        for place in self._places(chunk)
                        if (place.pack, place.offset) == (first.pack, at)
                        and place.encoding == RAW
                        and place.size == place.stored
                    ),
                    None,
                )
                if place is None:
                    break
                run.append(place)
                at += place.size
            if len(run) == len(entry.chunks) and at - first.offset == entry.nbytes:
                return run
        return None

    def _spare(self, name: str, size: int) -> memoryview:
        """Return memory for bytes that are only looked at; each thread has its own, warm."""
        buffers: dict[str, memoryview] = self._scratch.__dict__
        if name not in buffers or len(buffers[name]) < size:
            buffers[name] = memory(size)
        return buffers[name][:size]

    def _size(self, oid: ObjectId) -> int:
        return self._places(oid)[0].size

    def _places(self, oid: ObjectId) -> tuple[Place, ...]:
        places = self.index.search(bytes.fromhex(oid))
        if not places:
            damaged = ", ".join(sorted(self.index.damaged))
            where = f" It may have been in the damaged {damaged}." if damaged else ""
            msg = f"The object {oid} is missing from the repository.{where}"
            raise _damaged(oid, msg, "missing-object")
        return places

    def _fill(self, oid: ObjectId, target: memoryview, near: Nearby | None = None) -> None:
        raw = bytes.fromhex(oid)
        tried = self._places(oid)
        if near is not None and near.fill(raw, tried[0], target):
            return
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
        raise _damaged(oid, msg, "corrupt-object")


def _is_encoded(index: PackIndex, entry: Entry) -> bool:
    return all(place.encoding != RAW for place in index.search(bytes.fromhex(entry.chunks[0])))


def _readers() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(_THREADS)


def _told(pieces: Iterator[memoryview], progress: Progress) -> Iterator[memoryview]:
    for piece in pieces:
        yield piece
        progress.advance(len(piece))


def _complete(entry: Entry, sizes: list[int]) -> list[int]:
    """Return the sizes of the chunks of `entry` after checking that they add up to its own."""
    if sum(sizes) != entry.nbytes:
        msg = f"The chunks of {entry.path!r} do not add up to its {entry.nbytes} bytes."
        raise CorruptionError(msg, code="corrupt-manifest", hint="mvt fsck")
    return sizes


def _damaged(oid: ObjectId, msg: str, code: str) -> CorruptionError:
    error = CorruptionError(msg, code=code, hint="mvt fsck")
    error.about = oid
    return error
