"""What is derived of the log never rules it, gives back what it lost, and is put right itself."""

from __future__ import annotations

import shutil
from itertools import chain, combinations
from pathlib import Path

import pytest

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.history.repair import repair
from jupyter_mvt.history.results import RepairReport
from jupyter_mvt.objects.ids import short
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.store.snapshot import write_snapshot
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.writer import begin
from jupyter_mvt.views import fsck as fsck_view
from tests.store.test_fsck import snapshot_of

WINDOW, WHOLE = 2, 4
"""Operations of a window, and in whole windows; one more is in none."""
REPAIR, FROM = "%mvt fsck --repair", "%mvt fsck --repair --from FOLDER"


@pytest.fixture(autouse=True)
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "WINDOW", WINDOW)


@pytest.fixture
def log(local: Store, commit) -> Store:
    for number in range(1, WHOLE + 2):
        commit(local, f"c{number}")
    return local


def current(store: Store) -> View:
    return oplog.current(open_store(store.root))


def repaired(store: Store, source: Store | None = None) -> RepairReport:
    handle = Handle(store=open_store(store.root), session=Session(id="s"), actor="a", tool="t")
    return repair(handle, source)


def command(store: Store) -> str:
    return fsck_view.payload(fsck(open_store(store.root)))["command"]


def path(store: Store, key: str) -> Path:
    return store.root / key


def spoil(store: Store, key: str, how: str) -> None:
    file = path(store, key)
    file.chmod(0o600)
    if how == "gone":
        file.unlink()
    elif how == "junk":
        file.write_bytes(b"junk")
    else:
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)


SETS = list(chain.from_iterable(combinations(range(1, WHOLE + 1), n) for n in range(1, WHOLE + 1)))


@pytest.mark.parametrize("how", ["gone", "flipped"])
@pytest.mark.parametrize("numbers", SETS, ids=str)
def test_operations_come_back_from_the_segments_of_their_windows(log, how, numbers):
    before = current(log)
    for number in numbers:
        spoil(log, layout.operation(number), how)
    found = fsck(open_store(log.root)).problems
    assert {problem.key: problem.copy for problem in found if problem.copy} == {
        layout.operation(number): layout.segment(number + number % WINDOW) for number in numbers
    }
    assert command(log) == REPAIR
    assert repaired(log).operations == len(numbers)
    assert fsck(open_store(log.root)).ok
    assert (current(log).head, current(log).refs_id()) == (before.head, before.refs_id())


def test_the_newest_of_whole_windows_come_back_too(log):
    path(log, layout.operation(WHOLE + 1)).unlink()
    before = current(log)
    for number in range(2, WHOLE + 1):
        spoil(log, layout.operation(number), "gone")
    (problem,) = fsck(open_store(log.root)).problems
    assert problem.text == (
        "The log ends at operation 1, but there were 4. Nothing can be read of what was changed "
        "after operation 1, when main was at v1. The file segments/000000000002 has a copy."
    )
    assert repaired(log).operations == WHOLE - 1
    assert current(log).head == before.head


def test_a_segment_that_is_damaged_itself_gives_nothing(log):
    spoil(log, layout.operation(1), "gone")
    spoil(log, layout.segment(2), "junk")
    assert command(log) == FROM
    with pytest.raises(CorruptionError) as raised:
        repaired(log)
    assert raised.value.hint == "mvt fsck --repair --from FOLDER"


@pytest.mark.parametrize("how", ["junk", "flipped"])
@pytest.mark.parametrize("key", [layout.segment(2), layout.checkpoint(2), layout.checkpoint(4)])
def test_what_is_derived_is_written_anew(log, key, how):
    good = path(log, key).read_bytes()
    before = current(log)
    spoil(log, key, how)
    (problem,) = fsck(open_store(log.root)).problems
    assert (problem.kind, problem.text) == (
        "corrupt-derived", f"The derived file {key} is not what the log says.",
    )  # fmt: skip
    assert current(log).head == before.head
    assert command(log) == REPAIR
    assert (repaired(log).files, path(log, key).read_bytes()) == ((key,), good)
    assert fsck(open_store(log.root)).ok


