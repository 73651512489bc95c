"""Packing: old versions are encoded and small packs joined, without being in anybody's way.

New packs are written, synced and published first; one operation then says which old ones are
dropped, and they stay readable until `gc` deletes them. Whenever it is killed, nothing is lost
but the work: objects may be there twice, and the next run sees that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import ConflictError
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.operation import Operation
from jupyter_mvt.objects.progress import told
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import oplog, trash
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.pack import DELTA, PackStream
from jupyter_mvt.store.packplan import Line, Plan, make_plan
from jupyter_mvt.store.recode import Made, Recoder
from jupyter_mvt.store.store import Store

if TYPE_CHECKING:
    from jupyter_mvt.store.backend import ObjectWriter

__all__ = ["GRACE_US", "PackReport", "pack"]

GRACE_US = 24 * 3600 * 10**6
"""How long old packs stay for readers and writers that began before."""

_TARGET = 64 << 20
_IN_FLIGHT = 3
_KEYFRAME = 32


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

    @property
    def saved_bytes(self) -> int:
        """What the repository is smaller by once the old packs are deleted."""
        return self.before_bytes - self.after_bytes

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
    session: str = "",
    grace_us: int = GRACE_US,
    threads: int = 2,
    stop: Callable[[], bool] = lambda: False,
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
    clock, actor, tool, session
        For the operation that says what was dropped.
    grace_us
        How long the old packs stay at least.
    threads
        How many encode at a time; with 0 it is done by the thread that calls.
    stop
        Asked between objects; what was done until then counts. It may wait: then all waits.
    """
    view = oplog.current(store)
    plan = make_plan(store, view, last=last, everything=everything, stop=stop)
    if not plan.rewritten:
        return PackReport(finished=not stop())
    run = _Run(store, plan, stop, Recoder(store, plan, stop))
    total = sum(place.stored for place in plan.wanted.values())
    with told(store.progress, "Packing", total):
        if threads:
            with ThreadPoolExecutor(threads) as pool:
                finished = run.write(pool)
        else:
            finished = run.write(None)
    clock = clock or Clock()

    def operation(view: View, dropped: tuple[str, ...]) -> Operation:
        now = clock.now_us()
        return oplog.follow(
            view, token=clock.token(), time_us=now, actor=actor, tool=tool, session=session,
            verb="pack", changes=trash.doom(dropped, now + grace_us),
            detail={"before_bytes": run.before(dropped), "after_bytes": run.after},
        )  # fmt: skip

    dropped = _drop(store, run, operation)
    return PackReport(
        dropped=dropped,
        written=tuple(run.written),
        encoded=run.encoded,
        before_bytes=run.before(dropped),
        after_bytes=run.after,
        finished=finished,
    )


@dataclass(slots=True)
class _Run:
    store: Store
    plan: Plan
    stop: Callable[[], bool]
    recoder: Recoder
    written: list[str] = field(default_factory=list)
    encoded: int = 0
    after: int = 0
    bases: dict[bytes, bytes] = field(default_factory=dict)
    stream: PackStream | None = None
    out: ObjectWriter | None = None

    def before(self, dropped: Iterable[str]) -> int:
        """Return the stored size of what packs held."""
        return sum(place.stored for key in dropped for _, place in self.plan.rewritten[key])

    def keyframes(self, oids: Iterable[bytes]) -> set[bytes]:
        """Return the objects that copies of `oids` are differences from."""
        return {
            self.bases[oid] if place.pack in self.written else self.store.keyframe(place)
            for oid in oids
            for place in self.store.index.find(oid)
            if place.encoding == DELTA
        }

    def write(self, pool: ThreadPoolExecutor | None) -> bool:
        """Write everything that is wanted; tell whether it was not stopped."""
        try:
            for group in self.plan.lines():
                for line in self._made(pool, group):
                    for made in line:
                        self._keep(made)
                if self.stop():
                    break
            else:
                self._finish()
                return True
            self._finish()
            return False
        finally:
            if self.out is not None:
                self.out.abort()

    def _made(self, pool: ThreadPoolExecutor | None, group: list[Line]) -> Iterator[list[Made]]:
        if pool is None:
            yield from map(self.recoder.make, group)
            return
        flying: deque[Future[list[Made]]] = deque()
        for line in group:
            flying.append(pool.submit(self.recoder.make, line))
            if len(flying) > _IN_FLIGHT:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()

    def _keep(self, made: Made) -> None:
        row = made.row
        before = self.plan.wanted[row.oid]
        if made.pieces or not row.size:
            if self.stream is None:
                self.out = self.store.backend.writer()
                self.stream = PackStream(self.out)
            self.stream.add_encoded(row, made.pieces)
            if row.encoding == DELTA:
                self.bases[row.oid] = bytes(made.pieces[0][:_KEYFRAME])
            self.encoded += row.encoding != before.encoding
            self.after += row.stored
            if self.stream.size > _TARGET:
                self._finish()
        self.store.progress.advance(before.stored)

    def _finish(self) -> None:
        if self.stream is None:
            return
        key = self.stream.finish(avoid=trash.packs(oplog.current(self.store)))
        self.store.index.add(key, self.stream.table)
        self.written.append(key)
        self.stream = self.out = None


def _drop(
    store: Store, run: _Run, operation: Callable[[View, tuple[str, ...]], Operation]
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
        return operation(view, dropped)

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
    frames = run.plan.pinned | run.keyframes(oid for rows in old.values() for oid, _ in rows)

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
