"""An interrupt between any two deletions of a gc: whole as it is, and the next gc goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.testing.disks import MemoryDisk
from tests.crash.judge import Judge, goes_on, states_of
from tests.crash.test_power_cut import lived, small
from tests.crash.world import ROOT, STEPS, World

if TYPE_CHECKING:
    from jupyter_mvt.store.fs import Disk

__all__ = ["small"]


class Interrupting:
    """A disk at which somebody interrupts the kernel, right before removal number `at`."""

    def __init__(self, disk: Disk, at: int) -> None:
        self._disk = disk
        self._left = at
        self.interrupted = False

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._disk, verb)

    def unlink(self, path: str) -> None:
        if path.startswith(f"{ROOT}/packs/"):
            self._left -= 1
            if not self._left:
                self.interrupted = True
                raise KeyboardInterrupt
        self._disk.unlink(path)


def packs(disk: MemoryDisk) -> set[str]:
    return {path for path in disk.names if path.startswith(f"{ROOT}/packs/")}


@pytest.mark.parametrize("name", ["gc at once", "gc when grace is over", "gc after pack"])
def test_a_gc_is_interrupted_between_any_two_deletions(name: str) -> None:
    start, interrupts = lived(STEPS[name]), 0
    assert isinstance(start.disk, MemoryDisk)
    whole = World(start.disk.copy(), made=start.made, days=start.days)
    STEPS[name].do(whole)
    assert isinstance(whole.disk, MemoryDisk)
    for at in range(1, 50):
        disk = start.disk.copy()
        interrupting: Any = Interrupting(disk, at)
        try:
            STEPS[name].do(World(interrupting, made=start.made, days=start.days))
        except KeyboardInterrupt:
            interrupts += 1
        if not interrupting.interrupted:
            break
        after = states_of(disk)
        assert Judge(after, [(0, after[-1])]).fault(disk, 0) == ""
        assert not [path for path in disk.names if path.startswith(f"{ROOT}/tmp/")]
        again = World(disk.copy(), made=start.made + 500, days=start.days)
        again.do("gc", "run", "--grace", "0")
        assert isinstance(again.disk, MemoryDisk)
        assert packs(again.disk) <= packs(whole.disk)
        assert goes_on(disk) == ""
    assert interrupts == at - 1 >= 1
