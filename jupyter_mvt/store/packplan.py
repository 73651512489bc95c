"""What is worth packing: which objects are hot, what they are, and which packs to write anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from jupyter_mvt.errors import CorruptionError, NotFoundError
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.manifest import Entry, Manifest
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout, oplog, trash
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.pack import DELTA, LARGEST_ENCODED, RAW, read_rows
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.store import Store

__all__ = ["SMALLEST", "Line", "Plan", "Slot", "Use", "item_size", "make_plan"]

SMALLEST = 64
"""Smaller objects are not worth encoding."""

_LITTLE = 8 << 10
_SMALL_PACK = 16 << 20
_MANY = 8
_WASTE = 10

Slot: TypeAlias = tuple[str, str, int, int]
"""Bundle, path, dtype's item size and number of a chunk: what versions have in common."""

Line: TypeAlias = "list[tuple[bytes, Use]]"
"""Objects in the order in which they are made, those of one slot in that of their versions."""

_TOGETHER = 16
_LOOSE = 32

_NUMBER = re.compile(r"(?:b?float|u?int|complex)(\d+)(?:_\w+)?\Z")


@dataclass(frozen=True, slots=True)
class Use:
    """What an object is used as, in the first version that has it."""

    item: int = 0
    slot: Slot | None = None


@dataclass(slots=True)
class Plan:
    """What a run of the packer does.

    Attributes
    ----------
    uses
        Every object that a version needs, in order of the versions.
    turns
        How many of `uses` there are up to each version.
    hot
        Objects that are to be kept as they are.
    pinned
        Objects that others are differences from.
    rewritten
        Packs to be replaced, with their copies.
    wanted
        Objects to be written, each with the copy that it is read from.
    minor
        Those of them that are so small beside the rest that a search for the smallest encoding
        would take more time than it saves room.
    """

    uses: dict[bytes, Use] = field(default_factory=dict)
    turns: list[int] = field(default_factory=list)
    hot: set[bytes] = field(default_factory=set)
    pinned: set[bytes] = field(default_factory=set)
    rewritten: dict[str, list[tuple[bytes, Place]]] = field(default_factory=dict)
    wanted: dict[bytes, Place] = field(default_factory=dict)
    minor: set[bytes] = field(default_factory=set)

    def lines(self) -> Iterator[list[Line]]:
        """Return all objects in groups of few versions, in each one line a slot.

        What one line does, depends on no other of its group. Objects of one slot that are made
        one after the other need their keyframe read but once; and that a pack holds few
        versions keeps each readable from few packs, and lets a run be stopped in between.
        """
        uses = list(self.uses.items())
        start = 0
        for end in (*self.turns[_TOGETHER - 1 :: _TOGETHER], len(uses)):
            if end > start:
                yield _lines(uses[start:end])
            start = max(start, end)
        yield _lines([(oid, Use()) for oid in self.wanted if oid not in self.uses])

    def as_it_should(self, oid: bytes, place: Place) -> bool:
        """Tell whether a copy is encoded as it should be."""
        if oid in self.pinned and place.encoding == DELTA:
            return False
        if oid in self.hot or not SMALLEST <= place.size <= LARGEST_ENCODED:
            return place.encoding == RAW
        return place.encoding != RAW or oid not in self.uses


def _lines(uses: list[tuple[bytes, Use]]) -> list[Line]:
    found: dict[Slot | int, Line] = {}
    for i, (oid, use) in enumerate(uses):
        # What no others are like is only kept from being one task each.
        key = i // _LOOSE if use.slot is None else use.slot
        found.setdefault(key, []).append((oid, use))
    return list(found.values())


def make_plan(
    store: Store, view: View, *, last: int, everything: bool,
    stop: Callable[[], bool] = lambda: False,
) -> Plan:  # fmt: skip
    """Return what is to be packed as the log is in `view`.

    Versions on which a branch, tag or label stands, and the `last` ones, are hot, unless
    `everything` is to be packed. When it is told to `stop`, there is nothing to do.
    """
    store.index.refresh()
    plan = Plan()
    versions = list(islice(view.commits, view.count))
    hot = {*view.branches.values(), *view.tags.values(), *view.labels.values()}
    hot |= set(versions[len(versions) - last :]) if last else set()
    for version in versions:
        if stop():
            return Plan()
        needed = _walk(store, view, plan, version)
        plan.turns.append(len(plan.uses))
        if version in hot and not everything:
            plan.hot |= needed
    _choose(store, view, plan)
    return plan


