"""What is still needed, which packs are not, and how they go: mark, trash, delete.

Nothing here decides which versions are kept whole (`history.retention`) or writes to the log
(`history.gc`). A pack that is dropped stays where it is, readable, until it may be deleted; so
readers, and writers that began before, are never in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from jupyter_mvt.errors import ConflictError, CorruptionError, NotFoundError, StorageError
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.progress import told
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout, trash
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.needs import Marker
from jupyter_mvt.store.pack import (
    ALIGNED,
    HEADER,
    PAGE,
    RAW,
    ROW,
    SMALL_ALIGN,
    TRAILER,
    PackStream,
    Row,
    read_rows,
)
from jupyter_mvt.store.store import Store

__all__ = [
    "ASKED", "Deletion", "Sweep", "bring_back", "delete_gone", "drop_safely", "given_up",
    "move_survivors", "sweep",
]  # fmt: skip


ASKED = 0.05
"""Part of a pack that must be needed no more, where somebody said which versions shall go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What dropping dead objects comes to.

    Attributes
    ----------
    packs
        Keys of the packs to drop.
    moved
        Objects in them that are needed and nowhere else, with where they are.
    freed_bytes
        Size of `packs`, less that of the pack that `moved` becomes.
    damaged
        Packs that are kept because the only other copy of something in them is damaged.
    """

    packs: tuple[str, ...]
    moved: tuple[tuple[str, Row], ...]
    freed_bytes: int
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What deleting came to: the bytes that are free now, and the keys of files in use."""

    freed_bytes: int = 0
    busy: tuple[str, ...] = ()


def sweep(
    store: Store, view: View, live: Collection[bytes], *, dead: float = 0.5,
    remembered: bool = False,
) -> Sweep:  # fmt: skip
    """Return which packs can be dropped: those of which more than the part `dead` is not needed.

    Of several copies, the one in the largest pack counts. A copy that others are dropped for is
    read and verified first. With `remembered`, the packs' indexes are not read once more, which
    does for telling but not for dropping.
    """
    store.index.refresh()
    packs = _remembered(store, view) if remembered else _inventory(store, view)
    home: dict[bytes, tuple[str, Row]] = {}
    used = dict.fromkeys(packs, 0)
    for key in sorted(packs, key=lambda key: (-packs[key][0], key)):
        for row in packs[key][1]:
            if row.oid in live and row.oid not in home:
                home[row.oid] = (key, row)
                used[key] += row.stored
    dropped = {key for key, (size, _) in packs.items() if used[key] < (1 - dead) * size}
    damaged = _unsound(store, packs, home, dropped)
    dropped -= damaged
    moved = tuple(
        (key, row) for key in sorted(dropped) for row in packs[key][1]
        if home.get(row.oid) == (key, row)
    )  # fmt: skip
    freed = sum(packs[key][0] for key in dropped) - _packed_size(row for _, row in moved)
    if freed <= 0:
        return Sweep(packs=(), moved=(), freed_bytes=0, damaged=tuple(sorted(damaged)))
    return Sweep(packs=tuple(sorted(dropped)), moved=moved, freed_bytes=freed,
                 damaged=tuple(sorted(damaged)))  # fmt: skip


def _inventory(store: Store, view: View) -> dict[str, tuple[int, list[Row]]]:
    """Return key → size and rows of every pack that is not dropped and can be read."""
    gone = trash.packs(view)
    found = {}
    for key in store.backend.list(layout.PACKS):
        stat = store.backend.stat(key)
        if key in gone or stat is None:
            continue
        try:
            found[key] = (stat.size, read_rows(store.backend, key))
        except (CorruptionError, NotFoundError):
            continue  # fsck names it; what it holds cannot be told, so it stays
    return found


def _remembered(store: Store, view: View) -> dict[str, tuple[int, list[Row]]]:
    """Return `_inventory` as this process knows it."""
    gone = trash.packs(view)
    found = {}
    for key, rows in store.index.rows().items():
        stat = store.backend.stat(key)
        if key not in gone and stat is not None:
            found[key] = (stat.size, rows)
    return found


def _unsound(
    store: Store,
    packs: dict[str, tuple[int, list[Row]]],
    home: dict[bytes, tuple[str, Row]],
    dropped: Collection[str],
) -> set[str]:
    """Return packs of `dropped` that hold an object whose copy elsewhere is damaged."""
    unsound: set[bytes] = set()
    holders: dict[bytes, set[str]] = {}
    for key in dropped:
        for row in packs[key][1]:
            if row.oid in home:
                holders.setdefault(row.oid, set()).add(key)
    with told(store.progress, "Verifying", sum(home[oid][1].stored for oid in holders)):
        for oid in holders:
            key, row = home[oid]
            if store.check(oid, Place(key, *row[1:])):
                unsound.add(oid)
            store.progress.advance(row.stored)
    return {key for oid in unsound for key in holders[oid]}


