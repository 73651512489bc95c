"""A repository on a recorded disk, as its commands see it, and every command that changes it."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath as Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from jupyter_mvt.api.evaluate import record
from jupyter_mvt.api.kernel import attached
from jupyter_mvt.api.repo import Repo
from jupyter_mvt.commands.command import parse
from jupyter_mvt.errors import StorageError
from jupyter_mvt.history.evaluation import add
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.evaluation import Evaluation
from jupyter_mvt.objects.settings import DAY_US
from jupyter_mvt.store import oplog, reserve
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.store.packer import pack
from jupyter_mvt.testing.disks import MemoryDisk
from tests.cellshow import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.objects.ids import Buffer, ObjectId
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.fs import Disk, FileStat

HOME = "/home"
ROOT = Path(HOME, ".mvt")
TEMPORARY = f"{ROOT}/tmp/"


class Weights:
    """A small model, a part of which all have in common."""

    def __init__(self, seed: int) -> None:
        self.shared = np.arange(50.0)
        self.own = np.full(1000, float(seed))

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x[:, 0]


class Full:
    """A disk without a free byte; what is removed makes room."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._free = 0
        self._twice: set[str] = set()

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._disk, verb)

    def write(self, handle: int, *pieces: Buffer) -> None:
        size = sum(map(len, pieces))
        if size > self._free:
            raise OSError(errno.ENOSPC, "injected")
        self._free -= size
        self._disk.write(handle, *pieces)

    def link(self, source: str, target: str) -> None:
        self._disk.link(source, target)
        self._twice.add(source)

    def unlink(self, path: str) -> None:
        size = self._disk.stat(path).size
        self._disk.unlink(path)
        self._free += 0 if path in self._twice else size


