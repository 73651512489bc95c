"""Good copies in the place of damaged ones, from this or another repository.

What is taken from elsewhere is verified against its id, so it does not matter whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jupyter_mvt.errors import CorruptionError, NotFoundError
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.progress import told
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout, oplog, trash
from jupyter_mvt.store.checkpoints import copied_record, sound_record
from jupyter_mvt.store.derived import derived_keys, told_end
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.needs import versions
from jupyter_mvt.store.open import Format, read_format
from jupyter_mvt.store.pack import PackStream, read_rows, rows_of
from jupyter_mvt.store.quota import used_bytes
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.readme import README_TEXT
from jupyter_mvt.store.records import previous, read_operation, record_id
from jupyter_mvt.store.store import Store

__all__ = ["Healing", "heal_log", "heal_objects", "heal_readme"]


@dataclass(slots=True)
class Healing:
    """What was found damaged and what became of it.

    Attributes
    ----------
    healed
        Objects that have a good copy again.
    lost
        Objects that versions need and of which no good copy was found.
    replaced
        Packs that hold nothing any more that is not elsewhere, and can go.
    """

    healed: set[bytes] = field(default_factory=set)
    lost: set[bytes] = field(default_factory=set)
    replaced: tuple[str, ...] = ()


def heal_readme(store: Store, source: Store | None) -> tuple[str, ...]:
    """Put back the README if it is not as it was; return the names of what was written."""
    expected = _made(store).readme
    if _readme(store) == expected:
        return ()
    texts = [README_TEXT.encode()]
    if source is not None and _readme(source) == expected:
        texts.append(source.backend.get(layout.README))
    for text in texts:
        if digest(text) == expected:
            store.backend.put(layout.README, text)
            return (layout.README,)
    return ()


def _readme(store: Store) -> str:
    try:
        return digest(store.backend.get(layout.README))
    except NotFoundError:
        return ""


def heal_log(store: Store, source: Store | None) -> int:
    """Put back operations that are missing or damaged, from segments or from `source`.

    What the next operation names is taken if it is just that. No other names the newest one: of
    this repository, or of a copy of it, it is taken if it follows what is sound here. That there
    were more than are listed, what is derived of them tells.
    """
    keys = derived_keys(store.backend)
    numbers = (layout.number_of(key) or 0 for key in store.backend.list(layout.OPERATIONS))
    newest = told_end(store.backend, max(numbers, default=0), keys)
    healed, expected, whole = 0, "", newest
    for number in range(newest, 0, -1):
        record = sound_record(store.backend, number)
        if record is None and expected:
            copies = _copies(store, source, number)
            record = next((copy for copy in copies if record_id(copy) == expected), None)
            if record is not None:
                store.backend.put(layout.operation(number), record)
                healed += 1
        if record is None and not expected:
            whole = number - 1
        expected = "" if record is None else read_operation(record, number).prev
    return healed + _heal_newest(store, source, whole, newest)


def _heal_newest(store: Store, source: Store | None, whole: int, newest: int) -> int:
    """Take operations after the sound one with number `whole`, each of which follows the last."""
    before = sound_record(store.backend, whole)
    if before is None and whole:
        return 0
    if not whole and source and _made(store).repository != _made(source).repository:
        source = None
    follows = "" if before is None else record_id(before)
    for number in range(whole + 1, newest + 1):
        copies = _copies(store, source, number)
        taken = next((copy for copy in copies if previous(copy, number) == follows), None)
        if taken is None:
            return number - whole - 1
        store.backend.put(layout.operation(number), taken)
        follows = record_id(taken)
    return newest - whole


def _copies(store: Store, source: Store | None, number: int) -> Iterator[bytes]:
    found = [copied_record(store.backend, number)]
    if source is not None:
        found += sound_record(source.backend, number), copied_record(source.backend, number)
    return filter(None, found)


def _made(store: Store) -> Format:
    return read_format(store.backend, str(store.root or "repository"))


def heal_objects(store: Store, source: Store | None) -> Healing:
    """Give every object that is damaged or missing a good copy, as far as there are any."""
    view = oplog.current(store)
    found = Healing()
    with told(store.progress, "Verifying", used_bytes(store)):
        good, damaged, unreadable = _look(store, view)
    wanted = {oid for oids in damaged.values() for oid in oids} - good.keys()
    wanted |= _missing(store, view)
    while wanted:
        taken = _take(store, source, wanted)
        found.healed |= taken
        found.lost |= wanted - taken
        # What a manifest needs can be told only once it is whole.
        wanted = _missing(store, view) - found.healed - found.lost if taken else set()
    found.lost |= _missing(store, view) - found.healed
    replaced = {key for key, oids in damaged.items() if not found.lost.intersection(oids)}
    _move_good(store, view, replaced, good)
    if not found.lost:
        replaced |= unreadable
    found.replaced = tuple(sorted(replaced))
    return found


def _look(
    store: Store, view: View
) -> tuple[dict[bytes, list[Place]], dict[str, set[bytes]], set[str]]:
    """Return sound copies by object, damaged objects by pack, and packs without an index."""
    store.index.refresh()
    gone = {key for key, mark in trash.deadlines(view).items() if mark == trash.GONE}
    good: dict[bytes, list[Place]] = {}
    damaged: dict[str, set[bytes]] = {}
    unreadable: set[str] = set()
    for key in store.backend.list(layout.PACKS):
        if key in gone or not layout.is_pack(key):
            continue
        try:
            rows = read_rows(store.backend, key)
        except (CorruptionError, NotFoundError) as error:  # a link that leads nowhere is no pack
            if error.code != "not-a-file":  # whose that is, nobody here knows
                unreadable.add(key)
            continue
        for row in rows:
            place = Place(key, *row[1:])
            store.progress.advance(row.stored)
            if store.check(row.oid, place):
                damaged.setdefault(key, set()).add(row.oid)
            else:
                good.setdefault(row.oid, []).append(place)
    return good, damaged, unreadable


def _missing(store: Store, view: View) -> set[bytes]:
    """Return objects that versions need and that cannot be read as far as that can be told."""
    missing: set[bytes] = set()
    for version in versions(view):
        content = oplog.commit_object(store, version).content
        needed = reach(store, content, thin=trash.is_thin(view, version))
        names: Iterable[ObjectId] = (*needed.manifests, *needed.blobs, *needed.chunks)
        missing |= {bytes.fromhex(n) for n in names if not store.index.search(bytes.fromhex(n))}
        missing |= {bytes.fromhex(oid) for oid, _ in needed.broken}
    return missing


def _take(store: Store, source: Store | None, wanted: set[bytes]) -> set[bytes]:
    """Copy what `source` has of `wanted` into a new pack; return what that was."""
    if source is None:
        return set()
    out = store.backend.writer()
    stream = PackStream(out)
    try:
        for oid in sorted(wanted):
            try:
                data = source.blob(ObjectId(oid.hex()))
            except CorruptionError:
                continue  # missing or damaged there too
            stream.add(oid, data, len(data))
        taken = {row.oid for row in rows_of(stream.table)}
        if taken:
            store.index.add(stream.finish(trash.packs(oplog.current(store))), stream.table)
    finally:
        out.abort()
    return taken


def _move_good(store: Store, view: View, leaving: set[str], good: dict[bytes, list[Place]]) -> None:
    """Copy the sound objects that are only in packs that go."""
    out = store.backend.writer()
    stream = PackStream(out)
    try:
        for oid, places in good.items():
            if any(place.pack not in leaving for place in places):
                continue
            data = memoryview(bytearray(places[0].size))
            if fault := store.check(oid, places[0], data):
                msg = f"The object {oid.hex()} in {places[0].pack} is corrupt: {fault}."
                raise CorruptionError(msg, code="corrupt-object", hint="mvt fsck")
            stream.add(oid, data, len(data))
        if stream.table:
            store.index.add(stream.finish({*leaving, *trash.packs(view)}), stream.table)
    finally:
        out.abort()
