"""What must hold after a power cut: told from a disk's content, whoever left it so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from jupyter_mvt.errors import MvtError
from jupyter_mvt.metrics.check import check_index
from jupyter_mvt.objects.ids import Buffer
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.backend import ObjectWriter, Stat, missing
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import open_store, read_format
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.runs import check_runs
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.tables import check_tables
from jupyter_mvt.store.trash import is_thin
from jupyter_mvt.testing.disks import MemoryDisk, fingerprint
from tests.crash.world import ROOT, World

CHECKERS = {layout.INDEX: check_index, layout.TABLES: check_tables, layout.RUNS: check_runs}
HARMLESS = {"corrupt-derived", "corrupt-index", "corrupt-readme", "corrupt-run"}
"""Faults that a power cut may leave: in what can be made anew, and in what was never synced."""

BESIDE_THE_LOG = tuple(
    f"{ROOT}/{prefix}"
    for prefix in (layout.TEMPORARY, layout.PACKS, layout.INDEX, layout.TABLES, layout.RUNS,
                   layout.RESERVE)
)  # fmt: skip

State = tuple[object, ...]
_MANY = 500
_told: dict[int, list[State]] = {}
"""What logs of such bytes tell: most disks that are judged differ in other files."""


def state_of(view: View) -> State:
    """Return all that a view says."""
    return (
        view.number, view.head, dict(view.branches), dict(view.tags), dict(view.labels),
        view.default, dict(view.marks),
        tuple(oid for oid, where in view.commits.items() if where.number <= view.count),
    )  # fmt: skip


def states_of(disk: MemoryDisk, known: Sequence[State] = ()) -> list[State]:
    """Return what the repository on a disk was after each of its operations, from none on.

    The first ones are `known`.
    """
    if "/home/.mvt/format" not in disk.names:
        return [state_of(View())]
    log = fingerprint(disk, BESIDE_THE_LOG, modes=False)
    if log not in _told:
        store = open_store(ROOT, disk=disk)
        rest = range(len(known), oplog.current(store).number + 1)
        found = [*known, *(state_of(oplog.view_at(store, number)) for number in rest)]
        if known:
            return found
        if len(_told) >= _MANY:
            _told.clear()
        _told[log] = found
    return list(_told[log])


class Still:
    """The content of a disk as a backend that is only read; see `Backend` for the methods."""

    def __init__(self, disk: MemoryDisk) -> None:
        start = len(str(ROOT)) + 1
        self._files = {
            path[start:]: disk.files[inode]
            for path, inode in sorted(disk.names.items())
            if path.startswith(f"{ROOT}/") and not path.startswith(f"{ROOT}/{layout.TEMPORARY}")
        }
        self._keys = list(self._files)
        self._contents: dict[tuple[str, ...], int] = {}

    def content(self, *prefixes: str) -> int:
        """Return a number for the files whose keys begin so."""
        if prefixes not in self._contents:
            keys = [key for prefix in prefixes for key in self.list(prefix)]
            self._contents[prefixes] = hash(tuple((key, self._files[key].data) for key in keys))
        return self._contents[prefixes]

    def get(self, key: str) -> bytes:
        try:
            return self._files[key].data
        except KeyError:
            raise missing(key, "memory") from None

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        return self.get(key)[offset : offset + length]

    def read_into(self, key: str, offset: int, target: memoryview) -> int:
        piece = self.get_range(key, offset, target.nbytes)
        target[: len(piece)] = piece
        return len(piece)

    def list(self, prefix: str) -> Iterator[str]:
        start = bisect_left(self._keys, prefix)
        return takewhile(lambda key: key.startswith(prefix), islice(self._keys, start, None))

    def stat(self, key: str) -> Stat | None:
        file = self._files.get(key)
        return None if file is None else Stat(len(file.data), "", not file.mode & 0o222)

    def put(self, key: str, data: Buffer, *, durable: bool = True) -> None:
        raise AssertionError("a judge only reads")

    def put_if_absent(self, key: str, data: Buffer) -> bool:
        raise AssertionError("a judge only reads")

    def writer(self) -> ObjectWriter:
        raise AssertionError("a judge only reads")

    def delete(self, key: str) -> None:
        raise AssertionError("a judge only reads")

    def settle(self, key: str) -> None:
        raise AssertionError("a judge only reads")


@dataclass
class Judge:
    """Knows what was done, and tells what is broken on a disk that a cut left.

    Attributes
    ----------
    states
        What the repository was after each operation of the whole life.
    acknowledged
        Number of events when a command had answered, and what the log said then.
    known
        Faults of the disk that were there before anything was done.
    heals
        Whether they are healed when all is done.
    """

    states: list[State]
    acknowledged: list[tuple[int, State]]
    known: frozenset[tuple[str, str]] = frozenset()
    heals: bool = False

    def promised(self, moment: int) -> int:
        """Return how many operations had been acknowledged, -1 if not even the repository."""
        return max((int(str(s[0])) for at, s in self.acknowledged if at <= moment), default=-1)

    def fault(self, disk: MemoryDisk, moment: int) -> str:
        """Return the promise that is broken after a cut at `moment`, or an empty string."""
        backend = Still(disk)
        promised = self.promised(moment)
        if promised < 0 and backend.stat(layout.FORMAT) is None:
            return ""
        try:
            read_format(backend, "here")
            store = Store(backend)
            view = oplog.current(store)
            if view.number < promised:
                return "an acknowledged operation is lost"
            if view.number >= len(self.states) or state_of(view) != self.states[view.number]:
                return "the log tells what nobody did"
            if any(self.states[int(str(s[0]))] != s for at, s in self.acknowledged if at <= moment):
                return "an acknowledged operation was replaced"
            return self._unsound(store) or self._unhealed(store, view, promised)
        except MvtError as error:
            return f"it cannot be used: {error}"

    def _unsound(self, store: Store) -> str:
        found = fsck(store, checkers=CHECKERS).problems
        bad = [p for p in found if p.kind not in HARMLESS and (p.kind, p.key) not in self.known]
        return f"fsck: {bad[0].text}" if bad else ""

    def _unhealed(self, store: Store, view: View, promised: int) -> str:
        if not self.heals or promised < len(self.states) - 1:
            return ""
        for oid in view.commits:
            found = reach(store, oplog.commit_object(store, oid).content, thin=is_thin(view, oid))
            for name in (*found.manifests, *found.blobs, *found.chunks):
                store.blob(name)
        return ""


def goes_on(disk: MemoryDisk) -> str:
    """Return why work cannot go on after a cut, or an empty string; nothing is cleaned up."""
    world = World(disk, made=500)
    try:
        if f"{ROOT}/format" not in disk.names:
            world.init()
        before = states_of(disk)
        world.commit(2)
        world.commit()
        world.do("label", "move", "again")
        world.do("gc", "run", "--grace", "0")
        for left in world.repo().recordings():
            world.record(left.run)
        if world.repo().recordings():
            return "a recorded run cannot be resumed"
        after = states_of(disk)
        if after[: len(before)] != before or len(after) < len(before) + 3:
            return "the next commands went wrong"
        problems = fsck(open_store(ROOT, disk=disk), checkers=CHECKERS).problems
        bad = [p for p in problems if p.kind not in HARMLESS | {"corrupt-object", "corrupt-pack"}]
        return f"after the next commands: {bad[0].text}" if bad else ""
    except MvtError as error:
        return f"work cannot go on: {error}"