@pytest.fixture
def other(tmp_path: Path, commit) -> Store:
    store = init_store(tmp_path / "other", durability="fast")
    for number in range(8):
        commit(store, f"other {number}")
    return store


@pytest.mark.parametrize("what", ["junk", "another's"])
@pytest.mark.parametrize("end", [6, 8])
@pytest.mark.parametrize("kind", [layout.checkpoint, layout.segment])
def test_what_fits_no_operation_is_deleted(log, other, what, end, kind):
    before = current(log)
    key = kind(end)
    path(log, key).write_bytes(b"junk" if what == "junk" else path(other, key).read_bytes())
    if what == "another's":  # of two windows the nearer tells that the other is not ours
        path(log, kind(6)).write_bytes(path(other, kind(6)).read_bytes())
    strays = {key} if what == "junk" else {key, kind(6)}
    found = {(one.kind, one.key, one.text) for one in fsck(open_store(log.root)).problems}
    assert found == {
        ("corrupt-derived", stray, f"The file {stray} fits no operation.") for stray in strays
    }
    if kind is layout.checkpoint:
        with pytest.raises(CorruptionError) as raised:  # it may tell of operations that were lost
            current(log)
        assert raised.value.message == f"The log ends at operation 5, but {key} is there."
    assert command(log) == REPAIR
    assert set(repaired(log).removed) == strays
    assert fsck(open_store(log.root)).ok
    assert current(log).head == before.head


def test_what_may_tell_of_lost_operations_is_not_deleted(log):
    path(log, layout.operation(5)).unlink()
    path(log, layout.operation(4)).unlink()
    path(log, layout.segment(4)).unlink()
    assert command(log) == FROM
    with pytest.raises(CorruptionError) as raised:
        repaired(log)
    key = layout.checkpoint(4)
    assert raised.value.message == f"The log ends at operation 3, but {key} is there."
    assert path(log, key).exists()


def test_an_unreadable_checkpoint_does_not_cost_the_operations_of_its_segment(log):
    path(log, layout.operation(5)).unlink()
    before = current(log)
    path(log, layout.operation(4)).unlink()
    spoil(log, layout.checkpoint(4), "junk")
    report = repaired(log)
    assert (report.operations, report.removed) == (1, ())
    assert report.files == (layout.checkpoint(4),)
    assert fsck(open_store(log.root)).ok
    assert current(log).head == before.head


def test_a_file_of_another_window_is_deleted_and_a_strange_name_is_left(log):
    for name in ("checkpoints/000000000003", "checkpoints/notes"):
        path(log, name).write_bytes(b"mine")
    found = {(one.kind, one.key) for one in fsck(open_store(log.root)).problems}
    assert found == {("corrupt-derived", "checkpoints/000000000003"),
                     ("unknown-file", "checkpoints/notes")}  # fmt: skip
    assert repaired(log).removed == ("checkpoints/000000000003",)
    assert [one.key for one in fsck(open_store(log.root)).problems] == ["checkpoints/notes"]
    assert command(log) == ""


@pytest.mark.parametrize(("lost", "first", "last"), [(3, "v1", "v2"), (2, "v1", "")])
def test_versions_after_a_lost_operation_are_named_by_their_ids(
    local, commit, bundle, lost, first, last
):
    oids = []
    for seed in range(3):
        with begin(local) as pack:
            content = write_snapshot(pack, snapshot_of(bundle({"w": bytes([seed]) * 90_000})))
            pack.publish()
        oids.append(commit(local, str(seed), content).commit_id)
    for folder in ("segments", "checkpoints", "packs"):
        shutil.rmtree(path(local, folder))
    spoil(local, layout.operation(lost), "flipped")
    missing = [one for one in fsck(open_store(local.root)).problems if one.kind == "missing-object"]
    named = {name for one in missing for name in one.versions}
    assert named == {first, last or short(oids[2])}
