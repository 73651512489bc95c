"""The power-cut model has teeth: mistakes that a store could make, each found by the same judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.errors import CorruptionError, StorageError
from jupyter_mvt.history import gc as gc_verb
from jupyter_mvt.store import gc as gc_store
from jupyter_mvt.store import layout, local, oplog, packer, recode, writer
from jupyter_mvt.store.local import LocalBackend, LocalWriter
from jupyter_mvt.testing.disks import MemoryDisk
from tests.crash.judge import goes_on
from tests.crash.test_power_cut import Count, lived, recorded, small
from tests.crash.world import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["small"]

_init = LocalBackend.__init__


def _lying(stage: type | Any, name: str, *verbs: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a bug: while `stage.name` runs, calls of `verbs` do nothing."""

    def seed(patch: pytest.MonkeyPatch) -> None:
        real = getattr(stage, name)

        def lie(self: Any, *args: Any, **more: Any) -> Any:
            disk = _disk_of(self)
            disk.lies.update(verbs)
            try:
                return real(self, *args, **more)
            finally:
                disk.lies.clear()

        patch.setattr(stage, name, lie)

    return seed


def _disk_of(thing: Any) -> MemoryDisk:
    if isinstance(thing, writer.PackWriter):
        thing = thing._store.backend
    disk = thing._disk if isinstance(thing, LocalWriter) else thing.disk
    assert isinstance(disk, MemoryDisk)
    return disk


def _operation_in_place(patch: pytest.MonkeyPatch) -> None:
    def put_if_absent(self: LocalBackend, key: str, data: bytes) -> bool:
        if self.stat(key) is not None:
            return False
        path = str(self.path(key))
        handle = self.disk.create(path)
        self.disk.write(handle, data)
        self.disk.fsync(handle)
        self.disk.fsync_dir(path.rpartition("/")[0])
        return True

    patch.setattr(LocalBackend, "put_if_absent", put_if_absent)


def _name_before_content(patch: pytest.MonkeyPatch) -> None:
    def settled(self: LocalWriter, path: str) -> None:
        assert self._handle is not None
        self._disk.fsync_dir(path.rpartition("/")[0])
        self._disk.fsync(self._handle)

    patch.setattr(LocalWriter, "_finish", lambda self, path: self._flush())
    patch.setattr(LocalWriter, "_settled", settled)


def _operation_before_pack(patch: pytest.MonkeyPatch) -> None:
    late: list[Callable[[], None]] = []
    commit, put, abort = LocalWriter.commit, LocalBackend.put_if_absent, LocalWriter.abort

    def later(self: LocalWriter, key: str) -> None:
        late.append(lambda: commit(self, key))

    def then(self: LocalBackend, key: str, data: bytes) -> bool:
        done = put(self, key, data)
        while late:
            late.pop()()
        return done

    patch.setattr(LocalWriter, "commit", later)
    patch.setattr(LocalWriter, "abort", lambda self: None if late else abort(self))
    patch.setattr(LocalBackend, "put_if_absent", then)


def _fast(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        LocalBackend, "__init__",
        lambda self, root, **options: _init(self, root, **{**options, "durability": "fast"}),
    )  # fmt: skip
    patch.setattr(LocalBackend, "durability", property(lambda self: "fast", lambda self, x: None),
                  raising=False)  # fmt: skip


def _put_replaces(patch: pytest.MonkeyPatch) -> None:
    def put_if_absent(self: LocalBackend, key: str, data: bytes) -> bool:
        if self.stat(key) is not None:
            return False
        self.put(key, data)
        return True

    patch.setattr(LocalBackend, "put_if_absent", put_if_absent)


def _one_temporary_name(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(local, "_unique", lambda: "next")


def _no_read_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(writer.Store, "holds", lambda self, oid, place, data: True)


def _deleted_before_it_is_recorded(patch: pytest.MonkeyPatch) -> None:
    real = gc_verb.drop_safely

    def eager(store: Any, view: Any, packs: Any, live: Any) -> Any:
        for key in packs:
            store.backend.delete(key)
        return real(store, view, packs, live)

    patch.setattr(gc_verb, "drop_safely", eager)


def _survivors_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gc_verb, "move_survivors", lambda store, view, found: None)
    patch.setattr(gc_verb, "drop_safely", lambda store, view, packs, live: (packs, ()))


def _old_packs_go_first(patch: pytest.MonkeyPatch) -> None:
    _lying(LocalWriter, "commit", "fsync", "fsync_dir")(patch)
    real = packer._drop

    def drop(store: Any, run: Any, *rest: Any) -> Any:
        for key in run.plan.rewritten:
            store.backend.delete(key)
        store.backend.disk.fsync_dir(str(store.backend.path("packs")))
        return real(store, run, *rest)

    patch.setattr(packer, "_drop", drop)