SHOWN = partial(
    shown, "plot()",
    {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'><text>loss</text></svg>"},
    {"text/html": "<table><tr><td>loss</td><td>6</td></tr></table>"},
)  # fmt: skip
ROWS, TRUTH = np.arange(12.0).reshape(6, 2), np.arange(6.0)


@dataclass
class World:
    """One program after the other at work on `disk`; a `commands.command.Desk`.

    Attributes
    ----------
    made
        Counts commits, clock ticks and tokens, so that no two are equal.
    acknowledged
        Number of events when a command had answered, and what the log said then.
    """

    disk: Disk
    made: int = 0
    days: int = 0
    kernel: None = None
    acknowledged: list[tuple[int, View]] = field(default_factory=list)

    def repo(self) -> Repo:
        store = open_store(ROOT, disk=self.disk)
        clock = Clock(now_us=self.now, token=self.token)
        session = Session(id="s", own_head=False)
        handle = Handle(store=store, session=session, actor="a", tool="t", clock=clock)
        return Repo(handle, attached())

    def now(self) -> int:
        return 10**15 + self.days * DAY_US + self.count()

    def token(self) -> str:
        return f"{self.count():016x}" * 2  # a run is called by the first half

    def count(self) -> int:
        self.made += 1
        return self.made

    def init(self, path: str = "") -> None:
        init_store(ROOT, disk=self.disk)

    def do(self, *words: str) -> Any:
        command, args = parse(words)
        assert command.run is not None
        return command.run(self, args)

    def commit(self, seed: int | None = None) -> None:
        seed = self.count() if seed is None else seed
        self.repo().commit(Weights(seed), metrics={"loss": float(seed)}, allow_empty=True)

    def show(self) -> None:
        """Commit with a figure and a table that a cell showed."""
        with SHOWN():
            self.commit()

    def evaluate(self) -> None:
        """Publish an evaluation of the newest version, with its file of examples."""
        handle = self.repo()._handle
        version = list(oplog.current(handle.store).commits)[-1]

        def publish(oid: ObjectId) -> int:
            made = Evaluation(author="a", time_us=1, task="regression", split="test", rows=1,
                              dataset_id="d", metrics=(), examples=oid)  # fmt: skip
            return add(handle, version, made)

        record(handle, publish, lambda salt: b"PAR1" + bytes([salt]) * 900)

    def record(self, resume: str = "", *, commit: bool = True, times: int = 2) -> None:
        """Record a run as it trains, in pieces; it is kept with its model, or left."""
        model = Weights(self.count())
        with self.repo().recording(model, resume=resume, commit=commit) as run:
            for _ in range(times):
                run.log(loss=float(self.count()), accuracy=0.5)
                run.flush()

    def acknowledge(self) -> None:
        assert isinstance(self.disk, MemoryDisk)
        view = oplog.current(open_store(ROOT, disk=self.disk))
        self.acknowledged.append((len(self.disk.events), view))


def founded() -> World:
    """Return a repository with three versions, a second branch, a tag and a label."""
    world = World(MemoryDisk(HOME))
    world.init()
    for seed in (1, 2, 3):
        world.commit(seed)
    world.do("branch", "create", "side", "v2")
    world.do("tag", "create", "first", "v1")
    world.do("label", "move", "production", "v2")
    world.do("label", "move", "production", "v3")
    return world


@dataclass(frozen=True)
class Step:
    """A command: itself, what must be there before, and whether it heals what is damaged."""

    do: Callable[[World], object]
    before: Callable[[World], object] = lambda world: None
    heals: bool = False


def words(*line: str) -> Callable[[World], object]:
    return lambda world: [world.do(*part.split()) for part in line]


def damage(world: World, folder: str = "packs/") -> None:
    """Flip a bit in the largest file of a folder, as a worn disk does."""
    disk = world.disk
    assert isinstance(disk, MemoryDisk)
    paths = [path for path in disk.names if path.startswith(f"{ROOT}/{folder}")]
    inode = disk.names[max(paths, key=lambda path: len(disk.files[disk.names[path]].data))]
    file = disk.files[inode]
    data = bytearray(file.data)
    data[len(data) // 3] ^= 4
    disk.files[inode] = file._replace(data=bytes(data))


def damaged(world: World) -> None:
    """Damage a pack, and let commits of the same content write a good copy beside it."""
    damage(world)
    healed(world)


def healed(world: World) -> None:
    """Commit once more what there was: what of it is damaged is written anew."""
    for seed in (1, 2, 3):
        world.commit(seed)


def packed(world: World) -> None:
    """Encode everything, in packs of a few objects."""
    clock = Clock(world.now, world.token)
    pack(open_store(ROOT, disk=world.disk), everything=True, clock=clock)


def crowded(*line: str) -> Callable[[World], object]:
    """Do commands while not a byte is free, but for what the repository keeps back."""

    def do(world: World) -> None:
        inside = World(cast("Disk", Full(world.disk)), made=world.made, days=world.days)
        words(*line)(inside)
        world.made = inside.made

    return do


def raced(world: World) -> None:
    """Commit, while another program moves a label right after we saw that its place is free."""
    disk, real = world.disk, world.disk.stat

    def stat(path: str) -> FileStat:
        try:
            return real(path)
        except FileNotFoundError:
            if path.startswith(f"{ROOT}/ops/"):
                del disk.stat  # type: ignore[attr-defined]
                World(disk, made=9000).do("label", "move", "other", "v1")
                world.acknowledge()
            raise

    disk.stat = stat  # type: ignore[method-assign]
    world.commit()


def retried(world: World) -> None:
    """Commit what a first try left on the disk without making it sure."""
    disk, real = world.disk, world.disk.fsync_dir

    def fsync_dir(path: str) -> None:
        if path.endswith("/packs"):
            del disk.fsync_dir  # type: ignore[attr-defined]
            raise OSError(errno.EIO, "injected", path)
        real(path)

    disk.fsync_dir = fsync_dir  # type: ignore[method-assign]
    with pytest.raises(StorageError):
        world.commit(77)
    world.commit(77)


def later(world: World, days: int = 20) -> None:
    world.days += days


STEPS: dict[str, Step] = {
    "commit": Step(World.commit),
    "commit what is known": Step(lambda world: world.commit(1)),
    "commit against another": Step(raced),
    "commit what cells showed": Step(World.show),
    "commit again": Step(retried),
    "commit over rot": Step(healed, damage, heals=True),
    "branch create": Step(words("branch create new v1")),
    "branch delete": Step(words("branch delete side --force")),
    "branch rename": Step(words("branch rename main trunk")),
    "tag create": Step(words("tag create second v2")),
    "tag delete": Step(words("tag delete first")),
    "label move": Step(words("label move production v1")),
    "label remove": Step(words("label remove production")),
    "note": Step(words("note v1 good")),
    "note --delete": Step(words("note v1 --delete 1"), words("note v1 good")),
    "evaluate": Step(lambda world: world.repo().evaluate("v1", ROWS, TRUTH, trust=True)),
    "recording": Step(World.record),
    "recording resumed": Step(
        lambda world: world.record(world.repo().recordings()[0].run),
        lambda world: world.record(commit=False),
    ),
    "rollback": Step(words("rollback production")),
    "rollback on a full disk": Step(
        crowded("rollback production", "undo", "label move production v1")
    ),
    "gc on a full disk": Step(
        crowded("gc run --drop v1-v2 --grace 0"),
        words("tag delete first", "label remove production", "branch delete side --force"),
    ),
    "make the reserve again": Step(
        words("label move production v1"),
        lambda world: [world.disk.unlink(f"{ROOT}/{key}") for key in reserve.pieces()],
    ),
    "switch": Step(words("switch side")),
    "switch -c": Step(words("switch -c fresh v1")),
    "undo": Step(words("undo")),
    "undo a commit": Step(words("undo 3")),
    "redo": Step(words("redo"), words("undo")),
    "gc run": Step(words("gc run --drop v1"), words("tag delete first", "label remove production")),
    "gc at once": Step(
        words("gc run --drop v1-v2 --grace 0"),
        words("tag delete first", "label remove production", "branch delete side --force"),
    ),
    "gc when grace is over": Step(
        words("gc run"),
        lambda world: [words("tag delete first", "label remove production",
                             "branch delete side --force", "gc run --drop v1-v2")(world),
                       later(world)],
    ),
    "gc undone": Step(
        words("undo"), words("tag delete first", "label remove production", "gc run --drop v1")
    ),
    "evaluate again": Step(World.evaluate, lambda world: [world.evaluate(), words("undo")(world),
                                                          words("gc run")(world)]),
    "gc of an evaluation": Step(
        words("gc run"),
        lambda world: [world.evaluate(), words("undo", "gc run")(world), later(world)],
    ),
    "du quota": Step(words("du quota 1GB")),
    "cost set": Step(words("cost set --hour 1 --requests 10")),
    "gc policy": Step(words("gc policy --last 2")),
    "pack": Step(packed),
    "gc after pack": Step(words("gc run"), lambda world: [packed(world), later(world)]),
    "fsck --repair": Step(words("fsck --repair"), damaged, heals=True),
    "pack over rot": Step(lambda world: [packed(world), later(world), words("gc run")(world)],
                          damaged, heals=True),
    "pack what is lost": Step(
        lambda world: [packed(world), later(world), words("gc run")(world), healed(world)],
        damage, heals=True,
    ),
    "gc over rot": Step(words("gc run --grace 0"), damaged, heals=True),
    "index rebuild": Step(words("index rebuild")),
    "index again": Step(words("index rebuild"), words("index rebuild")),
}  # fmt: skip
