"""Packing changes how objects are stored, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.commit import Content, Model
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.progress import SILENT
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store import oplog, trash
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.open import open_store
from jupyter_mvt.store.pack import DELTA, PLANES, RAW, ZSTD, read_rows
from jupyter_mvt.store.packer import pack
from jupyter_mvt.store.packplan import item_size
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.writer import begin

Commit = Callable[..., Any]
Arrays = dict[str, "np.ndarray[Any, Any]"]


def drifting(count: int, size: int = 40_000, step: float = 2e-5) -> list[Arrays]:
    """Return versions of a model as training makes them: everything moves a little."""
    rng = np.random.default_rng(7)
    weight = rng.normal(0, 0.02, size).astype("f4")
    found = []
    for i in range(count):
        half = np.full(300, i, "u2")
        found.append({"w": weight, "h": half, "same": np.arange(5_000), "odd": weight[:101]})
        weight = weight + rng.normal(0, step, size).astype("f4")
    return found


def keep(store: Store, commit: Commit, arrays: Arrays, message: str) -> Any:
    parts = tuple(
        Part(
            path=path, dtype=array.dtype.name, shape=array.shape, nbytes=array.nbytes,
            read=lambda array=array: memoryview(array),
        )
        for path, array in arrays.items()
    )  # fmt: skip
    with begin(store) as writer:
        weights, manifest = writer.bundle(Bundle(parts=parts))
        nothing = digest(b"")
        model = Model(
            var="m", role="module", primary=True, adapter="x/1", framework="x", cls="X",
            weights=weights, weights_id=manifest.identity, weights_bytes=manifest.nbytes,
            n_weights=1, state=writer.blob(b'{"layers": [%s]}' % (b"12," * 100)),
            state_kind="declarative", state_identity=nothing, arch=nothing,
        )  # fmt: skip
        writer.publish()
    return commit(store, message, Content(models=(model,)))


def contents(store: Store) -> list[dict[str, bytes]]:
    found = []
    for oid in oplog.current(store).commits:
        manifest = store.manifest(oplog.commit_object(store, oid).content.models[0].weights)
        found.append({entry.path: bytes(store.content(entry)) for entry in manifest.entries})
    return found


def encodings(store: Store) -> set[int]:
    dropped = trash.packs(oplog.current(store))
    keys = [key for key in store.backend.list("packs/") if key not in dropped]
    return {row.encoding for key in keys for row in read_rows(store.backend, key)}


def delete_dropped(store: Store) -> None:
    for key in trash.packs(oplog.current(store)):
        store.backend.delete(key)
    store.index.refresh()


def live_bytes(store: Store) -> int:
    stats = [store.backend.stat(key) for key in store.backend.list("packs/")]
    return sum(stat.size for stat in stats if stat is not None)


class Steps:
    """A `Progress` that remembers what it was told."""

    def __init__(self) -> None:
        self.told: tuple[str, int] = ("", 0)
        self.done: list[int] = []
        self.finished = False

    def start(self, what: str, total: int, unit: str = "bytes") -> None:
        self.told = (what, total)

    def advance(self, nbytes: int) -> None:
        self.done.append(nbytes)

    def finish(self) -> None:
        self.finished = True


def test_packed_versions_are_as_they_were(store: Store, commit: Commit) -> None:
    versions = drifting(8)
    for i, arrays in enumerate(versions):
        keep(store, commit, arrays, f"c{i}")
    expected = [{path: array.tobytes() for path, array in v.items()} for v in versions]
    before = live_bytes(store)
    report = pack(store, everything=True)
    assert report.finished
    assert report.encoded
    assert len(report.dropped) == 8
    assert contents(store) == expected
    assert fsck(store).problems == ()
    delete_dropped(store)
    again = Store(store.backend, store.root)
    assert contents(again) == expected
    assert fsck(again).problems == ()
    assert live_bytes(store) < 0.6 * before
    assert encodings(store) >= {DELTA, PLANES}
    assert pack(again, everything=True) == pack(Store(store.backend), everything=True)
    assert pack(again, everything=True).written == ()


@pytest.mark.parametrize(("beside", "encoding"), [(1_000_000, ZSTD), (20_000, DELTA)])
def test_what_is_small_beside_the_rest_is_not_searched(
    beside: int, encoding: int, local: Store, commit: Commit
) -> None:
    large, versions = drifting(3, beside), drifting(3, 1_500)
    for i, arrays in enumerate(versions):
        arrays |= {"large": large[i]["w"]}
        keep(local, commit, arrays, f"c{i}")
    expected = [{path: array.tobytes() for path, array in v.items()} for v in versions]
    pack(local, everything=True)
    delete_dropped(local)
    moved = [bytes.fromhex(digest(arrays["w"].tobytes())) for arrays in versions[1:]]
    assert {place.encoding for oid in moved for place in local.index.find(oid)} == {encoding}
    assert contents(local) == expected
    assert fsck(local).problems == ()
    assert pack(Store(local.backend), everything=True).written == ()


def test_hot_versions_stay_as_they_are(local: Store, commit: Commit) -> None:
    versions = drifting(8)
    made = [keep(local, commit, arrays, f"c{i}") for i, arrays in enumerate(versions)]
    change = Change("label/production", None, made[1].commit_id)
    oplog.append(
        local,
        lambda view: oplog.follow(
            view, token="l", time_us=1, actor="a", tool="t", verb="label move", changes=(change,)
        ),
    )
    pack(local)
    delete_dropped(local)

    def raw(version: int) -> bool:
        commit_object = oplog.commit_object(local, made[version].commit_id)
        found = reach(local, commit_object.content)
        names = [bytes.fromhex(oid) for oid in found.chunks]
        return {place.encoding for oid in names for place in local.index.find(oid)} == {RAW}

    assert [raw(i) for i in range(8)] == [False, True, False, False, False, True, True, True]
    assert fsck(local).ok


def test_no_difference_is_from_a_difference(local: Store, commit: Commit) -> None:
    for i, arrays in enumerate(drifting(12, step=2e-4)):
        keep(local, commit, arrays, f"c{i}")
        if i % 3 == 2:
            pack(local)
            delete_dropped(local)
    pack(local, everything=True)
    delete_dropped(local)
    bases = 0
    for key in local.backend.list("packs/"):
        for row in read_rows(local.backend, key):
            if row.encoding == DELTA:
                bases += 1
                base = local.backend.get_range(key, row.offset, 32)
                assert any(place.encoding < DELTA for place in local.index.find(base))
    assert bases
    assert fsck(local).ok


def test_it_does_not_ask_the_disk_for_what_it_wrote(
    local: Store, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i, arrays in enumerate(drifting(4)):
        keep(local, commit, arrays, f"c{i}")
    asked: list[str] = []
    keyframe = Store.keyframe

    def counted(store: Store, place: Place) -> bytes:
        if place.encoding == DELTA:
            asked.append(place.pack)
        return keyframe(store, place)

    monkeypatch.setattr(Store, "keyframe", counted)
    report = pack(local, everything=True)
    assert DELTA in encodings(local)
    assert report.written
    assert asked == []
    pack(local)  # a plan reads which are differences from what
    assert set(asked) == set(report.written)


def test_small_packs_are_joined_and_then_left_alone(local: Store, commit: Commit) -> None:
    for i in range(12):
        keep(local, commit, {"w": np.full(100, i)}, f"c{i}")
    pack(local)
    delete_dropped(local)
    assert len(list(local.backend.list("packs/"))) == 1
    assert pack(local).written == ()


def test_a_reader_in_another_process_goes_on(local: Store, commit: Commit, tmp_path: Path) -> None:
    versions = drifting(6)
    for i, arrays in enumerate(versions):
        keep(local, commit, arrays, f"c{i}")
    reader = open_store(tmp_path / ".mvt")
    before = contents(reader)
    pack(local, everything=True)
    assert contents(reader) == before
    delete_dropped(local)
    assert contents(reader) == before


def test_it_says_how_far_it_is_and_stops_when_asked(local: Store, commit: Commit) -> None:
    for i, arrays in enumerate(drifting(6)):
        keep(local, commit, arrays, f"c{i}")
    before = contents(local)
    steps = Steps()
    local.progress = steps
    report = pack(local, everything=True, stop=lambda: len(steps.done) > 4)
    assert not report.finished
    assert steps.told[0] == "Packing"
    assert 0 < sum(steps.done) < steps.told[1]
    assert steps.finished
    local.progress = SILENT
    assert contents(local) == before
    assert fsck(local).ok
    done = pack(local, everything=True)
    assert done.finished
    delete_dropped(local)
    assert contents(open_store(local.root)) == before  # type: ignore[arg-type]


def test_the_old_packs_stay_for_the_grace_period(local: Store, commit: Commit) -> None:
    for i, arrays in enumerate(drifting(5)):
        keep(local, commit, arrays, f"c{i}")
    report = pack(
        local, everything=True, clock=Clock(now_us=lambda: 1000), grace_us=500, actor="ana"
    )
    assert trash.deadlines(oplog.current(local)) == dict.fromkeys(report.dropped, "1500")
    operation = next(iter(oplog.operations(local)))
    assert (operation.verb, operation.actor) == ("pack", "ana")


def test_what_others_are_writing_is_not_lost(local: Store, commit: Commit) -> None:
    for i, arrays in enumerate(drifting(9)):
        keep(local, commit, arrays, f"c{i}")
    with begin(local) as writer:
        oid = writer.blob(b"not yet committed" * 10)
        writer.publish()
    pack(local, everything=True)
    delete_dropped(local)
    assert local.blob(ObjectId(oid)) == b"not yet committed" * 10


def test_a_damaged_object_keeps_its_pack(local: Store, commit: Commit) -> None:
    for i, arrays in enumerate(drifting(5)):
        keep(local, commit, arrays, f"c{i}")
    keys = list(local.backend.list("packs/"))
    row = max(read_rows(local.backend, keys[0]), key=lambda row: row.size)
    path = local.root / keys[0]  # type: ignore[operator]
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[row.offset] ^= 1
    path.write_bytes(data)
    report = pack(local, everything=True)
    assert keys[0] not in report.dropped
    assert {p.object for p in fsck(local).problems} == {row.oid.hex()}


def test_a_lost_keyframe_is_named(local: Store, commit: Commit) -> None:
    for i, arrays in enumerate(drifting(4)):
        keep(local, commit, arrays, f"c{i}")
    pack(local, everything=True)
    delete_dropped(local)
    key = next(iter(local.backend.list("packs/")))
    rows = [row for row in read_rows(local.backend, key) if row.encoding == DELTA]
    base = local.backend.get_range(key, rows[0].offset, 32)
    local.index._numbers.pop(base)  # as if its pack had been deleted by hand
    with pytest.raises(CorruptionError, match=base.hex()):
        local.blob(ObjectId(rows[0].oid.hex()))


@pytest.mark.parametrize(
    ("dtype", "size"),
    [
        ("float32", 4), ("float64", 8), ("bfloat16", 2), ("float8_e4m3fn", 1), ("int64", 8),
        ("uint8", 1), ("bool", 1), ("complex64", 4), ("complex128", 8), ("complex32", 2),
        ("<M8[ns]", 8), ("bytes", 0), ("<U7", 0), ('[["a","<f4"]]', 0), ("float128", 0),
    ],
)  # fmt: skip
def test_sizes_of_numbers(dtype: str, size: int) -> None:
    assert item_size(dtype) == size
