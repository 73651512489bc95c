"""A damaged copy is never what is carried over into a new pack, where there is a sound one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.store import oplog, recode, trash
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.pack import DELTA, PLANES, RAW, ZSTD, read_rows
from jupyter_mvt.store.packer import pack
from jupyter_mvt.store.packplan import make_plan
from jupyter_mvt.store.recode import Recoder
from jupyter_mvt.store.store import Store
from tests.store.test_packer import contents, delete_dropped, drifting, keep

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def test_the_sound_copy_is_carried_over(store: Store, commit: Callable[..., Any]) -> None:
    versions = drifting(3)
    for i, arrays in enumerate(versions):
        keep(store, commit, arrays, f"c{i}")
    pack(store, everything=True)
    delete_dropped(store)
    key, row = next(
        (key, row) for key in store.backend.list("packs/")
        for row in read_rows(store.backend, key) if row.encoding == PLANES
    )  # fmt: skip
    bad = bytearray(store.backend.get(key))
    bad[row.offset + row.stored // 2] ^= 16
    store.backend.put(key, bad)
    worn = Store(store.backend, store.root)
    assert worn.check(row.oid, Place(key, *row[1:])) != ""
    for i, arrays in enumerate(versions):
        keep(worn, commit, arrays, f"again{i}")  # reads back, and writes a sound copy beside it
    pack(Store(store.backend, store.root), everything=True)
    last = Store(store.backend, store.root)
    dropped = trash.packs(oplog.current(last))
    last.index.refresh()
    copies = [place for place in last.index.find(row.oid) if place.pack not in dropped]
    sound = [place for place in copies if not last.check(row.oid, place)]
    assert sound
    assert all(place.pack == key for place in copies if place not in sound)
    expected = [{path: array.tobytes() for path, array in v.items()} for v in versions]
    assert contents(last) == expected * 2


def test_what_was_made_stays_as_it_is_while_more_is(
    store: Store, commit: Callable[..., Any]
) -> None:
    for i, arrays in enumerate(drifting(4)):
        keep(store, commit, arrays, f"c{i}")
    plan = make_plan(store, oplog.current(store), last=1, everything=False)
    recoder = Recoder(store, plan, lambda: False)
    made, then = [], []
    for group in plan.lines():
        for line in group:
            for one in recoder.make(line):
                made.append(one)
                then.append([bytes(piece) for piece in one.pieces])
    assert {one.row.encoding for one in made} == {RAW, ZSTD, PLANES, DELTA}
    assert [[bytes(piece) for piece in one.pieces] for one in made] == then


def test_memory_is_used_again_whole_by_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(
        recode, "memory", lambda size: asked.append(size) or memoryview(bytearray(size))
    )
    room = recode._Room()
    large, other = room.take(1_000), room.take(900)
    assert asked == [1_000, 900]
    room.give(large[:10])
    again, more = room.take(1_000), room.take(1)
    assert asked == [1_000, 900, 1]
    again[:], other[:], more[:] = bytes([1]) * 1_000, bytes([2]) * 900, bytes([3])
    assert (set(again), set(other), set(more)) == ({1}, {2}, {3})