def _checkpoint_before_operation(patch: pytest.MonkeyPatch) -> None:
    real = oplog._publish

    def publish(store: Any, drafted: Any, record: bytes) -> bool:
        if drafted.number % layout.WINDOW == 0:
            store.backend.put(layout.checkpoint(drafted.number), b"soon")
        return real(store, drafted, record)

    patch.setattr(oplog, "_publish", publish)


def _torn_checkpoint_believed(patch: pytest.MonkeyPatch) -> None:
    real = oplog.fold_window

    def believing(backend: Any, fold: Any, end: int) -> bool:
        done = real(backend, fold, end)
        if not done and backend.stat(layout.checkpoint(end)) is not None:
            fold.number = end
            fold.head = oplog.record_id(oplog.read_record(backend, end))
            return True
        return done

    patch.setattr(oplog, "fold_window", believing)


def _unsure_content_used(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LocalBackend, "settle", lambda self, key: None)


def _sealed_too_early(patch: pytest.MonkeyPatch) -> None:
    def settled(self: LocalWriter, path: str) -> None:
        self._backend.seal(path)
        self._disk.fsync_dir(path.rpartition("/")[0])

    patch.setattr(LocalWriter, "_settled", settled)


def _damaged_copy_encoded(patch: pytest.MonkeyPatch) -> None:
    def read(self: Any, oid: bytes, place: Any, data: memoryview) -> Any:
        self.store.check(oid, place, data)
        return data, place

    patch.setattr(recode.Recoder, "_read", read)


def _damaged_copy_is_enough_to_gc(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gc_store, "_unsound", lambda *_: set())


BUGS: dict[str, tuple[str, Any]] = {
    "a pack without fsync": ("commit", _lying(writer.PackWriter, "publish", "fsync")),
    "a pack without fsync of its folder": (
        "commit", _lying(writer.PackWriter, "publish", "fsync_dir")),
    "an operation without fsync": ("label move", _lying(LocalBackend, "put_if_absent", "fsync")),
    "an operation without fsync of its folder": (
        "label move", _lying(LocalBackend, "put_if_absent", "fsync_dir")),
    "an operation written in place": ("label move", _operation_in_place),
    "renamed before it is synced": ("commit", _name_before_content),
    "the operation before its objects": ("commit", _operation_before_pack),
    "acknowledged before it is durable": ("tag create", _fast),
    "a put that replaces": ("commit against another", _put_replaces),
    "one name for all temporary files": ("commit", _one_temporary_name),
    "stored content is not read back": ("commit over rot", _no_read_back),
    "gc deletes before the log says so": ("gc at once", _deleted_before_it_is_recorded),
    "gc forgets what is still needed": ("gc at once", _survivors_forgotten),
    "packing drops the old before the new is durable": ("pack", _old_packs_go_first),
    "packing encodes a damaged copy": ("pack what is lost", _damaged_copy_encoded),
    "gc drops the sound copy beside a damaged one": ("gc over rot", _damaged_copy_is_enough_to_gc),
    "a checkpoint before its operation": ("label remove", _checkpoint_before_operation),
    "a torn checkpoint is believed": ("label remove", _torn_checkpoint_believed),
    "what another left unsure is used": ("commit again", _unsure_content_used),
    "marked as sure too early": ("commit again", _sealed_too_early),
}  # fmt: skip


def found(name: str, patch: pytest.MonkeyPatch, bug: Any) -> str:
    """Return what the judge says of a command that has the bug."""
    world = lived(STEPS[name])
    bug(patch)
    try:
        base, judge = recorded(world, STEPS[name])
        for disk in list(Count().cuts(world, base, judge, samples=64))[::16]:
            if fault := goes_on(disk.copy()):
                return fault
    except (AssertionError, CorruptionError, StorageError) as error:
        return str(error)
    return ""


@pytest.mark.parametrize("bug", BUGS)
def test_every_seeded_bug_is_caught(
    bug: str, monkeypatch: pytest.MonkeyPatch, proved: Callable[..., None]
) -> None:
    assert found(BUGS[bug][0], monkeypatch, BUGS[bug][1])
    proved("2", "seeded protocol bugs", 1, "caught")


def test_nothing_is_found_where_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in {name for name, _ in BUGS.values()}:
        assert found(name, monkeypatch, lambda patch: None) == ""


def test_there_are_enough_bugs() -> None:
    assert len(BUGS) >= 12
