"""Whatever the disk refuses, at whichever call of whichever command: before or after, and why."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.errors import CorruptionError, MvtError, StorageError
from jupyter_mvt.store import layout
from jupyter_mvt.store.fs import OsDisk
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.testing.disks import FaultyDisk, MemoryDisk, fingerprint
from tests.crash.judge import Judge, State, goes_on, states_of
from tests.crash.test_power_cut import lived, small
from tests.crash.world import HOME, ROOT, STEPS, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["small"]

CHANGING = frozenset(
    ["mkdir", "create", "write", "fsync", "close", "fsync_file", "fsync_dir", "rename", "link",
     "unlink", "chmod"]
)  # fmt: skip
READING = frozenset(["read", "read_into", "map", "list", "stat"])
CODES = {
    errno.EIO: "io-error",
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EROFS: "read-only",
    errno.EACCES: "permission-denied",
    errno.EINTR: "interrupted",
    errno.ESTALE: "stale-handle",
}
REPLACING = ("commit against another", "commit again", "gc on a full disk")
"""Commands whose test replaces verbs of the disk itself, and one that cannot be done twice."""


def hurt(world: World, name: str, at: int, error: int) -> tuple[FaultyDisk, MvtError | None]:
    """Do a command with call number `at` of its disk refused; a refused write is half done."""
    disk = FaultyDisk(world.disk, at, error, CHANGING | READING, torn=True)
    try:
        STEPS[name].do(World(disk, made=world.made, days=world.days))
    except MvtError as refusal:
        return disk, refusal
    return disk, None


def before_or_after(world: World, before: list[State], name: str) -> str:
    """Return what is wrong with what a refusal left, or an empty string."""
    assert isinstance(world.disk, MemoryDisk)
    after = states_of(world.disk)
    if after[: len(before)] != before:
        return "the log was changed"
    if STEPS[name].heals:
        return ""  # what is damaged is looked at when it is healed
    return Judge(after, [(0, after[-1])]).fault(world.disk, 0)


def new(seen: set[int], world: World) -> bool:
    """Tell whether no disk of the same content was `seen` so far."""
    assert isinstance(world.disk, MemoryDisk)
    content = fingerprint(world.disk)
    is_new = content not in seen
    seen.add(content)
    return is_new


@pytest.mark.parametrize("name", [name for name in STEPS if name not in REPLACING])
def test_a_refused_call_leaves_before_or_after(name: str, proved: Callable[..., None]) -> None:
    errors = list(CODES)
    start, at, told = lived(STEPS[name]), 0, 0
    assert isinstance(start.disk, MemoryDisk)
    before = states_of(start.disk)
    # Most refusals leave the same disk: what follows from its content alone is done once.
    judged, tried, used = set[int](), set[int](), set[int]()
    while True:
        at += 1
        error = errors[at % len(errors)]
        world = World(start.disk.copy(), made=start.made, days=start.days)
        disk, refusal = hurt(world, name, at, error)
        if not disk.failed:
            break
        if refusal is not None:
            told += 1
            if not isinstance(refusal, CorruptionError):
                assert (refusal.code, bool(refusal.hint)) == (CODES[error], True)
                assert str(ROOT) in refusal.message
            assert not new(judged, world) or before_or_after(world, before, name) == ""
            if len(states_of(world.disk)) == len(before) and new(tried, world):
                STEPS[name].do(World(world.disk, made=start.made + 500, days=start.days))
        assert not new(judged, world) or before_or_after(world, before, name) == ""
        if at % 7 == 0 and not STEPS[name].heals and new(used, world):
            assert goes_on(world.disk) == ""
    assert told >= 5
    proved("5", "a refused call at every verb of the disk, in every command", at - 1, "calls")


@pytest.mark.parametrize("error", CODES)
def test_a_refused_init_leaves_nothing_or_a_repository(error: int) -> None:
    at = 0
    while True:
        at += 1
        disk = MemoryDisk(HOME)
        faulty = FaultyDisk(disk, at, error, CHANGING, torn=True)
        try:
            init_store(ROOT, disk=faulty)
        except StorageError as refusal:
            assert refusal.code == CODES[error]
        assert goes_on(disk) == ""
        if not faulty.failed:
            break
    assert at > 20


def test_derived_files_that_cannot_be_written_do_not_fail_the_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(MemoryDisk(HOME))
    world.init()
    world.commit(1)
    real = world.disk.rename

    def full(source: str, target: str) -> None:
        if "/segments/" in target:
            raise OSError(errno.ENOSPC, "injected", target)
        real(source, target)

    monkeypatch.setattr(world.disk, "rename", full)
    repo = world.repo()
    repo.labels.move("production")
    backend = repo._handle.store.backend
    assert list(backend.list("checkpoints/")) == []
    monkeypatch.setattr(world.disk, "rename", real)
    repo.labels.remove("production")
    assert list(backend.list("checkpoints/")) == [layout.checkpoint(2)]
    assert goes_on(world.disk) == ""


def test_short_and_interrupted_writes_are_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel may take less than it is given, and break off calls for a signal."""
    store = init_store(tmp_path / ".mvt")
    real, calls = os.write, []

    def short(handle: int, data: Any) -> int:
        calls.append(len(data))
        return real(handle, data[: max(1, len(data) // 3)])

    monkeypatch.setattr(os, "write", short)
    store.backend.put("ops/000000000001", b"0123456789" * 10)
    assert len(calls) > 5
    assert open_store(tmp_path / ".mvt").backend.get("ops/000000000001") == b"0123456789" * 10


def test_a_disk_that_takes_nothing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = init_store(tmp_path / ".mvt")
    monkeypatch.setattr(os, "write", lambda handle, data: 0)
    with pytest.raises(StorageError) as error:
        store.backend.put("ops/000000000001", b"12")
    assert error.value.code == "io-error"
    assert isinstance(store.backend.disk, OsDisk)
    assert os.listdir(tmp_path / ".mvt" / "tmp") == []
