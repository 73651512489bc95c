"""Drop what no version needs, and the content of versions that the policy lets go.

Two operations at most: one that makes versions thin and puts packs into the trash, which undo
takes back while the grace period lasts; and one after which expired packs are deleted.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jupyter_mvt.errors import ConflictError, StorageError
from jupyter_mvt.history.naming import name_of, version_ref
from jupyter_mvt.history.ranges import named, parts
from jupyter_mvt.history.results import GcReport, span
from jupyter_mvt.history.retention import protected, whole
from jupyter_mvt.history.transaction import Plan, transact
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.settings import DAY_US, Settings, read_settings
from jupyter_mvt.store import oplog, reserve, trash
from jupyter_mvt.store.gc import (
    ASKED,
    Deletion,
    Sweep,
    bring_back,
    delete_gone,
    drop_safely,
    given_up,
    move_survivors,
    sweep,
)
from jupyter_mvt.store.needs import Marker, versions
from jupyter_mvt.store.outlines import outlines
from jupyter_mvt.store.tables import needed_tables, unneeded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.operation import Operation
    from jupyter_mvt.objects.view import View

__all__ = ["DELETE", "GC", "expire", "freed_by", "gc", "reversal"]

GC = "gc"
DELETE = "gc delete"


class _Nothing(Exception):
    """There is nothing to record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One gc at work."""

    handle: Handle
    marker: Marker
    settings: Settings
    now_us: int
    grace_us: int
    dropped: frozenset[ObjectId] = field(default_factory=frozenset)

    @property
    def dead(self) -> float:
        """From what unneeded part on a pack is written anew: who names versions wants the room."""
        return ASKED if self.dropped else 0.5

    def whole(self, view: View) -> set[ObjectId]:
        """Return the versions that the policy keeps whole."""
        since = self.now_us - self.grace_us
        return whole(self.handle.store, view, self.settings, self.now_us, since)

    def thin(self, view: View, kept: set[ObjectId] | None = None) -> list[ObjectId]:
        """Return the versions that become thin; `kept` saves asking for `whole` once more."""
        store = self.handle.store
        keep = self.whole(view) if kept is None else kept
        keep = keep - (self.dropped - protected(store, view))
        # What names as much without its payload has none to drop.
        laden = {oid for oid, told in outlines(store).items() if told.whole != told.thin}
        return [
            oid for oid in versions(view)
            if oid in laden and oid not in keep and not trash.is_thin(view, oid)
        ]  # fmt: skip


def gc(
    handle: Handle, *, dry_run: bool = False, drop: Iterable[object] = (),
    grace_days: float | None = None, stop: Callable[[], bool] = lambda: False,
) -> GcReport:  # fmt: skip
    """Free what is not needed.

    Parameters
    ----------
    dry_run
        Only tell what would be freed, to the byte.
    drop
        Versions whose content shall go whatever the policy says: revisions, or ``v3..v9``.
    grace_days
        Instead of the grace period of the settings; 0 deletes at once, and for good.
    stop
        Asked before anything is dropped and between deletions; what is left is for the next gc.

    Raises
    ------
    ConflictError
        A version of `drop` is needed (code ``version-needed``).
    UsageError
        It names a range that is none (code ``range-syntax``), or `grace_days` is no number of
        days (code ``bad-settings``).
    CorruptionError
        What a version needs cannot be read; nothing is dropped then.
    """
    view = oplog.current(handle.store)
    asked = parts(drop)
    work = _round(handle, view, _droppable(handle, view, asked), grace_days)
    thin = work.thin(view)
    live = work.marker.live(view, set(thin))
    found = sweep(handle.store, view, live, dead=work.dead, remembered=dry_run)
    tables = unneeded(handle.store, view)
    expired = _expired(work, view)
    number = left = 0
    if dry_run:
        deleted = Deletion(freed_bytes=sum(_size(handle, key) for key in expired))
    elif stop():
        return GcReport(dry_run=False, thin=(), packs=0, freed_bytes=0, deleted_bytes=0,
                        until_us=0, stopped=True)  # fmt: skip
    else:
        made, found = _moved(work, view, found)
        number = _drop(work, view, thin, found, set(tables), made)
        deleted = _delete(work, stop)
        waiting = set(_expired(work, oplog.current(handle.store))).difference(deleted.busy)
        left = sum(_size(handle, key) for key in waiting)
    return GcReport(
        dry_run=dry_run,
        thin=tuple(version_ref(handle.store, view, oid) for oid in thin),
        packs=len(found.packs),
        freed_bytes=found.freed_bytes + sum(tables.values()),
        tables=len(tables),
        deleted_bytes=deleted.freed_bytes,
        busy=deleted.busy,
        until_us=work.now_us + work.grace_us,
        damaged=found.damaged,
        operation=number,
        asked=asked,
        grace_days=work.grace_us / DAY_US,
        stopped=left > 0,
        left_bytes=left,
    )


def freed_by(handle: Handle, view: View, *wishes: Collection[ObjectId]) -> list[int]:
    """Return the bytes that gc would free for each set of versions that is let go."""
    work = _round(handle, view, ())
    kept = work.whole(view)
    freed = []
    for wish in wishes:
        asked = replace(work, dropped=frozenset(wish))
        live = work.marker.live(view, set(asked.thin(view, kept)))
        found = sweep(handle.store, view, live, dead=asked.dead, remembered=True)
        freed.append(found.freed_bytes)
    return freed


def _round(
    handle: Handle, view: View, dropped: Collection[ObjectId], grace_days: float | None = None
) -> _Round:
    settings = read_settings(view)
    if grace_days is not None:
        settings = replace(settings, grace_days=grace_days).check()
    return _Round(
        handle=handle, marker=Marker(handle.store), settings=settings,
        now_us=handle.clock.now_us(),
        grace_us=settings.grace_us,
        dropped=frozenset(dropped),
    )  # fmt: skip


def expire(handle: Handle) -> Deletion:
    """Delete what has waited long enough in the trash."""
    return _delete(_round(handle, oplog.current(handle.store), ()))


def reversal(handle: Handle, view: View, target: Operation) -> tuple[Change, ...]:
    """Return the changes that take the gc `target` back.

    Raises
    ------
    ConflictError
        What it dropped is deleted (code ``gc-final``), or nothing of it is left to take back.
    """
    again = [c for c in target.changes if c.ref.startswith("thin/") and view.ref(c.ref)]
    keys = {trash.key_of(c.ref) for c in target.changes if c.ref.startswith("trash/")}
    marks = trash.deadlines(view)
    gone = {key for key in keys if marks.get(key) == trash.GONE}
    whole_again = [ObjectId(c.new or "") for c in again]
    back = bring_back(handle.store, view, Marker(handle.store), whole_again)
    if gone and not again:
        msg = f"What operation {target.number} dropped is deleted: its grace period ended."
        raise ConflictError(msg, code="gc-final", hint="mvt oplog")
    changes = [Change(c.ref, c.new, None) for c in reversed(again)]
    changes += trash.restore(view, sorted(back | (keys - gone)))
    if not changes:
        msg = f"Nothing of operation {target.number} is left to take back."
        raise ConflictError(msg, code="undo-conflict", hint="mvt oplog")
    return tuple(changes)


def _moved(work: _Round, view: View, found: Sweep) -> tuple[str, Sweep]:
    """Copy what is needed out of the packs that go; return the new pack, and what can go then.

    On a full disk that may be impossible: then only packs go of which nothing is needed.
    """
    store = work.handle.store
    try:
        return reserve.spent(store.backend, move_survivors, store, view, found) or "", found
    except StorageError as error:
        keys = set(found.packs) - {key for key, _ in found.moved}
        if error.code != "disk-full" or not keys:
            raise
    freed = sum(_size(work.handle, key) for key in keys)
    return "", replace(found, packs=tuple(sorted(keys)), moved=(), freed_bytes=freed)


def _drop(
    work: _Round, seen: View, thin: list[ObjectId], found: Sweep, tables: set[str], made: str
) -> int:
    """Record what is dropped; return the operation's number, 0 when there is nothing."""
    store = work.handle.store

    def plan(view: View) -> Plan:
        # Others may have written since: only what still may go, goes.
        still = set(thin) if view.number == seen.number else set(thin).intersection(work.thin(view))
        live = work.marker.live(view, still)
        packs, back = drop_safely(store, view, found.packs, live)
        going = (*packs, *sorted(tables.intersection(unneeded(store, view))))
        if not still and not going and not back:
            raise _Nothing
        changes = trash.thin(oid for oid in thin if oid in still)
        changes += trash.doom(going, work.now_us + work.grace_us) + trash.restore(view, back)
        reason = f"{span([view.commits[oid].number for oid in still])} thin" if still else ""
        detail = {"freed_bytes": found.freed_bytes, "moved_to": made}
        return Plan(changes=changes, reason=reason, detail=detail)

    try:
        return transact(work.handle, GC, plan)[0].number
    except _Nothing:
        return 0


