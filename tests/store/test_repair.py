"""Repair takes good copies, verified; and the same content again heals."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.history.repair import repair
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.store.snapshot import write_snapshot
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.writer import begin
from tests.store.test_fsck import snapshot_of

PLACES = {"object": (4100,), "objects": range(4200, 80_000, 9_000), "index": (-60,)}


@pytest.fixture
def filled(local: Store, commit, bundle) -> Store:
    for seed in (1, 2):
        with begin(local) as pack:
            content = write_snapshot(pack, snapshot_of(bundle({"w": bytes([seed]) * 90_000})))
            pack.publish()
        commit(local, str(seed), content)
    return local


@pytest.fixture
def twin(filled: Store, tmp_path: Path) -> Store:
    shutil.copytree(filled.root, tmp_path / "twin")
    return open_store(tmp_path / "twin")


def handle(store: Store) -> Handle:
    return Handle(store=open_store(store.root), session=Session(id="s"), actor="a", tool="t")


def flip(path: Path, at: int) -> None:
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def packs(store: Store) -> list[Path]:
    return [store.root / key for key in store.backend.list(layout.PACKS)]


@pytest.mark.parametrize("where", ["object", "objects", "index", "gone", "cut"])
def test_every_damage_of_a_pack_is_healed_from_another_repository(filled, twin, where):
    for path in packs(filled):
        size = path.stat().st_size
        if where == "gone":
            path.unlink()
        elif where == "cut":
            path.chmod(0o600)
            path.write_bytes(path.read_bytes()[: size // 2])
        else:
            for at in PLACES[where]:
                flip(path, at)
    assert not fsck(open_store(filled.root)).ok
    report = repair(handle(filled), twin)
    assert (report.lost, report.exit_status) == ((), 0)
    assert fsck(open_store(filled.root)).problems == ()
    again = repair(handle(filled), twin)
    assert (again.healed, again.packs, again.operations) == (0, 0, 0)


def test_without_a_good_copy_nothing_is_touched_and_it_is_said(filled):
    before = [path.name for path in packs(filled)]
    flip(packs(filled)[0], 5000)
    report = repair(handle(filled), None)
    assert (len(report.lost), report.exit_status) == (1, 1)
    assert [path.name for path in packs(filled)] == before


def test_lost_operations_come_back_if_the_next_one_names_them(filled, twin):
    (filled.root / layout.operation(1)).unlink()
    report = repair(handle(filled), twin)
    assert (report.operations, report.lost) == (1, ())
    assert fsck(open_store(filled.root)).ok
    assert oplog.current(open_store(filled.root)).number == 2


@pytest.mark.parametrize("numbers", [(2,), (1, 2)])
def test_lost_newest_operations_come_back_if_a_checkpoint_tells_of_them(
    monkeypatch, local, commit, tmp_path, numbers
):
    monkeypatch.setattr(layout, "WINDOW", 2)
    for message in ("1", "2"):
        commit(local, message)
    before = oplog.current(local)
    twin = shutil.copytree(local.root, tmp_path / "twin")
    for number in numbers:
        (local.root / layout.operation(number)).unlink()
    (local.root / layout.segment(2)).unlink()
    problems = fsck(open_store(local.root)).problems
    assert [(problem.kind, problem.copy) for problem in problems] == [("missing-operation", "")]
    with pytest.raises(CorruptionError) as raised:
        repair(handle(local), None)
    assert raised.value.code == "missing-operation"
    assert raised.value.hint == "mvt fsck --repair --from FOLDER"
    assert repair(handle(local), open_store(twin)).operations == len(numbers)
    assert fsck(open_store(local.root)).ok
    again = oplog.current(open_store(local.root))
    assert (again.head, again.refs_id()) == (before.head, before.refs_id())


def spoil(path: Path, how: str) -> None:
    if how == "flipped":
        flip(path, path.stat().st_size // 2)
    elif how == "cut":
        path.write_bytes(path.read_bytes()[:50])
    else:
        path.write_bytes(b"")


@pytest.mark.parametrize("how", ["flipped", "cut", "empty"])
@pytest.mark.parametrize("numbers", [(2,), (1, 2), (1,)])
def test_damaged_operations_come_back_also_the_newest(filled, twin, how, numbers):
    before = oplog.current(twin)
    for number in numbers:
        spoil(filled.root / layout.operation(number), how)
    report = repair(handle(filled), twin)
    assert (report.operations, report.lost) == (len(numbers), ())
    assert fsck(open_store(filled.root)).problems == ()
    again = oplog.current(open_store(filled.root))
    assert (again.head, again.refs_id()) == (before.head, before.refs_id())


@pytest.mark.parametrize("numbers", [(2,), (1, 2)])
def test_operations_of_a_repository_that_is_no_copy_are_not_taken(
    filled, tmp_path, commit, numbers
):
    other = init_store(tmp_path / "other")
    for message in ("1", "2"):
        commit(other, message)
    for number in numbers:
        spoil(filled.root / layout.operation(number), "flipped")
    damaged = [(filled.root / layout.operation(number)).read_bytes() for number in (1, 2)]
    for source in (other, None):
        with pytest.raises(CorruptionError) as raised:
            repair(handle(filled), source)
        assert raised.value.code == "corrupt-record"
        assert raised.value.hint == "mvt fsck --repair --from FOLDER"
    assert damaged == [(filled.root / layout.operation(n)).read_bytes() for n in (1, 2)]


@pytest.mark.parametrize("how", ["flipped", "cut", "empty", "gone"])
def test_the_readme_is_written_anew_if_it_is_not_as_it_was(filled, how):
    path = filled.root / layout.README
    before = path.read_bytes()
    path.unlink() if how == "gone" else spoil(path, how)
    assert [p.kind for p in fsck(filled).problems] == ["corrupt-readme"]
    assert repair(handle(filled), None).files == (layout.README,)
    assert path.read_bytes() == before
    assert fsck(filled).problems == ()
    assert repair(handle(filled), None).files == ()


def test_the_readme_of_another_release_is_taken_from_a_copy(filled, twin, monkeypatch):
    monkeypatch.setattr("jupyter_mvt.store.repair.README_TEXT", "of another release")
    spoil(filled.root / layout.README, "flipped")
    assert repair(handle(filled), None).files == ()
    assert repair(handle(filled), twin).files == (layout.README,)
    assert fsck(filled).problems == ()


def test_a_wrong_copy_is_not_taken(filled, twin):
    for store in (filled, twin):
        flip(packs(store)[0], 5000)
    report = repair(handle(filled), twin)
    assert (report.healed, len(report.lost)) == (0, 1)


def test_the_same_content_again_heals_and_repair_drops_the_damaged_copy(filled, bundle):
    for path in packs(filled):
        flip(path, 5000)
    store = open_store(filled.root)
    for seed in (1, 2):
        with begin(store) as pack:
            write_snapshot(pack, snapshot_of(bundle({"w": bytes([seed]) * 90_000})))
            pack.publish()
    for oid in oplog.current(store).commits:
        weights = oplog.commit_object(store, oid).content.models[0].weights
        for entry in store.manifest(weights).entries:
            assert len(store.content(entry)) == 90_000
    report = repair(handle(filled), None)
    assert (report.lost, report.packs > 0) == ((), True)
    assert fsck(open_store(filled.root)).problems == ()


def test_a_subset_reads_a_share_of_the_objects_and_all_else(filled):
    whole = fsck(filled)
    some = fsck(filled, subset=0.5, seed="s")
    assert 0 < some.objects < whole.objects
    assert 0 < some.bytes < whole.bytes
    assert (some.operations, some.files, some.problems) == (whole.operations, whole.files, ())
    flip(packs(filled)[0], -60)
    assert not fsck(open_store(filled.root), subset=0.001).ok
