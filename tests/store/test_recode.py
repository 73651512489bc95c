"""A damaged copy is never what is carried over into a new pack, where there is a sound one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.store import oplog, trash
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.pack import PLANES, read_rows
from jupyter_mvt.store.packer import pack
from jupyter_mvt.store.store import Store
from tests.store.test_packer import contents, delete_dropped, drifting, keep

if TYPE_CHECKING:
    from collections.abc import Callable


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
