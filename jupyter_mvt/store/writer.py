"""Writing what a commit consists of: everything is hashed, only what is new is written."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self, TypeAlias

from jupyter_mvt.errors import UsageError
from jupyter_mvt.objects.ids import Buffer, ObjectId, raw_digest, raw_digests
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store import oplog, trash
from jupyter_mvt.store.backend import ObjectWriter, Stat
from jupyter_mvt.store.chunking import CHUNK, SMALL, cut, small
from jupyter_mvt.store.copies import Copies
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.manifests import Encoded, build_manifest
from jupyter_mvt.store.pack import PackStream
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.witness import Witness, part_changed

__all__ = ["CHUNK", "PackWriter", "Receipt", "Taken", "begin"]

_AT_ONCE = 256 << 10
"""Pieces up to this size, such as those of opaque files, take less time than a thread's answer."""
_TOGETHER = 2 << 20
"""Small parts are written so many bytes at a time."""
_IN_FLIGHT = 4
_QUEUED = 256


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a writer published.

    Attributes
    ----------
    new_bytes
        Size of the objects that were not in the store before.
    total_bytes
        Size of all objects referenced, each counted once.
    pack
        Key of the new pack, ``None`` when nothing was new.
    packs
        Keys of all packs that the objects are in; see `trash.rescue`.
    """

    new_bytes: int
    total_bytes: int
    pack: str | None
    packs: tuple[str, ...] = ()


class Taken(NamedTuple):
    """One object after hashing; `data` is ``None`` when the store has it already.

    `moved` tells that the bytes were others a moment before, `is_strange` that they were not
    known at a glance.
    """

    oid: bytes
    size: int
    data: Buffer | None
    moved: bool = False
    is_strange: bool = False


_Queue: TypeAlias = deque[tuple[list[bytes], Future[Taken] | Taken]]


def begin(store: Store) -> PackWriter:
    """Return a writer, a context manager; leaving it without `publish` discards everything."""
    return PackWriter(store)


class PackWriter:
    """Gathers objects into at most one new pack; see `begin`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._out: ObjectWriter | None = None
        self._stream: PackStream | None = None
        self._sizes: dict[bytes, int] = {}
        self._new: set[bytes] = set()
        self._new_bytes = 0
        self._stats: dict[str, Stat | None] = {}
        self._reused: set[str] = set()
        self._pool: ThreadPoolExecutor | None = None
        self._copies = Copies()
        self._was_strange = False
        self._moved: list[list[bytes]] = []
        self._witnesses: list[Witness] = []
        self._flying = 0
        self._open = True
        store.index.refresh()
        self._dropped = trash.packs(oplog.current(store))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = False
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        if self._out is not None:
            self._out.abort()

    def blob(self, data: bytes) -> ObjectId:
        """Keep `data` as one object and return its id."""
        self._require_open()
        taken = self._take(memoryview(data))
        self._keep(taken)
        return ObjectId(taken.oid.hex())

    def bundle(self, bundle: Bundle, of: str = "") -> tuple[ObjectId, Encoded]:
        """Keep the parts of `bundle`; return the object id of its manifest, and the manifest.

        `of` says in words what they are parts of.

        Raises
        ------
        CaptureError
            One of them changes meanwhile (code ``part-changed``).
        """
        self._require_open()
        witness = Witness(bundle.parts, of)
        self._witnesses.append(witness)
        kept = [b""] * len(bundle.parts)
        large = {number: list[bytes]() for number in self._pack_small(bundle.parts, kept, witness)}
        queue: _Queue = deque()
        for number, chunks in large.items():
            part, at = bundle.parts[number], 0
            for piece in cut(part):
                witness.see(number, part, at, piece)
                self._enqueue(queue, chunks, piece)
                at += len(piece)
        while queue:
            self._drain(queue)
        for number, chunks in large.items():
            kept[number] = b"".join(chunks)
            if any(chunks is moved for moved in self._moved):
                raise part_changed(bundle.parts[number], of)
        manifest = build_manifest(bundle.parts, kept, bundle.ties)
        return self.blob(manifest.data), manifest

    def publish(self) -> Receipt:
        """Make everything durable and visible; the writer is finished then.

        Raises
        ------
        CaptureError
            Something is not as it was when it was read (code ``part-changed``).
        """
        self._require_open()
        self._open = False
        for witness in self._witnesses:
            witness.confirm()
        for pack in sorted(self._reused):
            stat = self._stats[pack]
            if stat is not None and not stat.settled:
                self._store.backend.settle(pack)
        key = None
        if self._stream is not None:
            key = self._stream.finish(avoid=trash.packs(oplog.current(self._store)))
            self._store.index.add(key, self._stream.table)
            stat = self._store.backend.stat(key)
            if stat is not None:
                self._store.verified[key, stat.version] = self._new
        packs = tuple(sorted({*self._reused, *([] if key is None else [key])}))
        return Receipt(self._new_bytes, sum(self._sizes.values()), key, packs)

    def _pack_small(self, parts: Sequence[Part], kept: list[bytes], witness: Witness) -> list[int]:
        """Keep what is small, side by side; return the numbers of the parts that are not."""
        large: list[int] = []
        numbers: list[int] = []
        contents: list[bytes] = []
        size = 0

        def keep() -> None:
            for number, oid in zip(numbers, self._keep_together(contents), strict=True):
                kept[number] = oid

        for number, part in enumerate(parts):
            content = small(part)
            if content is None:
                large.append(number)
                continue
            if number in witness.chosen:
                witness.see(number, part, 0, content)
            numbers.append(number)
            contents.append(content)
            size += part.nbytes
            if size >= _TOGETHER:
                keep()
                numbers, contents, size = [], [], 0
        if contents:
            keep()
        return large

    def _keep_together(self, contents: list[bytes]) -> list[bytes]:
        """Do what `_take` and `_keep` do, for models of thousands of small arrays."""
        oids = raw_digests(contents)
        sizes = list(map(len, contents))
        new = dict(zip(oids, contents, strict=True))
        if not self._sizes.keys().isdisjoint(new) or not self._store.index.has_none(new):
            new = {
                oid: content for oid, content in new.items()
                if oid not in self._sizes and not self._stored(oid, content)
            }  # fmt: skip
        self._sizes.update(zip(oids, sizes, strict=True))
        if new:
            self._begun().add_small(new)
            self._new.update(new)
            self._new_bytes += sum(map(len, new.values()))
        self._was_strange = bool(new)
        self._store.progress.advance(sum(sizes))
        return oids

    def _enqueue(self, queue: _Queue, chunks: list[bytes], piece: memoryview) -> None:
        if len(piece) <= _AT_ONCE:
            queue.append((chunks, self._take(piece)))
        else:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(max(2, min(8, os.cpu_count() or 2)))
            queue.append((chunks, self._pool.submit(self._take, piece)))
            self._flying += 1
        # In order, so that chunks of one tensor lie side by side; and few at a time, so that
        # the model is not a second time in memory.
        while queue and (
            isinstance(queue[0][1], Taken) or self._flying > _IN_FLIGHT or len(queue) > _QUEUED
        ):
            self._drain(queue)

    def _drain(self, queue: _Queue) -> None:
        chunks, item = queue.popleft()
        if isinstance(item, Future):
            item = item.result()
            self._flying -= 1
        if item.moved:
            self._moved.append(chunks)
        self._keep(item)
        self._store.progress.advance(item.size)
        chunks.append(item.oid)

    def _take(self, piece: memoryview) -> Taken:
        # The caller's memory may change under us (a training thread): what is written, and what
        # an id is learned from, is a copy. What is known at a glance is not copied; what follows
        # a piece that was not known is mostly not known either, and looked at only once then.
        if len(piece) < SMALL:
            data = self._copies.take(piece)
            return self._taken(raw_digest(data), data)
        glance, seen = self._store.glance, b""
        if not self._was_strange:
            seen = glance.mark(piece)
            oid = glance.id_of(seen)
            if oid is not None and self._has(oid, piece):
                return Taken(oid, len(piece), None)
        data = self._copies.take(piece)
        mark = glance.mark(data)
        oid = glance.id_of(mark)
        is_strange = oid is None or not self._has(oid, data)
        if oid is None or is_strange:
            oid = glance.learn(mark, data)
        return self._taken(oid, data, seen not in (b"", mark), is_strange)

    def _taken(
        self, oid: bytes, data: Buffer, moved: bool = False, is_strange: bool = False
    ) -> Taken:
        if not self._has(oid, data):
            return Taken(oid, len(data), data, moved, is_strange=True)
        self._copies.give(data)
        return Taken(oid, len(data), None, moved, is_strange)

    def _has(self, oid: bytes, data: Buffer) -> bool:
        return oid in self._new or self._stored(oid, data)

    def _keep(self, taken: Taken) -> None:
        is_known = taken.oid in self._sizes
        self._sizes[taken.oid] = taken.size
        self._was_strange = taken.is_strange
        if taken.data is None:
            return
        if not is_known:
            self._add(taken.oid, taken.data)
        self._copies.give(taken.data)

    def _add(self, oid: bytes, data: Buffer) -> None:
        self._begun().add(oid, data, len(data))
        self._new.add(oid)
        self._new_bytes += len(data)

    def _begun(self) -> PackStream:
        if self._stream is None:
            self._out = self._store.backend.writer()
            self._stream = PackStream(self._out)
        return self._stream

    def _stored(self, oid: bytes, data: Buffer) -> bool:
        for place in self._store.index.find(oid):
            if place.pack in self._dropped:
                continue
            stat = self._stat(place.pack)
            if stat is None:
                continue
            verified = self._store.verified.setdefault((place.pack, stat.version), set())
            if oid in verified or self._store.holds(oid, place, data):
                verified.add(oid)
                self._reused.add(place.pack)
                self._reuse_keyframe(place)
                return True
        return False

    def _reuse_keyframe(self, place: Place) -> None:
        copies = self._store.index.find(self._store.keyframe(place))
        packs = {copy.pack for copy in copies if self._stat(copy.pack) is not None}
        self._reused |= packs - self._dropped or packs

    def _stat(self, pack: str) -> Stat | None:
        if pack not in self._stats:
            self._stats[pack] = self._store.backend.stat(pack)
        return self._stats[pack]

    def _require_open(self) -> None:
        if not self._open:
            msg = "This writer is finished; begin a new one."
            raise UsageError(msg, code="writer-finished")
