"""A power cut at any moment of any command, and then a second one, loses nothing acknowledged."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.commands.command import COMMANDS, VERBS
from jupyter_mvt.errors import ConflictError, NotFoundError, RestoreError, UsageError
from jupyter_mvt.metrics.check import check_index
from jupyter_mvt.store import layout, packer
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import open_store
from jupyter_mvt.testing.crash import power_cuts
from jupyter_mvt.testing.disks import MemoryDisk, fingerprint
from tests.crash.judge import Judge, goes_on, state_of, states_of
from tests.crash.parsing import parsing_remembered
from tests.crash.world import HOME, ROOT, STEPS, TEMPORARY, Step, World, founded, packed, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.crash.judge import State

STATES = 100_000
SOAK = int(float(os.environ.get("MVT_SOAK", "1")) * 500_000)
READING = {
    "status", "log", "show", "curves", "diff", "leaderboard", "sql", "branch list", "tag list",
    "label list", "label history", "checkout", "oplog", "cost show", "du show", "fsck",
    "index show", "completion", "help",
}  # fmt: skip
ELSEWHERE = {"init", "reproduce", "stash list", "stash pop", "trust", "watch"}
"""Cut by themselves (``init``), or of the session or the person: the repository is not changed."""
LINES = {
    "sql": "sql select+1", "label history": "label history production",
    "checkout": "checkout v1 --trust", "completion": "completion bash",
}  # fmt: skip
EACH = STATES // (len(STEPS) + 1) + 1
SECOND: list[Callable[[World], object]] = [
    words("label move production v1"),
    World.commit,
    words("gc run --grace 0"),
    packed,
    words("branch create after v1", "switch after"),
    words("undo"),
    lambda world: world.commit(2),
    words("index rebuild"),
]
"""What is done after a first cut, to be cut itself."""


@pytest.fixture(autouse=True)
def small() -> Iterator[None]:
    """Let the log have many checkpoints, and packs few objects."""
    with pytest.MonkeyPatch.context() as patch, parsing_remembered():
        patch.setattr(layout, "WINDOW", 2)
        patch.setattr(packer, "_TARGET", 3000)
        yield


def recorded(
    world: World, step: Step, states: list[State] | None = None
) -> tuple[MemoryDisk, Judge]:
    """Do something; return the disk before, and who knows what happened.

    `states` is what a longer log would tell, if that is known.
    """
    disk = world.disk
    assert isinstance(disk, MemoryDisk)
    base = disk.copy()
    known: frozenset[tuple[str, str]] = frozenset()
    before: list[State] = []
    if f"{ROOT}/format" in disk.names:
        found = fsck(open_store(ROOT, disk=disk), checkers={layout.INDEX: check_index})
        known = frozenset((p.kind, p.key) for p in found.problems if p.kind == "corrupt-object")
        disk.events.clear()
        world.acknowledged.clear()
        world.acknowledge()
        before = (states or [])[: world.acknowledged[0][1].number + 1]
    step.do(world)
    world.acknowledge()
    acknowledged = [(at, state_of(view)) for at, view in world.acknowledged]
    return base, Judge(states_of(disk, before), acknowledged, known, step.heals)


class Count:
    """Which different disks were judged.

    What is under ``tmp/`` does not count as a difference: nothing reads there. Disks that differ
    in permissions alone are different, but judged together: reading does not look at those.
    """

    def __init__(self) -> None:
        self.states: set[tuple[int, int]] = set()

    def cuts(
        self, world: World, base: MemoryDisk, judge: Judge, samples: int, seed: int = 0
    ) -> Iterator[MemoryDisk]:
        """Judge each state; yield those that are found sound, which all must be."""
        assert isinstance(world.disk, MemoryDisk)
        states, judged = set(), set()
        cuts = power_cuts(base, world.disk.events, samples=samples, seed=seed, ignored=TEMPORARY)
        for moment, disk in cuts:
            promised = judge.promised(moment)
            state = (fingerprint(disk, TEMPORARY), promised)
            if state in states:
                continue
            states.add(state)
            content = fingerprint(disk, TEMPORARY, modes=False)
            if (content, promised) not in judged:
                judged.add((content, promised))
                fault = judge.fault(disk, moment)
                assert fault == "", f"after a cut at event {moment} of {len(world.disk.events)}"
            yield disk
        self.states |= states


def cut_twice(world: World, step: Step, at_least: int, seed: int = 0) -> int:
    """Cut a command, commands after that, and so on, until so many disks are judged."""
    count = Count()
    base, judge = recorded(world, step)
    first = list(count.cuts(world, base, judge, samples=256, seed=seed))
    for disk in first[:: max(1, len(first) // 16)]:
        assert goes_on(disk.copy()) == ""
    level = [(disk, judge.states) for disk in first]
    for made in range(1000, 9000, 1000):
        level = _cut_again(count, level, at_least, made, seed)
        if len(count.states) >= at_least:
            return len(count.states)
    raise AssertionError(f"there are only {len(count.states)} states")


def _cut_again(
    count: Count, level: list[tuple[MemoryDisk, list[State]]], at_least: int, made: int, seed: int
) -> list[tuple[MemoryDisk, list[State]]]:
    """Cut a next command on each disk; return some of the disks that this leaves."""
    second, deeper = cycle(SECOND), []
    # A stride that visits all states, those far apart first.
    stride = next(n for n in (61, 67, 71, 73) if len(level) % n)
    for turn in range(len(SECOND) * len(level)):
        if len(count.states) >= at_least:
            break
        disk, states = level[turn * stride % len(level)]
        again = World(disk.copy(), made=made)
        base, judge = recorded(again, Step(tolerated(next(second))), states)
        if turn % len(level) == len(level) - 1:
            next(second)  # so that the next round pairs otherwise
        found = list(count.cuts(again, base, judge, samples=256, seed=seed))
        deeper += [(disk, judge.states) for disk in found[turn % 8 :: 32]]
    return deeper


def tolerated(do: Callable[[World], object]) -> Callable[[World], object]:
    """Allow a refusal: not everything can be done after every cut."""

    def trying(world: World) -> None:
        if not isinstance(world.disk, MemoryDisk) or f"{ROOT}/format" not in world.disk.names:
            world.init()
        with suppress(ConflictError, NotFoundError, RestoreError, UsageError):
            do(world)

    return trying


def lived(step: Step) -> World:
    world = founded()
    step.before(world)
    return world


@pytest.mark.parametrize("name", STEPS)
def test_no_power_cut_loses_anything(name: str, proved: Callable[..., None]) -> None:
    judged = cut_twice(lived(STEPS[name]), STEPS[name], EACH)
    proved("1", "power cuts in every command, once and twice", judged, "states")


def test_no_power_cut_in_init_loses_anything(proved: Callable[..., None]) -> None:
    judged = cut_twice(World(MemoryDisk(HOME)), Step(World.init), EACH)
    proved("1", "power cuts in every command, once and twice", judged, "states")


def test_the_figures_add_up() -> None:
    assert EACH * (len(STEPS) + 1) >= STATES


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", STEPS)
def test_no_power_cut_loses_anything_at_length(name: str, proved: Callable[..., None]) -> None:
    judged = cut_twice(lived(STEPS[name]), STEPS[name], SOAK // len(STEPS) + 1, seed=1)
    proved("1", "power cuts in every command, once and twice", judged, "states")


def test_every_command_is_cut_or_only_reads() -> None:
    known = STEPS.keys() | READING | ELSEWHERE
    missing = {path for path in leaves() if path not in known}
    assert missing == set(), "add it to tests.crash.world.STEPS, or to READING"


def leaves() -> Iterator[str]:
    for name in VERBS:
        command = COMMANDS.get(name)
        if not command.verbs:
            yield name
        for verb in command.verbs:
            yield f"{name} {verb.name}"


def test_commands_that_only_read_write_nothing() -> None:
    world = founded()
    assert isinstance(world.disk, MemoryDisk)
    world.disk.events.clear()
    for line in READING - {"status", "help"}:
        world.do(*LINES.get(line, line).split())
    assert world.disk.events == []


def test_a_commit_needs_four_fsyncs_and_two_without_new_bytes() -> None:
    disk = MemoryDisk(HOME)
    world = World(disk)
    world.init()
    world.commit(1)

    def fsyncs(seed: int) -> int:
        disk.events.clear()
        world.commit(seed)
        return sum(event.verb.startswith("fsync") for event in disk.events)

    assert (fsyncs(2), fsyncs(2)) == (4, 2)
