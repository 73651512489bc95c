"""What gc frees, keeps, says, and gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.errors import ConflictError, RestoreError, UsageError
from jupyter_mvt.history import branch, label, tag
from jupyter_mvt.history.commit import Draft, Published, commit
from jupyter_mvt.history.gc import gc
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.history.settings import configure
from jupyter_mvt.history.undo import redo, undo
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.commit import Content, Model
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.objects.settings import DAY_US, Settings
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.store.quota import used_bytes
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.trash import is_thin
from jupyter_mvt.store.writer import begin

if TYPE_CHECKING:
    from jupyter_mvt.store.store import Store

SIZE = 200_000


@dataclass
class Time:
    """A clock that stands until it is moved."""

    now_us: int = 1_790_000_000_000_000
    tokens: int = 0

    def clock(self) -> Clock:
        def token() -> str:
            self.tokens += 1
            return f"{self.tokens:032x}"

        return Clock(now_us=lambda: self.now_us, token=token)

    def wait(self, days: float) -> None:
        self.now_us += int(days * DAY_US)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def home(tmp_path, time) -> Handle:
    store = init_store(tmp_path / ".mvt", durability="fast")
    return Handle(store=store, session=Session(id="s"), actor="ana", tool="t", clock=time.clock())


def part(path: str, data: bytes) -> Part:
    return Part(path=path, dtype="bytes", shape=(len(data),), nbytes=len(data), read=lambda: data)


def payload(seed: int, size: int = SIZE) -> bytes:
    return digest(b"%d" % seed).encode() * (size // 64)


def keep(handle: Handle, seed: int, *, shared: bytes = b"", score: float | None = None,
         size: int = SIZE) -> Published:  # fmt: skip
    """Commit a model of its own bytes, beside bytes that it may share."""
    parts = (part("own", payload(seed, size)), *([part("shared", shared)] if shared else []))
    with begin(handle.store) as pack:
        weights, manifest = pack.bundle(Bundle(parts=parts))
        model = Model(
            var="m", role="module", primary=True, adapter="x/1", framework="x", cls="X",
            weights=weights, weights_id=manifest.identity, weights_bytes=manifest.nbytes,
            n_weights=1, state=pack.blob(b"state"), state_kind="declarative",
            state_identity=digest(b""), arch=digest(b""),
        )  # fmt: skip
        receipt = pack.publish()
    metrics = () if score is None else (Metric(name="accuracy", value=score),)
    content = Content(models=(model,), metrics=metrics)
    return commit(handle, Draft(content=content, message=str(seed), packs=receipt.packs))


def readable(handle: Handle) -> set[str]:
    """Return the names of versions of which every byte can be read."""
    view = oplog.current(handle.store)
    found = set()
    for oid, where in view.commits.items():
        objects = reach(handle.store, oplog.commit_object(handle.store, oid).content)
        names = (*objects.manifests, *objects.blobs, *objects.chunks)
        if objects.broken or not all(handle.store.index.search(bytes.fromhex(n)) for n in names):
            continue
        for name in names:
            handle.store.blob(name)
        found.add(f"v{where.number}")
    return found


def thin(handle: Handle) -> set[str]:
    view = oplog.current(handle.store)
    return {f"v{w.number}" for oid, w in view.commits.items() if is_thin(view, ObjectId(oid))}


def sound(handle: Handle) -> bool:
    return fsck(handle.store).ok


def test_nothing_to_free_records_nothing(home):
    keep(home, 1)
    keep(home, 2)
    before = oplog.current(home.store).number
    report = gc(home)
    assert (report.thin, report.packs, report.freed_bytes, report.operation) == ((), 0, 0, 0)
    assert oplog.current(home.store).number == before


def test_a_deleted_branch_waits_for_both_graces_then_goes_to_the_byte(home, time):
    keep(home, 1)
    branch.create(home, "exp")
    home.session.branch = "exp"
    keep(home, 2)
    home.session.branch = "main"
    branch.delete(home, "exp", force=True)
    assert gc(home, dry_run=True).thin == ()  # undo could bring it back
    time.wait(15)
    before = used_bytes(home.store)
    foretold = gc(home, dry_run=True)
    assert used_bytes(home.store) == before
    assert [v.name for v in foretold.thin] == ["v2"]
    done = gc(home)
    assert (done.freed_bytes, done.packs) == (foretold.freed_bytes, foretold.packs)
    assert readable(home) == {"v1", "v2"}
    time.wait(14)
    after = used_bytes(home.store)
    assert gc(home, dry_run=True).deleted_bytes == after - (before - done.freed_bytes)
    assert gc(home).deleted_bytes == after - (before - done.freed_bytes)
    assert used_bytes(home.store) == before - foretold.freed_bytes
    assert (readable(home), thin(home), sound(home)) == ({"v1"}, {"v2"}, True)


@pytest.mark.parametrize("days", [-1, float("nan"), float("inf"), 1e300, "x"])
def test_a_grace_that_is_no_number_of_days_frees_nothing(home, days):
    keep(home, 1)
    keep(home, 2)
    with pytest.raises(UsageError) as raised:
        gc(home, drop=["v1"], grace_days=days)
    assert raised.value.code == "bad-settings"
    assert (readable(home), thin(home)) == ({"v1", "v2"}, set())


def test_survivors_of_a_mostly_dead_pack_move_and_the_prediction_is_exact(home, time):
    shared = payload(99, 60_000)
    keep(home, 1, shared=shared)
    keep(home, 2, shared=shared)
    before = used_bytes(home.store)
    foretold = gc(home, dry_run=True, drop=["v1"], grace_days=0)
    report = gc(home, drop=["v1"], grace_days=0)
    assert report.freed_bytes == foretold.freed_bytes > 0.6 * SIZE
    assert used_bytes(home.store) == before - report.freed_bytes
    assert (readable(home), thin(home), sound(home)) == ({"v2"}, {"v1"}, True)


def test_undo_before_grace_ends_restores_exactly(home, time):
    shared = payload(99, 60_000)
    for seed in (1, 2, 3):
        keep(home, seed, shared=shared)
    refs = oplog.current(home.store).refs_id()
    done = gc(home, drop=["v1-v2"])
    assert thin(home) == {"v1", "v2"}
    assert undo(home).text == f"Undid operation {done.operation} (gc). v1–v2 are whole again."
    assert oplog.current(home.store).refs_id() == refs
    assert (readable(home), sound(home)) == ({"v1", "v2", "v3"}, True)
    with pytest.raises(UsageError, match="A gc is not redone"):
        redo(home)
    # The copies that the gc had made are redundant now, and go.
    assert gc(home, grace_days=0).thin == ()
    assert (readable(home), sound(home)) == ({"v1", "v2", "v3"}, True)


def test_undo_after_grace_ended_says_so(home, time):
    keep(home, 1)
    keep(home, 2)
    done = gc(home, drop=["v1"])
    time.wait(14)
    gc(home)
    with pytest.raises(ConflictError) as error:
        undo(home, done.operation)
    assert error.value.lines("%mvt") == [
        "ConflictError [gc-final]: What gc dropped of v1 is deleted: its grace period ended.",
        "Hint: %mvt oplog",
    ]
    with pytest.raises(UsageError, match="only changed how versions are stored"):
        undo(home, done.operation + 1)


def test_nothing_labelled_and_no_ancestor_of_it_is_ever_freed(home, time):
    for seed in (1, 2, 3, 4):
        keep(home, seed)
    label.move(home, "production", "v2")
    configure(home, Settings(keep_last=1))
    time.wait(100)
    assert [v.name for v in gc(home, grace_days=0).thin] == ["v3"]
    assert readable(home) == {"v1", "v2", "v4"}
    for name in ("v1", "v2", "v4"):
        with pytest.raises(ConflictError) as error:
            gc(home, drop=[name])
        assert error.value.code == "version-needed"
    with pytest.raises(RestoreError) as error:
        label.move(home, "staging", "v3")
    assert error.value.code == "thin-version"


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        (Settings(keep_last=2), {"v3", "v7", "v8"}),
        (Settings(keep_last=1, keep_best=2, keep_by="accuracy"), {"v2", "v3", "v4", "v8"}),
        (Settings(keep_last=1, keep_days=2.5), {"v3", "v7", "v8"}),
        (Settings(), {f"v{i}" for i in range(1, 9)}),
    ],
)
def test_the_policy_keeps_what_it_says(home, time, settings, left):
    scores = [0.1, 0.9, float("nan"), 0.8, 0.2, None, 0.3, 0.4]
    for seed, score in enumerate(scores):
        time.wait(1)
        keep(home, seed, score=score)
    time.wait(1)
    tag.create(home, "1.0.0", "v3")
    configure(home, settings)
    gc(home, grace_days=0)
    assert (readable(home), sound(home)) == (left, True)
    assert thin(home) == {f"v{i}" for i in range(1, 9)} - left


def test_settings_are_data_of_the_repository_and_can_be_undone(home):
    keep(home, 1)
    assert configure(home, Settings(keep_last=3)).text == "The settings are recorded."
    assert undo(home).text.endswith("The settings are as they were before.")
    assert redo(home).text.endswith("Its settings apply again.")
    undo(home)
    with pytest.raises(UsageError, match="at least its last version"):
        configure(home, Settings(keep_last=0))


def test_a_writer_that_reuses_what_is_dropped_takes_it_back(home, time):
    keep(home, 1)
    keep(home, 2)
    late = Handle(store=opened_again(home), session=Session(id="b"), actor="ben", tool="t",
                  clock=time.clock())  # fmt: skip
    with begin(late.store) as pack:
        weights, manifest = pack.bundle(Bundle(parts=(part("own", payload(1)),)))
        state = pack.blob(b"state")
        receipt = pack.publish()
        assert receipt.pack is None
    gc(home, drop=["v1"])  # between its look and its publication
    model = Model(
        var="m", role="module", primary=True, adapter="x/1", framework="x", cls="X",
        weights=weights, weights_id=manifest.identity, weights_bytes=1, n_weights=1, state=state,
        state_kind="declarative", state_identity=digest(b""), arch=digest(b""),
    )  # fmt: skip
    draft = Draft(content=Content(models=(model,)), message="late", packs=receipt.packs)
    made = commit(late, draft)
    time.wait(100)
    gc(home, grace_days=0)
    assert readable(home) >= {"v3"}
    assert sound(home)
    # Taking such a commit back does not drop the pack again.
    marks = dict(oplog.current(home.store).marks)
    undo(late)
    assert dict(oplog.current(home.store).marks) == marks
    assert made.view.count == 3


def test_a_writer_that_reuses_what_is_deleted_is_told(home, time):
    keep(home, 1)
    keep(home, 2)
    late = Handle(store=opened_again(home), session=Session(id="b"), actor="ben", tool="t")
    with begin(late.store) as pack:
        pack.bundle(Bundle(parts=(part("own", payload(1)),)))
        receipt = pack.publish()
    gc(home, drop=["v1"], grace_days=0)
    with pytest.raises(ConflictError) as error:
        commit(late, Draft(content=Content(), message="late", packs=receipt.packs))
    assert error.value.code == "freed-meanwhile"


def test_the_same_content_again_heals_and_never_reuses_a_deleted_name(home):
    keep(home, 1)
    keep(home, 2)
    gc(home, drop=["v1"], grace_days=0)
    keep(home, 1)
    assert (readable(home), sound(home)) == ({"v1", "v2", "v3"}, True)
    names = list(home.store.backend.list(layout.PACKS))
    assert not {f"trash/{n[6:-5]}" for n in names} & oplog.current(home.store).marks.keys()


def test_a_good_copy_is_not_dropped_for_a_damaged_one(home):
    shared = payload(99, 60_000)
    keep(home, 1, shared=shared)
    keep(home, 2, shared=shared)
    gc(home, drop=["v1"])
    undo(home)
    (twice,) = [
        home.store.index.search(bytes.fromhex(chunk)) for chunk in {digest(shared)}
    ]  # fmt: skip
    assert len(twice) == 2
    large = max(twice, key=lambda place: (home.store.root / place.pack).stat().st_size)
    path = home.store.root / large.pack
    path.chmod(0o600)
    raw = bytearray(path.read_bytes())
    raw[large.offset] ^= 1
    path.write_bytes(raw)
    spared = next(place.pack for place in twice if place != large)
    assert gc(home, grace_days=0).damaged == (spared,)
    assert home.store.blob(digest(shared)) == shared


def opened_again(home: Handle) -> Store:
    return open_store(home.store.root)


def test_a_gc_that_is_stopped_leaves_the_rest_to_the_next_one(home, time):
    for seed in range(4):
        keep(home, seed)
    gc(home, drop=["v1"])
    gc(home, drop=["v2"])
    time.wait(15)
    asked = []

    def stop() -> bool:
        asked.append(True)
        # Before anything is dropped, before the first deletion, before the second.
        return len(asked) > 2

    stopped = gc(home, stop=stop)
    assert (stopped.stopped, stopped.deleted_bytes > 0, stopped.left_bytes > 0) == (True,) * 3
    assert fsck(home.store).ok
    rest = gc(home)
    assert (rest.stopped, rest.deleted_bytes) == (False, stopped.left_bytes)
    assert fsck(home.store).ok


def test_a_gc_that_is_stopped_at_once_changes_nothing(home):
    keep(home, 1)
    keep(home, 2)
    before = oplog.current(home.store)
    report = gc(home, drop=["v1"], grace_days=0, stop=lambda: True)
    assert (report.stopped, report.thin, report.deleted_bytes) == (True, (), 0)
    assert oplog.current(home.store) == before
