"""Packing: old versions are encoded and small packs joined, without being in anybody's way.

New packs are written, synced and published first; one operation then says which old ones are
dropped, and they stay readable until `gc` deletes them. Whenever it is killed, nothing is lost
but the work: objects may be there twice, and the next run sees that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import ConflictError, CorruptionError
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.operation import Operation
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import oplog, trash
from jupyter_mvt.store.hot import same
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.pack import DELTA, LARGEST_ENCODED, RAW, ZSTD, PackStream, Row
from jupyter_mvt.store.packplan import SMALLEST, Plan, Slot, Use, make_plan
from jupyter_mvt.store.store import Store

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import Buffer
    from jupyter_mvt.store.backend import ObjectWriter
    from jupyter_mvt.store.codecs import Encoded, Keyframe

__all__ = ["GRACE_US", "PackReport", "pack"]

GRACE_US = 24 * 3600 * 10**6
"""How long old packs stay for readers and writers that began before."""

_TARGET = 64 << 20
_FRAMES = 3
_IN_FLIGHT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReport(Displayable):
    """What packing did.

    Attributes
    ----------
    dropped, written
        Keys of old packs that are needed no more, and of new ones.
    encoded
        Number of objects that are stored in another way than before.
    before_bytes, after_bytes
        Stored size of what the dropped packs held, and of what the new ones hold.
    finished
        Whether all was done; not if it was asked to stop.
    """

    dropped: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    encoded: int = 0
    before_bytes: int = 0
    after_bytes: int = 0
    finished: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data


def pack(
    store: Store,
    *,
    last: int = 3,
    everything: bool = False,
    clock: Clock | None = None,
    actor: str = "",
    tool: str = "mvt",
    grace_us: int = GRACE_US,
    threads: int = 2,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> PackReport:
    """Encode what is rarely read and join small packs.

    Parameters
    ----------
    store
        The repository.
    last
        So many of the newest versions stay as they are, beside those that a branch, a tag or a
        label stands on.
    everything
        Encode those too.
    clock, actor, tool
        For the operation that says what was dropped.
    grace_us
        How long the old packs stay at least.
    threads
        How many objects are encoded at a time.
    progress
        Called with the bytes done and the bytes altogether.
    stop
        Asked between objects; what was done until then counts.
    """
    view = oplog.current(store)
    plan = make_plan(store, view, last=last, everything=everything)
    if not plan.rewritten:
        return PackReport()
    run = _Run(store, plan, progress, stop)
    with ThreadPoolExecutor(threads) as pool:
        finished = run.write(pool)
    dropped = _drop(store, run, clock or Clock(), actor, tool, grace_us)
    return PackReport(
        dropped=dropped,
        written=tuple(run.written),
        encoded=run.encoded,
        before_bytes=sum(place.stored for key in dropped for _, place in plan.rewritten[key]),
        after_bytes=run.after,
        finished=finished,
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """One object as it will be stored; no pieces when its only copy is damaged."""

    row: Row
    pieces: tuple[Buffer, ...]


@dataclass(slots=True)
class _Run:
    store: Store
    plan: Plan
    progress: Callable[[int, int], None] | None
    stop: Callable[[], bool] | None
    written: list[str] = field(default_factory=list)
    encoded: int = 0
    after: int = 0
    done: int = 0
    total: int = 0
    frames: dict[Slot, list[bytes]] = field(default_factory=dict)
    stream: PackStream | None = None
    out: ObjectWriter | None = None

    def write(self, pool: ThreadPoolExecutor) -> bool:
        """Write everything that is wanted; tell whether it was not stopped."""
        self.total = sum(place.stored for place in self.plan.wanted.values())
        try:
            for turn in self._turns():
                if not self._write_turn(pool, turn):
                    self._finish()
                    return False
            self._finish()
        finally:
            if self.out is not None:
                self.out.abort()
        return True

    def _turns(self) -> Iterator[list[tuple[bytes, Use]]]:
        """Return objects in groups whose encodings do not depend on each other."""
        uses = list(self.plan.uses.items())
        start = 0
        for end in self.plan.turns:
            yield uses[start:end]
            start = end
        yield [(oid, Use()) for oid in self.plan.wanted if oid not in self.plan.uses]

    def _write_turn(self, pool: ThreadPoolExecutor, turn: list[tuple[bytes, Use]]) -> bool:
        flying: deque[tuple[Use, Future[_Made]]] = deque()
        for oid, use in turn:
            if self.stop is not None and self.stop():
                break
            if oid not in self.plan.wanted:
                self._remember(oid, use, self.store.index.find(oid))
                continue
            flying.append((use, pool.submit(self._make, oid, use)))
            if len(flying) > _IN_FLIGHT:
                self._keep(*flying.popleft())
        else:
            while flying:
                self._keep(*flying.popleft())
            return True
        while flying:
            self._keep(*flying.popleft())
        return False

    def _keep(self, use: Use, future: Future[_Made]) -> None:
        made = future.result()
        row = made.row
        before = self.plan.wanted[row.oid]
        if made.pieces or not row.size:
            if self.stream is None:
                self.out = self.store.backend.writer()
                self.stream = PackStream(self.out)
            self.stream.add_encoded(row, made.pieces)
            self.encoded += row.encoding != before.encoding
            self.after += row.stored
            self._remember(row.oid, use, (before._replace(encoding=row.encoding),))
            if self.stream.rows[-1].offset + row.stored > _TARGET:
                self._finish()
        self.done += before.stored
        if self.progress is not None:
            self.progress(self.done, self.total)

    def _finish(self) -> None:
        if self.stream is None:
            return
        key = self.stream.finish(avoid=trash.packs(oplog.current(self.store)))
        self.store.index.add(key, self.stream.rows)
        self.written.append(key)
        self.stream = self.out = None

    def _remember(self, oid: bytes, use: Use, copies: tuple[Place, ...]) -> None:
        """Let later versions be differences from this object, if it is none itself."""
        if use.slot is None or not any(place.encoding != DELTA for place in copies):
            return
        known = self.frames.setdefault(use.slot, [])
        # A hot object is encoded some day: it serves only where there is nothing else.
        if oid not in known and (not known or oid not in self.plan.hot):
            known.append(oid)
            del known[:-_FRAMES]

    def _make(self, oid: bytes, use: Use) -> _Made:
        place = self.plan.wanted[oid]
        raw = self._read(oid, place)
        if raw is None:
            return _Made(Row(oid, *place[1:]), ())
        if place.encoding != RAW and self.plan.as_it_should(oid, place):
            return _Made(Row(oid, *place[1:]), (self.store.stored(place),))
        if oid in self.plan.hot or oid not in self.plan.uses or self._unfit(place):
            return _Made(Row(oid, 0, place.size, place.size, RAW), (raw,))
        found = self._encode(oid, use, raw)
        return _Made(Row(oid, 0, found.size, place.size, found.encoding), found.pieces)

    def _unfit(self, place: Place) -> bool:
        return not SMALLEST <= place.size <= LARGEST_ENCODED

    def _encode(self, oid: bytes, use: Use, raw: memoryview) -> Encoded:
        from jupyter_mvt.store.codecs import Encoded, decode, encode
        from jupyter_mvt.store.frames import pack_frame

        frames = [] if oid in self.plan.pinned else self._keyframes(use)
        found = encode(raw, use.item, frames)
        if found.encoding == RAW:
            # A frame around it, a few bytes larger, tells the next run that this was tried.
            return Encoded(ZSTD, (pack_frame(raw, 1),))
        # Trust nothing that cannot be undone: this becomes the only copy.
        back = memoryview(bytearray(len(raw)))
        base = next((frame.data for frame in frames if frame.oid == found.base), None)
        stored = b"".join(found.pieces)
        decode(found.encoding, memoryview(stored), back, base)
        if not same(back, raw):
            msg = f"The object {oid.hex()} cannot be encoded; it stays as it is."
            raise CorruptionError(msg, code="codec-failed", hint="mvt fsck")
        return Encoded(found.encoding, (stored,), found.base)

    def _keyframes(self, use: Use) -> list[Keyframe]:
        from jupyter_mvt.store.codecs import Keyframe

        if use.slot is None:
            return []
        found = []
        for oid in self.frames.get(use.slot, ()):
            for place in self.store.index.find(oid):
                data = self._read(oid, place) if place.encoding != DELTA else None
                if data is not None:
                    found.append(Keyframe(oid, data))
                    break
        return found

    def _read(self, oid: bytes, place: Place) -> memoryview | None:
        """Return an object, verified; ``None`` when no copy of it is sound."""
        data = memoryview(bytearray(place.size))
        for copy in (place, *self.store.index.find(oid)):
            if copy.size == place.size and not self.store.check(oid, copy, data):
                return data
        return None


def _drop(
    store: Store, run: _Run, clock: Clock, actor: str, tool: str, grace_us: int
) -> tuple[str, ...]:
    """Say in the log which old packs are needed no more; return them."""
    dropped: tuple[str, ...] = ()
    sound: dict[Place, bool] = {}

    def draft(view: View) -> Operation:
        nonlocal dropped
        dropped = _covered(store, run, view, sound)
        if not dropped:
            msg = "There is nothing to drop."
            raise ConflictError(msg, code="nothing-to-drop")
        now = clock.now_us()
        return oplog.follow(
            view, token=clock.token(), time_us=now, actor=actor, tool=tool, verb="pack",
            changes=trash.doom(dropped, now + grace_us),
        )  # fmt: skip

    try:
        oplog.append(store, draft)
    except ConflictError as error:
        if error.code != "nothing-to-drop":
            raise
        return ()
    return dropped


def _covered(store: Store, run: _Run, view: View, sound: dict[Place, bool]) -> tuple[str, ...]:
    """Return the old packs of which everything has a sound copy in packs that stay."""
    store.index.refresh()
    old = run.plan.rewritten
    marks = trash.packs(view)
    leaving = old.keys() - marks
    frames = run.plan.pinned | store.keyframes(oid for rows in old.values() for oid, _ in rows)

    def stays(oid: bytes) -> bool:
        for place in store.index.find(oid):
            if place.pack in marks or place.pack in leaving:
                continue
            if place.encoding == DELTA and oid in frames:
                continue
            if place not in sound:
                sound[place] = place.pack in run.written or not store.check(oid, place)
            if sound[place]:
                return True
        return False

    return tuple(sorted(key for key in leaving if all(stays(oid) for oid, _ in old[key])))