def _packed_size(rows: Iterable[Row]) -> int:
    """Return the size of a pack of these objects; none is no pack."""
    at, count = len(HEADER), 0
    for row in rows:
        is_aligned = row.encoding == RAW and row.size >= ALIGNED
        at += -at % (PAGE if is_aligned else SMALL_ALIGN) + row.stored
        count += 1
    return at + count * ROW.size + TRAILER.size if count else 0


def move_survivors(store: Store, view: View, found: Sweep) -> str | None:
    """Write the objects that are still needed into a pack of their own; return its key."""
    if not found.moved:
        return None
    out = store.backend.writer()
    try:
        stream = PackStream(out)
        with told(store.progress, "Moving", sum(row.stored for _, row in found.moved)):
            for key, row in found.moved:
                data = store.backend.get_range(key, row.offset, row.stored)
                if fault := store.check(row.oid, Place(key, *row[1:])):
                    msg = f"The object {row.oid.hex()} in {key} is corrupt: {fault}."
                    raise CorruptionError(msg, code="corrupt-object", hint="mvt fsck")
                stream.add_encoded(row, (data,))
                store.progress.advance(row.stored)
        made = stream.finish(avoid=trash.packs(view))
    finally:
        out.abort()
    store.index.add(made, stream.table)
    return made


def drop_safely(
    store: Store, view: View, packs: Collection[str], live: Collection[bytes]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which of `packs` may be dropped in `view`, and which dropped ones must come back.

    Whatever is needed stays in a pack that is not dropped, whoever wrote to the log meanwhile.
    """
    marks = trash.deadlines(view)
    for key in store.backend.list(layout.PACKS):
        stat = None if key in store.index.damaged else store.backend.stat(key)
        # Another process may have published it and not yet made sure that it survives a cut.
        if key not in marks and stat is not None and not stat.settled:
            store.backend.settle(key)
    store.index.refresh()
    leaving, back = set(packs), set[str]()
    for oid in live:
        places = [place.pack for place in store.index.find(oid)]
        if any(key not in marks and key not in leaving for key in places):
            continue
        if kept := leaving.intersection(places) - marks.keys():
            leaving -= kept
        elif waiting := [key for key in places if marks.get(key, trash.GONE) != trash.GONE]:
            back.add(waiting[0])
            marks.pop(waiting[0])
    return tuple(sorted(leaving - marks.keys())), tuple(sorted(back))


def bring_back(store: Store, view: View, marker: Marker, whole: Iterable[ObjectId]) -> set[str]:
    """Return which packs must leave the trash so that versions are `whole` again.

    Raises
    ------
    ConflictError
        Some of their content is deleted (code ``gc-final``).
    """
    store.index.refresh()
    marks = trash.deadlines(view)
    back: set[str] = set()
    for version in whole:
        try:
            needed = marker.objects(version)
        except CorruptionError as error:
            raise _final(view, version) from error
        for oid in needed | marker.keyframes(needed):
            places = [place.pack for place in store.index.find(oid)]
            if any(key not in marks or key in back for key in places):
                continue
            waiting = [key for key in places if marks[key] != trash.GONE]
            if not waiting:
                raise _final(view, version)
            back.add(waiting[0])
    return back


def _final(view: View, version: ObjectId) -> ConflictError:
    msg = f"What gc dropped of v{view.commits[version].number} is deleted: its grace period ended."
    return ConflictError(msg, code="gc-final", hint="mvt oplog")


def given_up(store: Store, view: View) -> dict[str, int]:
    """Return key → size of each file that is still there although the log has given it up."""
    sizes = {}
    listed = set(store.backend.list(layout.PACKS))
    for key, mark in trash.deadlines(view).items():
        stat = store.backend.stat(key) if mark == trash.GONE else None
        if stat is not None:
            sizes[key] = stat.size
        elif mark == trash.GONE and key in listed:
            sizes[key] = 0  # a link that leads nowhere
    return sizes


def delete_gone(
    store: Store, gone: Mapping[str, int], stop: Callable[[], bool] = lambda: False
) -> Deletion:
    """Delete what the log has given up.

    Stopped in between, it leaves the others to the next time; so it does with what is in use.
    """
    freed, busy = 0, []
    with told(store.progress, "Deleting", sum(gone.values())):
        for key, size in gone.items():
            if stop():
                break
            try:
                store.backend.delete(key)
                freed += size
            except StorageError as error:
                if error.code != "busy":
                    raise
                busy.append(key)
            store.progress.advance(size)
    store.index.refresh()
    return Deletion(freed_bytes=freed, busy=tuple(busy))
