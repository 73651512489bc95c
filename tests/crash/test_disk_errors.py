"""Whatever the disk refuses, at whichever call: a clear error, nothing lost, and it goes on."""

from __future__ import annotations

import copy
import errno

import pytest

from jupyter_mvt.errors import StorageError
from jupyter_mvt.store import layout
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.testing.crash import FaultyDisk, MemoryDisk
from tests.crash.scenario import HOME, PAYLOADS, ROOT, Life, broken, commit, label

CHANGING = frozenset(
    [
        "mkdir",
        "create",
        "write",
        "fsync",
        "close",
        "fsync_file",
        "fsync_dir",
        "rename",
        "link",
        "unlink",
        "chmod",
    ]
)
READING = frozenset(["read", "read_into", "list", "stat"])
CODES = {
    errno.EIO: "io-error",
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EROFS: "read-only",
    errno.EACCES: "permission-denied",
}


def one_commit() -> Life:
    life = Life(MemoryDisk(HOME))
    store = init_store(ROOT, disk=life.disk)
    life.initialised = len(life.disk.events)
    life.note(commit(store, PAYLOADS[0], "first"))
    return life


@pytest.mark.parametrize("error", CODES)
@pytest.mark.parametrize("verbs", [CHANGING, READING], ids=["changing", "reading"])
def test_a_refused_call_leaves_before_or_after(
    error: int, verbs: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "WINDOW", 2)
    before = one_commit()
    points = refused = 0
    while True:
        points += 1
        life = copy.deepcopy(before)
        faulty = FaultyDisk(life.disk, points, error, verbs)
        error_seen: StorageError | None = None
        try:
            store = open_store(ROOT, disk=faulty)
            life.note(commit(store, PAYLOADS[1], "second"))
        except StorageError as refusal:
            refused += 1
            error_seen = refusal
        if faulty.calls >= points and error_seen is not None:
            assert (error_seen.code, bool(error_seen.hint)) == (CODES[error], True)
            assert str(ROOT) in error_seen.message
        assert broken(life.disk, life, len(life.disk.events)) == ""
        if faulty.calls < points:
            break
    assert refused >= 5


@pytest.mark.parametrize("error", CODES)
def test_a_refused_init_leaves_nothing_or_a_repository(error: int) -> None:
    points = 0
    while True:
        points += 1
        life = Life(MemoryDisk(HOME))
        faulty = FaultyDisk(life.disk, points, error, CHANGING)
        try:
            init_store(ROOT, disk=faulty)
            life.initialised = len(life.disk.events)
        except StorageError:
            life.initialised = len(life.disk.events) + 1
        assert broken(life.disk, life, len(life.disk.events)) == ""
        if faulty.calls < points:
            break


def test_derived_files_that_cannot_be_written_do_not_fail_the_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layout, "WINDOW", 2)
    life = one_commit()
    store = open_store(ROOT, disk=life.disk)
    real = life.disk.rename

    def full(source: str, target: str) -> None:
        if "/segments/" in target:
            raise OSError(errno.ENOSPC, "injected", target)
        real(source, target)

    monkeypatch.setattr(life.disk, "rename", full)
    life.note(label(store, "moved"))
    assert list(store.backend.list("checkpoints/")) == []
    monkeypatch.setattr(life.disk, "rename", real)
    life.note(label(store, "again"))
    assert list(store.backend.list("checkpoints/")) == ["checkpoints/000000000002"]
    assert broken(life.disk, life, len(life.disk.events)) == ""