class _Once:
    """Reads what describes one version; each manifest but once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._manifests: dict[ObjectId, Manifest] = {}

    def blob(self, oid: ObjectId) -> bytes:
        """See `ObjectReader.blob`."""
        return self._store.blob(oid)

    def manifest(self, oid: ObjectId) -> Manifest:
        """See `ObjectReader.manifest`."""
        if oid not in self._manifests:
            self._manifests[oid] = self._store.manifest(oid)
        return self._manifests[oid]

    def content(self, entry: Entry) -> memoryview:
        """See `ObjectReader.content`."""
        return self._store.content(entry)

    def pieces(self, entry: Entry) -> Iterator[memoryview]:
        """See `ObjectReader.pieces`."""
        return self._store.pieces(entry)

    def ahead(self, entries: Iterable[Entry]) -> Callable[[Entry], memoryview]:
        """See `ObjectReader.ahead`."""
        return self._store.ahead(entries)


def item_size(dtype: str) -> int:
    """Return the size of one number of a dtype, 0 for what is not numbers."""
    if dtype == "bool":
        return 1
    if dtype[:3] in ("<M8", "<m8"):
        return 8
    found = _NUMBER.match(dtype)
    if found is None:
        return 0
    size = int(found[1]) // (16 if dtype.startswith("complex") else 8)
    return size if size in (1, 2, 4, 8) else 0


def _walk(store: Store, view: View, plan: Plan, version: ObjectId) -> set[bytes]:
    """Add what a version needs to the plan's uses; return it."""
    thin = trash.is_thin(view, version)
    content = oplog.commit_object(store, version).content
    reader = _Once(store)
    found = reach(reader, content, thin=thin)
    if not thin:
        for bundle, manifest in _bundles(content):
            _add_chunks(reader, plan, bundle, manifest)
    needed = {bytes.fromhex(oid) for oid in (*found.manifests, *found.blobs, *found.chunks)}
    for oid in sorted(needed - plan.uses.keys()):
        plan.uses[oid] = Use()
    return needed


def _bundles(content: Content) -> list[tuple[str, ObjectId]]:
    found: list[tuple[str, str]] = []
    found += [(f"model {model.role}", model.weights) for model in content.models]
    found += [(f"optimizer {model.role}", model.optimizer) for model in content.models]
    found += [(f"variable {variable.name}", variable.weights) for variable in content.variables]
    found += [(f"data {one.var}", one.stored) for one in content.datasets if one.stored]
    return [(bundle, ObjectId(oid)) for bundle, oid in found if oid]


def _add_chunks(reader: _Once, plan: Plan, bundle: str, manifest: ObjectId) -> None:
    try:
        entries = reader.manifest(manifest).entries
    except CorruptionError:
        return  # fsck names it; what it holds is left as it is
    for entry in entries:
        item = item_size(entry.dtype)
        for i, chunk in enumerate(entry.chunks):
            slot = (bundle, entry.path, item, i) if item else None
            plan.uses.setdefault(bytes.fromhex(chunk), Use(item, slot))


def _choose(store: Store, view: View, plan: Plan) -> None:
    packs = _inventory(store, view)
    plan.pinned = {
        store.keyframe(place) for rows in packs.values() for _, place in rows
    } - {b""}  # fmt: skip
    best: dict[bytes, Place] = {}
    for rows in packs.values():
        for oid, place in rows:
            if oid not in best or _rank(plan, oid, place) < _rank(plan, oid, best[oid]):
                best[oid] = place
    small = []
    for key, rows in packs.items():
        total = sum(place.stored for _, place in rows)
        useful = sum(
            place.stored
            for oid, place in rows
            if best[oid] == place and plan.as_it_should(oid, place)
        )
        if total > useful and (total - useful) * _WASTE >= total:
            plan.rewritten[key] = rows
        elif total < _SMALL_PACK:
            small.append(key)
    joined = _joined({key: sum(place.stored for _, place in packs[key]) for key in small})
    if len(joined) >= _MANY or (plan.rewritten and len(joined) > 1):
        plan.rewritten |= {key: packs[key] for key in joined}
    plan.wanted = {oid: place for oid, place in best.items() if place.pack in plan.rewritten}
    plan.minor = _minor(plan.wanted)


def _minor(wanted: dict[bytes, Place]) -> set[bytes]:
    """Return the small objects if they are less than a hundredth of all bytes."""
    found = {oid: place.size for oid, place in wanted.items() if place.size < _LITTLE}
    most = sum(place.size for place in wanted.values()) // 100
    return set(found) if sum(found.values()) <= most else set()


def _joined(sizes: dict[str, int]) -> list[str]:
    """Return the packs that are small beside those smaller than they are together.

    Were all of them joined each time, the oldest bytes would be written again and again.
    """
    ordered = sorted(sizes, key=lambda key: (sizes[key], key))
    taken, smaller = 0, 0
    for i, key in enumerate(ordered, 1):
        if i <= _MANY or sizes[key] <= smaller:
            taken = i
        smaller += sizes[key]
    return ordered[:taken]


def _rank(plan: Plan, oid: bytes, place: Place) -> tuple[bool, Place]:
    return (not plan.as_it_should(oid, place), place)


def _inventory(store: Store, view: View) -> dict[str, list[tuple[bytes, Place]]]:
    """Return the copies in all packs that are not dropped and can be read."""
    dropped = trash.packs(view)
    found = {}
    for key in store.backend.list(layout.PACKS):
        if key in dropped:
            continue
        try:
            rows = read_rows(store.backend, key)
        except (CorruptionError, NotFoundError):
            continue  # fsck names it; what it holds cannot be told, so it stays
        found[key] = [(row.oid, Place(key, *row[1:])) for row in rows]
    return found
