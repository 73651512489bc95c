"""What each version and branch takes on disk, and what dropping versions would free."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jupyter_mvt.history.gc import gc
from jupyter_mvt.history.graph import ancestors
from jupyter_mvt.history.results import Usage, UsageRow, span
from jupyter_mvt.history.retention import protected
from jupyter_mvt.objects.settings import read_settings
from jupyter_mvt.store import layout, oplog, trash
from jupyter_mvt.store.gc import Marker, versions
from jupyter_mvt.store.quota import used_bytes
from jupyter_mvt.store.tables import needed_tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = ["usage"]


def usage(handle: Handle) -> Usage:
    """Return exact figures: bytes as stored, shared ones counted once in each sum.

    Raises
    ------
    CorruptionError
        What a version needs cannot be read.
    """
    store = handle.store
    view = oplog.current(store)
    sizes = _sizes(handle, view)
    marker = Marker(store)
    needs = {oid: _needs(marker, oid, thin=trash.is_thin(view, oid)) for oid in versions(view)}
    free = gc(handle, dry_run=True)
    droppable = _droppable(handle, view)
    names = [f"v{view.commits[oid].number}" for oid in droppable]
    dropped = gc(handle, dry_run=True, drop=names) if names else free
    whole = (marker.objects(oid, thin=trash.is_thin(view, oid)) for oid in needs)
    full = sum(_plain_size(handle, raw) for objects in whole for raw in objects)
    return Usage(
        stored_bytes=used_bytes(store),
        full_bytes=full,
        trash_bytes=sum(_file_size(handle, key) for key in trash.packs(view)),
        free_bytes=free.freed_bytes,
        quota_bytes=read_settings(view).quota_bytes,
        droppable=span(view.commits[oid].number for oid in droppable),
        droppable_bytes=dropped.freed_bytes,
        branches=_branches(handle, view, needs, sizes),
        versions=_versions(handle, view, needs, sizes),
        tables_bytes=sum(_file_size(handle, key) for key in needed_tables(view)),
    )


def _needs(marker: Marker, oid: ObjectId, *, thin: bool) -> frozenset[bytes]:
    objects = marker.objects(oid, thin=thin)
    return objects | marker.keyframes(objects)


def _sizes(handle: Handle, view: View) -> dict[bytes, int]:
    """Return object → stored bytes, of its copy that is not dropped if there is one."""
    index = handle.store.index
    index.refresh()
    dropped = trash.packs(view)
    sizes: dict[bytes, int] = {}
    marker = Marker(handle.store)
    for raw in marker.live(view, ()):
        places = sorted(index.find(raw), key=lambda place: (place.pack in dropped, place.stored))
        if places:
            sizes[raw] = places[0].stored
    return sizes


def _plain_size(handle: Handle, raw: bytes) -> int:
    places = handle.store.index.find(raw)
    return places[0].size if places else 0


def _file_size(handle: Handle, key: str) -> int:
    stat = handle.store.backend.stat(layout.check_key(key))
    return 0 if stat is None else stat.size


def _droppable(handle: Handle, view: View) -> list[ObjectId]:
    """Return whole versions that no label, tag or branch tip holds."""
    held = protected(handle.store, view) | {*view.tags.values(), *view.branches.values()}
    return [oid for oid in versions(view) if oid not in held and not trash.is_thin(view, oid)]


def _versions(
    handle: Handle, view: View, needs: dict[ObjectId, frozenset[bytes]], sizes: dict[bytes, int]
) -> tuple[UsageRow, ...]:
    users = Counter(raw for needed in needs.values() for raw in needed)
    rows = [
        UsageRow(
            name=f"v{view.commits[oid].number}",
            branch=oplog.commit_object(handle.store, oid).branch,
            total_bytes=sum(sizes.get(raw, 0) for raw in needed),
            own_bytes=sum(sizes.get(raw, 0) for raw in needed if users[raw] == 1),
            thin=trash.is_thin(view, oid),
            message=oplog.commit_object(handle.store, oid).message,
        )
        for oid, needed in needs.items()
    ]
    return tuple(reversed(rows))


def _branches(
    handle: Handle, view: View, needs: dict[ObjectId, frozenset[bytes]], sizes: dict[bytes, int]
) -> tuple[UsageRow, ...]:
    lines = {name: set(ancestors(handle.store, view, [tip])) for name, tip in view.branches.items()}
    rows = []
    for name, line in lines.items():
        elsewhere = _union(needs[oid] for oid in needs if oid not in line)
        for other, theirs in lines.items():
            if other != name:
                elsewhere |= _union(needs[oid] for oid in theirs)
        mine = _union(needs[oid] for oid in line)
        rows.append(
            UsageRow(
                name=name,
                total_bytes=sum(sizes.get(raw, 0) for raw in mine),
                own_bytes=sum(sizes.get(raw, 0) for raw in mine - elsewhere),
            )
        )
    return tuple(rows)


def _union(sets: Iterable[frozenset[bytes]]) -> set[bytes]:
    return set().union(*sets)
