"""What each version and branch takes on disk, and what dropping versions would free.

Every object is looked at once: who needs it is gathered as a set of branches, in bits, and as the
one version or none that has it to itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import filterfalse
from typing import TYPE_CHECKING

from jupyter_mvt.history.gc import freed_by
from jupyter_mvt.history.results import Usage, UsageRow, span
from jupyter_mvt.history.retention import protected
from jupyter_mvt.objects.settings import read_settings
from jupyter_mvt.store import layout, oplog, trash
from jupyter_mvt.store.ancestry import parents
from jupyter_mvt.store.needs import Marker, versions
from jupyter_mvt.store.outlines import outlines
from jupyter_mvt.store.quota import used_bytes
from jupyter_mvt.store.tables import needed_tables

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = ["usage"]


@dataclass(slots=True)
class _Tally:
    """What all versions need.

    Attributes
    ----------
    needs
        Version → all objects that it needs, keyframes of differences among them.
    users
        Object → how many versions need it.
    lines
        Object → bits of the branches on whose lines a version needs it.
    sizes
        Object → stored bytes, of its copy that is not dropped if there is one.
    full_bytes
        What all versions would take if each was stored by itself, as it is.
    """

    needs: dict[ObjectId, frozenset[bytes]] = field(default_factory=dict)
    users: Counter[bytes] = field(default_factory=Counter)
    lines: dict[bytes, int] = field(default_factory=dict)
    sizes: dict[bytes, int] = field(default_factory=dict)
    full_bytes: int = 0


def usage(handle: Handle) -> Usage:
    """Return exact figures: bytes as stored, shared ones counted once in each sum.

    Raises
    ------
    CorruptionError
        What a version needs cannot be read.
    """
    store = handle.store
    view = oplog.current(store)
    tally = _tally(handle, view)
    droppable = _droppable(handle, view)
    free, dropped = freed_by(handle, view, (), droppable)
    return Usage(
        stored_bytes=used_bytes(store),
        full_bytes=tally.full_bytes,
        trash_bytes=sum(_file_size(handle, key) for key in trash.packs(view)),
        free_bytes=free,
        quota_bytes=read_settings(view).quota_bytes,
        droppable=span(view.commits[oid].number for oid in droppable),
        droppable_bytes=dropped,
        branches=_branches(view, tally),
        versions=_versions(handle, view, tally),
        tables_bytes=sum(_file_size(handle, key) for key in needed_tables(view)),
    )


def _tally(handle: Handle, view: View) -> _Tally:
    store = handle.store
    marker, index = Marker(store), store.index
    index.refresh()
    dropped = trash.packs(view)
    tally, lines = _Tally(), _lines(handle, view)
    plain: dict[bytes, int] = {}
    bases: dict[bytes, set[bytes]] = {}

    def look_at(raw: bytes) -> None:
        places = index.find(raw)
        plain[raw] = places[0].size if places else 0
        live = [place.stored for place in places if place.pack not in dropped]
        tally.sizes[raw] = min(live or [place.stored for place in places], default=0)
        # Nothing is a difference from a difference in the packs that we write; others may be.
        bases[raw] = set(marker.keyframes((raw,))) if marker.bases(raw) else set()

    for oid in versions(view):
        objects = marker.objects(oid, thin=trash.is_thin(view, oid))
        for raw in filterfalse(plain.__contains__, objects):
            look_at(raw)
        tally.full_bytes += sum(map(plain.__getitem__, objects))
        needed = objects.union(*map(bases.__getitem__, objects))
        for raw in filterfalse(plain.__contains__, needed):
            look_at(raw)
        tally.needs[oid] = needed
        tally.users.update(needed)
        for raw in needed:
            tally.lines[raw] = tally.lines.get(raw, 0) | lines[oid]
    return tally


def _lines(handle: Handle, view: View) -> dict[ObjectId, int]:
    """Return version → bits of the branches that it is on; one bit more for being on none."""
    known = parents(handle.store)
    found = dict.fromkeys(versions(view), 0)
    for bit, tip in enumerate(view.branches.values()):
        found[tip] |= 1 << bit
    for oid in reversed(found):
        for parent in known[oid]:
            found[parent] |= found[oid]
    nowhere = 1 << len(view.branches)
    return {oid: bits or nowhere for oid, bits in found.items()}


def _file_size(handle: Handle, key: str) -> int:
    stat = handle.store.backend.stat(layout.check_key(key))
    return 0 if stat is None else stat.size


def _droppable(handle: Handle, view: View) -> list[ObjectId]:
    """Return whole versions that no label, tag or branch tip holds."""
    held = protected(handle.store, view) | {*view.tags.values(), *view.branches.values()}
    return [oid for oid in versions(view) if oid not in held and not trash.is_thin(view, oid)]


def _versions(handle: Handle, view: View, tally: _Tally) -> tuple[UsageRow, ...]:
    told, users, size = outlines(handle.store), tally.users, tally.sizes.__getitem__
    rows = [
        UsageRow(
            name=f"v{view.commits[oid].number}",
            branch=told[oid].branch,
            total_bytes=sum(map(size, needed)),
            own_bytes=sum(size(raw) for raw in needed if users[raw] == 1),
            thin=trash.is_thin(view, oid),
            message=told[oid].message,
        )
        for oid, needed in tally.needs.items()
    ]
    return tuple(reversed(rows))


def _branches(view: View, tally: _Tally) -> tuple[UsageRow, ...]:
    together: Counter[int] = Counter()
    for raw, bits in tally.lines.items():
        together[bits] += tally.sizes[raw]
    return tuple(
        UsageRow(
            name=name,
            total_bytes=sum(size for bits, size in together.items() if bits & 1 << bit),
            own_bytes=together[1 << bit],
        )
        for bit, name in enumerate(view.branches)
    )