def _expired(work: _Round, view: View) -> list[str]:
    marks = trash.deadlines(view)
    return [key for key, mark in marks.items() if mark == trash.GONE or int(mark) <= work.now_us]


def _delete(work: _Round, stop: Callable[[], bool] = lambda: False) -> Deletion:
    """Delete what has waited long enough."""
    store = work.handle.store

    def plan(view: View) -> Plan:
        marks = trash.deadlines(view)
        due = [key for key in _expired(work, view) if marks[key] != trash.GONE]
        if not due:
            raise _Nothing
        # The last look: what has come to be needed again is taken out of the trash instead.
        _, packs = drop_safely(store, view, (), work.marker.live(view, ()))
        back = {*packs, *needed_tables(view).keys() & set(due)}
        due = [key for key in due if key not in back]
        return Plan(changes=trash.condemn(view, due) + trash.restore(view, sorted(back)))

    with suppress(_Nothing):
        transact(work.handle, DELETE, plan)
    deleted = delete_gone(store, given_up(store, oplog.current(store)), stop)
    if deleted.freed_bytes and store.root is not None:
        reserve.keep(store.backend)
    return deleted


def _size(handle: Handle, key: str) -> int:
    stat = handle.store.backend.stat(key)
    return 0 if stat is None else stat.size


def _droppable(handle: Handle, view: View, words: Sequence[str]) -> set[ObjectId]:
    """Return the versions that `words` name.

    Raises
    ------
    ConflictError
        One of them must stay whole (code ``version-needed``).
    """
    chosen = named(handle, view, words)
    needed = dict.fromkeys(protected(handle.store, view), "labelled, or an ancestor of what is")
    needed |= dict.fromkeys(view.tags.values(), "tagged")
    needed |= {oid: f"the newest of {name}" for name, oid in view.branches.items()}
    for oid in sorted(chosen & needed.keys(), key=lambda oid: view.commits[oid].number):
        msg = f"{name_of(view, oid)} cannot be dropped: it is {needed[oid]}."
        raise ConflictError(msg, code="version-needed", hint="mvt du")
    return chosen
