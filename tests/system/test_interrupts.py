"""An interrupt at any call to the disk leaves a sound repository, no rubbish, and one line."""

from __future__ import annotations

import random
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import jupyter_mvt as mvt
from jupyter_mvt.api import upkeep
from jupyter_mvt.cli.main import main
from jupyter_mvt.errors import StorageError, UsageError, interrupted
from jupyter_mvt.objects.progress import Silent
from jupyter_mvt.store.fs import OsDisk
from jupyter_mvt.store.local import LocalBackend

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITING = {"create", "write", "chmod", "fsync", "close", "rename", "link", "fsync_dir"}


class Interrupting:
    """A disk whose writing call number `at` is interrupted, before or after it was done."""

    def __init__(self, at: int, *, after: bool) -> None:
        self._disk, self._at, self._after = OsDisk(), at, after
        self.calls = 0

    def __getattr__(self, verb: str) -> Any:
        real = getattr(self._disk, verb)
        if verb not in WRITING:
            return real

        def call(*args: Any) -> Any:
            self.calls += 1
            strikes = self.calls == self._at
            if strikes and not self._after:
                self.strike()
            found = real(*args)
            if strikes and self._after:
                self.strike()
            return found

        return call

    def strike(self) -> None:
        raise KeyboardInterrupt


class Stopped(Interrupting):
    """The same, as it comes from a keyboard or a button."""

    def strike(self) -> None:
        signal.raise_signal(signal.SIGINT)


