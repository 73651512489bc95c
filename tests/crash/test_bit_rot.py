"""Wrong bytes anywhere: found, named with what they touch, never silently used, and healed."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from jupyter_mvt.errors import CorruptionError, MvtError
from jupyter_mvt.history.gc import gc
from jupyter_mvt.history.repair import repair
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.faults import FsckReport
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import open_store
from jupyter_mvt.store.pack import DELTA, PLANES, RAW, ROW, TRAILER, read_rows
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.store import Store
from jupyter_mvt.testing.disks import MemoryDisk
from tests.crash.judge import CHECKERS, State, Still, state_of
from tests.crash.test_power_cut import small
from tests.crash.world import HOME, ROOT, SHOWN, TEMPORARY, World, packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["small"]

DERIVED = (*layout.DERIVED, layout.INDEX, layout.README)
FLIPS = 20_040
SOAK = int(float(os.environ.get("MVT_SOAK", "1")) * 100_000)
START = len(str(ROOT)) + 1


@dataclass
class Sound:
    """A repository with every kind of file, and all that is in it."""

    disk: MemoryDisk
    state: State
    blobs: dict[str, bytes]
    needed: dict[str, set[str]]
    carried: dict[str, str]

    def labels(self, commits: set[str]) -> set[str]:
        labels = self.state[4]
        assert isinstance(labels, dict)
        return {name for name, oid in labels.items() if oid in commits}


class Drifting:
    """A model that differs little from one training to the next: packed, it is a difference."""

    def __init__(self, seed: int) -> None:
        chance = np.random.default_rng(1)
        start, way = chance.normal(size=(2, 600)).astype("float32")
        self.kernel = start + way * np.float32(1e-6 * seed)
        self.fixed = np.arange(64.0)

    def predict(self, x: float) -> float:
        return x


def drifting(world: World, seed: int) -> None:
    world.repo().commit(Drifting(seed), metrics={"loss": 1 / seed}, params={"seed": seed})


def again(world: World, seed: int) -> None:
    """Commit what there was, though what it is compared with may be damaged."""
    try:
        drifting(world, seed)
    except CorruptionError as error:
        assert " was made, but cannot be compared with " in error.message


@lru_cache(1)
def sound() -> Sound:
    """Return a repository whose packs hold objects as they are, encoded, and as differences."""
    world = World(MemoryDisk(HOME))
    world.init()
    for seed in (1, 2, 3, 4):
        drifting(world, seed)
    packed(world)
    world.days += 30
    gc(world.repo()._handle, grace_days=0)
    drifting(world, 5)
    with SHOWN():
        world.repo().commit(Drifting(5), metrics={"loss": 0.1}, params={"seed": 5})
    world.do("label", "move", "production", "v2")
    world.do("branch", "create", "side", "v1")
    world.evaluate()
    world.record(commit=False)
    world.do("index", "rebuild")
    if oplog.current(world.repo()._handle.store).number % 2:
        world.do("tag", "create", "even", "v3")  # so that a checkpoint knows the newest operation
    disk = world.disk
    assert isinstance(disk, MemoryDisk)
    store = open_store(ROOT, disk=disk)
    view = oplog.current(store)
    blobs: dict[str, bytes] = {}
    needed: dict[str, set[str]] = {}
    for oid in view.commits:
        found = reach(store, oplog.commit_object(store, oid).content)
        for name in (*found.manifests, *found.blobs, *found.chunks):
            blobs[name] = store.blob(ObjectId(name))
            needed.setdefault(name, set()).add(oid)
    kinds = {row.encoding for key in store.backend.list(layout.PACKS)
             for row in read_rows(store.backend, key)}  # fmt: skip
    assert kinds >= {RAW, PLANES, DELTA}
    assert fsck(store, checkers=CHECKERS).ok
    carried = {layout.operation(where.operation): oid for oid, where in view.commits.items()}
    disk.events.clear()
    return Sound(disk, state_of(view), blobs, needed, carried)


def paths(disk: MemoryDisk, prefix: str = "") -> list[str]:
    start = f"{ROOT}/{prefix}"
    without_meaning = (TEMPORARY, f"{ROOT}/{layout.RESERVE}")
    return sorted(path for path in disk.names
                  if path.startswith(start) and not path.startswith(without_meaning))  # fmt: skip


def changed(path: str, data: bytes | None) -> MemoryDisk:
    """Return the sound disk with one file otherwise, or gone."""
    disk = sound().disk.copy()
    if data is None:
        del disk.names[path]
    else:
        inode = disk.names[path]
        disk.files[inode] = disk.files[inode]._replace(data=data)
    return disk


def report_on(disk: MemoryDisk) -> FsckReport:
    return fsck(Store(Still(disk)), checkers=CHECKERS)


def silently_wrong(disk: MemoryDisk, key: str) -> str:
    """Return what reads otherwise than it was written, without an error, `key` being damaged."""
    whole = sound()
    store = Store(Still(disk))
    try:
        if state_of(oplog.current(store)) != whole.state:
            return "the log"
    except MvtError:
        return ""
    for name in held(key) if key.startswith(layout.PACKS) else ():
        try:
            if store.blob(ObjectId(name)) != whole.blobs[name]:
                return name
        except MvtError:
            continue
    return ""


def unnamed(key: str, report: FsckReport, at: int | None = None) -> str:
    """Return what the report does not say of a damaged file, or an empty string."""
    whole = sound()
    mine = [p for p in report.problems if p.key == key]
    if not mine:
        return "the file"
    if key in whole.carried:
        commit = whole.carried[key]
        if commit not in {oid for p in mine for oid in p.commits}:
            return "the commit"
        if whole.labels({commit}) - {name for p in mine for name in p.labels}:
            return "the labels"
    if not key.startswith(layout.PACKS) or at is None:
        return ""
    for oid in touched(key, at):
        commits = whole.needed.get(oid, set())
        # Behind a manifest that is lost too, an object is not known, but the commits are.
        if commits - {commit for p in report.problems for commit in p.commits}:
            return f"the commits that need {oid}"
        if whole.labels(commits) - {name for p in report.problems for name in p.labels}:
            return "the labels"
        for p in report.problems:
            if p.object == oid and (not p.commits or {*p.commits} - commits):
                return f"the right commits of {oid}"
    return ""


def touched(key: str, at: int) -> set[str]:
    """Return the objects that cannot be read when byte `at` of a pack is wrong."""
    backend = Still(sound().disk)
    store = Store(backend)
    store.index.refresh()
    rows = read_rows(backend, key)
    size = len(backend.get(key))
    if at >= size - TRAILER.size - ROW.size * len(rows):
        return {row.oid.hex() for row in rows} & sound().needed.keys()
    hit = {row.oid for row in rows if row.offset <= at < row.offset + row.stored}
    hit |= {
        row.oid for other in backend.list(layout.PACKS) for row in read_rows(backend, other)
        if row.encoding == DELTA and backend.get_range(other, row.offset, 32) in hit
    }  # fmt: skip
    return {oid.hex() for oid in hit}


@cache
def held(key: str) -> set[str]:
    """Return the needed objects in a pack, and those stored as differences from them."""
    rows = read_rows(Still(sound().disk), key)
    return {oid for row in rows for oid in touched(key, row.offset)} & sound().needed.keys()


def flips(count: int, seed: int) -> Iterator[tuple[str, int, bytes]]:
    """Yield files with one bit otherwise, each file in its turn."""
    chance = random.Random(seed)
    disk = sound().disk
    files = paths(disk)
    for i in range(count):
        path = files[i % len(files)]
        data = bytearray(disk.files[disk.names[path]].data)
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        yield path, at, bytes(data)


def flipped(count: int, seed: int) -> int:
    idle = 0
    for path, at, data in flips(count, seed):
        disk, key = changed(path, data), path[START:]
        report = report_on(disk)
        assert (silently_wrong(disk, key), key, at) == ("", key, at)
        if report.ok and key.startswith(layout.PACKS):
            idle += 1  # a bit of an encoding that means nothing: every object reads as it was
            continue
        assert (unnamed(key, report, at), key, at) == ("", key, at)
    assert idle <= count / 500
    return count - idle


@pytest.mark.parametrize("seed", range(4))
def test_every_flipped_bit_is_found_and_named(seed: int, proved: Callable[..., None]) -> None:
    proved("11", "bit rot in every kind of file", flipped(FLIPS // 4, seed), "flips")


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(10, 14))
def test_every_flipped_bit_is_found_at_length(seed: int, proved: Callable[..., None]) -> None:
    proved("11", "bit rot in every kind of file", flipped(SOAK // 4, seed), "flips")


def test_cut_lost_swapped_and_foreign_files_are_found_and_named(
    proved: Callable[..., None],
) -> None:
    disk, chance, count = sound().disk, random.Random(5), 0
    files = paths(disk)
    for path in files:
        data = disk.files[disk.names[path]].data
        kind = path[START:].partition("/")[0]
        fellows = [p for p in files if p != path and p[START:].partition("/")[0] == kind]
        others = [disk.files[disk.names[p]].data for p in fellows]
        cuts = [data[: chance.randrange(len(data))] for _ in range(12)]
        for wrong in (*cuts, data + b"\0", b"", os.urandom(len(data)), *others[:6]):
            damaged = changed(path, wrong)
            assert unnamed(path[START:], report_on(damaged)) == "", path
            assert silently_wrong(damaged, path[START:]) == "", path
            count += 1
    proved("11", "files cut off, replaced and swapped", count, "files")


@pytest.mark.parametrize("prefix", ["ops/", "packs/", "tables/", "format", "README.md", "index/"])
def test_a_lost_file_is_found(prefix: str, proved: Callable[..., None]) -> None:
    lost = paths(sound().disk, prefix)
    newest = max(p for p in paths(sound().disk, "index/v1/manifest/"))
    for path in lost:
        if path.startswith(newest):
            continue  # without its manifest there simply is no index
        disk = changed(path, None)
        key = path[START:]
        problems = report_on(disk).problems
        named = {p.key for p in problems} | {word.strip("().;") for p in problems
                                             for word in p.text.split()}  # fmt: skip
        if prefix == "packs/":
            gone = {row.oid.hex() for row in read_rows(Still(sound().disk), key)}
            missing = {p.object: p for p in problems if p.kind == "missing-object"}
            assert gone & missing.keys()
            commits = {commit for p in missing.values() for commit in p.commits}
            assert {c for oid in gone for c in sound().needed.get(oid, ())} <= commits
        else:
            assert key in named
        assert silently_wrong(disk, key) == ""
    proved("11", "lost files", len(lost), "files")


def modelled() -> set[str]:
    """Return the objects that models consist of."""
    store = open_store(ROOT, disk=sound().disk)
    contents = [
        oplog.commit_object(store, ObjectId(oid)).content for oid in sound().carried.values()
    ]
    models = [model for content in contents for model in content.models]
    chunks = {chunk for model in models for entry in store.manifest(model.weights).entries
              for chunk in entry.chunks}  # fmt: skip
    return chunks | {oid for model in models for oid in (model.weights, model.state)}


def test_damage_is_healed_from_another_copy_or_by_committing_again(
    proved: Callable[..., None],
) -> None:
    healed = 0
    for path, _, data in flips(len(paths(sound().disk)) * 4, 77):
        if "/packs/" not in path:
            continue
        disk = changed(path, data)
        world = World(disk, made=5000)
        if healed % 2:
            for seed in (1, 2, 3, 4, 5):
                again(world, seed)
            world.do("fsck", "--repair")
        else:
            source = open_store(ROOT, disk=sound().disk.copy())
            assert repair(world.repo()._handle, source).lost == ()
        left = [p for p in report_on(disk).problems if p.kind != "corrupt-derived"]
        # What else was imported by then is of the environment, and so no content again.
        assert [p for p in left if p.object in modelled()] == []
        healed += 1
    assert healed > 3
    proved("12", "repair, from a copy or by committing again", healed, "packs")
