"""Undo restores exactly: after every kind of operation, all refs are as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.store import oplog
from jupyter_mvt.store.open import open_store
from tests.crash.test_power_cut import lived
from tests.crash.world import ROOT, STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.store.store import Store
    from tests.crash.world import World

FINAL = {"gc at once", "gc when grace is over", "gc on a full disk", "gc of an evaluation"}
"""What these deleted is gone, as they were told."""
OTHERWISE = {"gc undone", "rollback on a full disk", "evaluate again"}
"""A gc is not redone but done anew; what has an undo in the middle is no one kind; and what was
taken out of the trash because it is needed again is not put back there."""
UNDER_THE_BONNET = {"index rebuild", "index again", "pack", "gc after pack"}
"""What is stored otherwise is the same for all refs; undo says that there is nothing to undo."""
LEFT_OUT = FINAL | OTHERWISE | UNDER_THE_BONNET
KINDS = [name for name in STEPS if name not in LEFT_OUT and not STEPS[name].heals]
BACK = {"undo": ["redo"], "redo": ["undo"]}


def store_of(world: World) -> Store:
    return open_store(ROOT, disk=world.disk)


@pytest.mark.parametrize("name", KINDS)
def test_undo_restores_exactly(name: str, proved: Callable[..., None]) -> None:
    world = lived(STEPS[name])
    before = oplog.current(store_of(world))
    STEPS[name].do(world)
    after = oplog.current(store_of(world))
    assert after.number > before.number
    for number in range(after.number, before.number, -1):
        verb = oplog.operation(store_of(world), number).verb
        world.do(*BACK.get(verb, ["undo", str(number)]))
    assert oplog.current(store_of(world)).refs_id() == before.refs_id()
    proved("14", "undo of every kind of operation: equal view", 1, "kinds")