def model(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    made = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    made.coef_ = np.random.default_rng(seed).normal(size=(1, 9000))
    return made


def begun(tmp_path: Path) -> Path:
    """Return a folder with a repository of one version."""
    folder = tmp_path / "repo"
    folder.mkdir()
    mvt.init(folder).commit(model(0))
    return folder


def on(disk: Interrupting, folder: Path) -> mvt.Repo:
    """Open a repository through `disk`."""
    repo = mvt.open(folder)
    backend = repo._handle.store.backend
    assert isinstance(backend, LocalBackend)
    backend.disk = disk
    return repo


@pytest.mark.parametrize("after", [False, True])
def test_a_commit_is_made_or_not(tmp_path: Path, after: bool) -> None:
    folder = begun(tmp_path)
    at, versions, said = 0, 1, set()
    while True:
        at += 1
        packs = set((folder / ".mvt" / "packs").iterdir())
        disk = Interrupting(at, after=after)
        repo = on(disk, folder)
        try:
            repo.commit(model(at))
        except KeyboardInterrupt as interrupt:
            line = interrupted(interrupt)
        else:
            line = ""
        found = len(mvt.open(folder).log().entries)
        assert list((folder / ".mvt" / "tmp").iterdir()) == []
        if disk.calls < at:
            break
        expected = (
            f"Interrupted, but v{found} had been made by then." if found > versions
            else "Interrupted: no version was made, and nothing is left of it."
            if set((folder / ".mvt" / "packs").iterdir()) == packs
            else "Interrupted: no version was made. What was stored by then is freed by mvt gc."
        )  # fmt: skip
        assert line == expected
        said.add(line.partition(" made")[2])
        assert found - versions in (0, 1)
        versions = found
    assert at > 10
    assert said >= {", and nothing is left of it.", ". What was stored by then is freed by mvt gc."}
    mvt.open(folder).gc(grace_days=0)
    assert len(list((folder / ".mvt" / "packs").iterdir())) <= versions
    assert mvt.open(folder).fsck().ok


@pytest.mark.parametrize("after", [False, True])
def test_a_stopped_commit_leaves_nothing_or_a_version(tmp_path: Path, after: bool) -> None:
    folder = begun(tmp_path)
    handler = signal.getsignal(signal.SIGINT)
    at, versions, said = 0, 1, []
    while True:
        at += 1
        disk = Stopped(at, after=after)
        repo = on(disk, folder)
        try:
            repo.commit(model(at))
        except KeyboardInterrupt as interrupt:
            said.append(interrupted(interrupt))
        assert signal.getsignal(signal.SIGINT) is handler
        if disk.calls < at:
            break
        found = len(mvt.open(folder).log().entries)
        assert len(list((folder / ".mvt" / "packs").iterdir())) == found
        assert list((folder / ".mvt" / "tmp").iterdir()) == []
        assert said[-1] == (
            f"Interrupted, but v{found} had been made by then." if found > versions
            else "Interrupted: no version was made, and nothing is left of it."
        )  # fmt: skip
        versions = found
    assert at == len(said) + 1
    assert len(set(said)) > 2
    assert mvt.open(folder).fsck().ok


def test_who_stops_a_commit_twice_waits_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impatient(self: OsDisk, path: str) -> None:
        signal.raise_signal(signal.SIGINT)

    repo = mvt.init(tmp_path)
    monkeypatch.setattr(OsDisk, "fsync_dir", impatient)  # after a pack, then after an operation
    with pytest.raises(KeyboardInterrupt) as caught:
        repo.commit(model(1))
    assert interrupted(caught.value) == "Interrupted, but v1 had been made by then."


def test_an_interrupt_between_arrays_leaves_nothing(tmp_path: Path) -> None:
    class Impatient(Silent):
        def advance(self, nbytes: int) -> None:
            raise KeyboardInterrupt

    mvt.init(tmp_path)
    repo = mvt.open(tmp_path, progress=Impatient())
    with pytest.raises(KeyboardInterrupt):
        repo.commit(model(1))
    assert list((tmp_path / ".mvt" / "tmp").iterdir()) == []
    assert list((tmp_path / ".mvt" / "packs").iterdir()) == []
    assert mvt.open(tmp_path).log().entries == ()


def test_the_command_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    mvt.init(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("jupyter_mvt.api.upkeep.gc", interrupt)
    assert main(["gc"]) == 130
    assert capsys.readouterr().err == "Interrupted: nothing was changed.\n"


def test_too_little_room_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = mvt.init(tmp_path)
    repo.commit(model(1))
    stored = repo.du().stored_bytes
    monkeypatch.setattr(OsDisk, "free", lambda self, path: 70_000)
    monkeypatch.setattr(OsDisk, "create", None)
    with pytest.raises(StorageError) as caught:
        repo.commit(model(2))
    assert caught.value.code == "disk-full"
    assert "has 70.0 kB left and this version needs 7" in caught.value.message
    assert caught.value.message.endswith("Nothing was written.")
    assert repo.du().stored_bytes == stored
    monkeypatch.undo()
    monkeypatch.setattr(OsDisk, "free", lambda self, path: 70_000)
    assert not repo.commit(model(1)).created  # what is stored already needs no room


def test_durability_is_chosen_once_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(OsDisk, "fsync", lambda self, handle: synced.append("file"))
    monkeypatch.setattr(OsDisk, "fsync_file", lambda self, path: synced.append("name"))
    fast, full = tmp_path / "fast", tmp_path / "full"
    fast.mkdir()
    full.mkdir()
    monkeypatch.chdir(fast)
    assert main(["init", "--durability", "fast"]) == 0
    mvt.open(fast).commit(model(1))
    assert synced == []
    mvt.init(full).commit(model(1))
    assert synced
    with pytest.raises(UsageError, match="no durability 'some'"):
        mvt.init(tmp_path, durability="some")  # type: ignore[arg-type]


def test_one_array_of_a_packed_version_is_read_alone(tmp_path: Path) -> None:
    repo = mvt.init(tmp_path)
    weights = []
    for seed in range(6):
        made = model(1)
        made.coef_ = (made.coef_ + seed * 1e-6).astype("f4").astype("f8")
        weights.append(made.coef_)
        repo.commit(made)
    repo.gc(pack="all", grace_days=0)
    version = mvt.open(tmp_path)["v2"]
    store = version._handle.store
    name = next(
        entry.path
        for entry in store.manifest(version.commit.content.models[0].weights).entries
        if entry.nbytes > 50_000
    )
    assert version.tensor(name).tobytes() == weights[1].tobytes()
    with pytest.raises(mvt.MvtError) as caught:
        version.tensor(name[:-1])
    assert caught.value.code == "unknown-tensor"
    assert name in str(caught.value.hint)


class Layers:
    """A model large enough for its arrays to be hashed and copied by several threads."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.arrays = [rng.random(1 << 16) for _ in range(10)]

    def predict(self, x: Any) -> Any:
        return x


class Alarm(Exception):
    """What somebody's handler of a signal raises."""


# Between opening a folder and the block that closes it again, only the collector can.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("number", "error"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit), (signal.SIGALRM, Alarm)],
)
def test_an_interrupt_while_threads_hash_and_write(
    tmp_path: Path, number: signal.Signals, error: type[BaseException]
) -> None:
    """At any moment of a commit, not only at calls to the disk, and whatever a handler raises."""
    repo = mvt.init(tmp_path)
    seconds = min(_timed(repo, Layers(seed)) for seed in range(3))
    chance = random.Random(4)
    versions, interrupts = 3, 0
    for turn in range(25):
        try:
            with _interrupted_after(chance.random() * seconds, number, error):
                repo.commit(Layers(turn + 10))
        except error as caught:
            interrupts += 1
            if isinstance(caught, KeyboardInterrupt):
                assert "Interrupted" in interrupted(caught)
        assert list((tmp_path / ".mvt" / "tmp").iterdir()) == []
        found = len(repo.log().entries)
        assert found - versions in (0, 1)
        versions = found
    assert interrupts > 5
    assert repo.commit(Layers(99)).created
    assert repo.fsck().ok
    left = [one.name for one in threading.enumerate() if one is not threading.main_thread()]
    assert [name for name in left if name.startswith("ThreadPoolExecutor")] == []


def _timed(repo: mvt.Repo, model: Layers) -> float:
    begin = time.perf_counter()
    repo.commit(model)
    return time.perf_counter() - begin


@contextmanager
def _interrupted_after(
    seconds: float, number: signal.Signals, error: type[BaseException]
) -> Iterator[None]:
    """Raise `error` in what the main thread does inside of the block, unless it ends before."""
    main = threading.main_thread()

    def handler(*_: object) -> None:
        raise error

    before = signal.signal(number, handler)
    lock, over = threading.Lock(), False

    def strike() -> None:
        with lock:
            if over:
                return
            signal.pthread_kill(main.ident or 0, number)

    timer = threading.Timer(seconds, strike)
    timer.start()
    try:
        yield
    finally:
        with lock:
            over = True
        timer.cancel()
        timer.join()
        signal.signal(number, before)


class Told(Silent):
    """A progress that remembers what was begun, and how much of it was done."""

    def __init__(self) -> None:
        self.work: list[list[Any]] = []

    def start(self, what: str, total: int, unit: str = "bytes") -> None:
        self.work.append([what, 0, total, unit])

    def advance(self, nbytes: int) -> None:
        self.work[-1][1] += nbytes


def test_gc_and_the_restoring_of_variables_tell_how_far_they_are(shell: Any) -> None:
    shell.run_cell("import numpy as np\nfrom sklearn.linear_model import LogisticRegression")
    shell.run_cell("rows = np.arange(1e5).reshape(-1, 2)\nmore = {'a': rows + 1}")
    for seed in range(3):
        shell.run_cell(f"clf = LogisticRegression(C={seed + 1}).fit([[0.0], [1.0]], [0, 1])")
        shell.run_cell("%mvt commit clf --vars rows,more").raise_error()
    told = Told()
    repo = mvt.open(progress=told)
    found = repo.checkout("v2", trust=True)
    assert found["rows"].tobytes() == np.arange(1e5).tobytes()
    restored = [work for work in told.work if work[0] == "Restoring"][1:]
    assert [(done, unit) for _, done, _, unit in restored] == [(1_600_000, "bytes")]
    assert 1_600_000 <= restored[0][2] < 1_700_000
    told.work.clear()
    repo.gc()
    assert told.work[0] == ["Marking", 3, 3, "versions"]


def test_an_interrupted_gc_says_that_nothing_is_lost(tmp_path: Path) -> None:
    def interrupt() -> bool:
        raise KeyboardInterrupt

    repo = mvt.init(tmp_path)
    with pytest.raises(KeyboardInterrupt) as caught:
        upkeep.gc(repo._handle, dry_run=False, drop=(), grace_days=0, pack="old", stop=interrupt)
    assert interrupted(caught.value) == (
        "Interrupted: every version is as it was. The next mvt gc goes on."
    )
