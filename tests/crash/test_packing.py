"""A power cut or a refused call at any moment of packing loses nothing."""

from __future__ import annotations

import copy
import errno
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.errors import MvtError
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.store import layout, oplog, packer, trash
from jupyter_mvt.store.local import LocalWriter
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.store.packer import pack
from jupyter_mvt.testing.crash import power_cuts
from jupyter_mvt.testing.disks import FaultyDisk, MemoryDisk
from tests.crash.scenario import HOME, PAYLOADS, ROOT, Life, broken, commit
from tests.crash.test_disk_errors import CHANGING, READING

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOCK = Clock(now_us=lambda: 1, token=lambda: "pack")


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "WINDOW", 4)
    monkeypatch.setattr(packer, "_TARGET", 150)


def before() -> Life:
    life = Life(MemoryDisk(HOME))
    store = init_store(ROOT, disk=life.disk)
    life.initialised = len(life.disk.events)
    for i in (0, 1, 3):
        life.note(commit(store, PAYLOADS[i], f"token-{i}"))
    return life


def packed(life: Life) -> Life:
    """Pack, and delete the old packs as gc does when their grace is over."""
    store = open_store(ROOT, disk=life.disk)
    assert len(pack(store, everything=True, clock=CLOCK).written) > 1
    life.note(next(iter(oplog.operations(store))))
    for key in sorted(trash.packs(oplog.current(store))):
        store.backend.delete(key)
    life.disk.fsync_dir(f"{ROOT}/packs")
    return life


def faults(life: Life, start: int) -> Iterator[str]:
    for moment, disk in power_cuts(MemoryDisk(HOME), life.disk.events, samples=24, start=start):
        yield broken(disk, life, moment) or packs_again(disk)


def packs_again(disk: MemoryDisk) -> str:
    store = open_store(ROOT, disk=disk)
    pack(store, everything=True, clock=CLOCK)
    return sound(disk)


def sound(disk: MemoryDisk) -> str:
    """Return what is broken, whatever operations there are."""
    life = Life(disk)
    for operation in oplog.operations(open_store(ROOT, disk=disk), newest_first=False):
        life.note(operation)
    return broken(disk, life, len(disk.events))


def test_no_power_cut_loses_anything() -> None:
    life = before()
    start = len(life.disk.events)
    states = Counter(faults(packed(life), start))
    assert set(states) == {""}
    assert sum(states.values()) > 100


def test_the_model_sees_a_pack_that_is_not_synced(monkeypatch: pytest.MonkeyPatch) -> None:
    life = before()
    start = len(life.disk.events)
    real = LocalWriter.commit

    def lying(self: Any, key: str) -> None:
        life.disk.lies.add("fsync")
        real(self, key)
        life.disk.lies.clear()

    monkeypatch.setattr(LocalWriter, "commit", lying)
    packed(life)
    monkeypatch.setattr(LocalWriter, "commit", real)
    assert any(
        broken(disk, life, moment)
        for moment, disk in power_cuts(MemoryDisk(HOME), life.disk.events, samples=24, start=start)
    )


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_a_refused_call_leaves_before_or_after(error: int) -> None:
    start, points, refused = before(), 0, 0
    while True:
        points += 1
        life = copy.deepcopy(start)
        faulty = FaultyDisk(life.disk, points, error, CHANGING | READING)
        try:
            pack(open_store(ROOT, disk=faulty), everything=True, clock=CLOCK)
        except MvtError:
            refused += 1
        assert sound(life.disk) == ""
        if faulty.calls < points:
            break
    assert refused > 20
