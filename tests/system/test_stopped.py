"""Whoever stops reading, however early, is told what was not done and that nothing was changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mvt as mvt
from jupyter_mvt.cli.main import main
from jupyter_mvt.errors import UNCHANGED, UNTOUCHED, interrupted
from jupyter_mvt.objects.progress import Silent
from jupyter_mvt.store.fs import OsDisk

UNTOLD = "Interrupted: it is done, but the answer is not told whole."
VERIFIED = "Interrupted: not everything was verified; nothing was changed."
RESTORED = "Interrupted: v1 was not restored; nothing was changed."
WRITTEN = "Interrupted: not all files were written; what is there is whole."
HEALED = "Interrupted: what was healed by then stays. The next mvt fsck --repair goes on."
ROLLED = "Interrupted: v1 was not verified to its end; nothing was changed."
VERBS = {
    "log": {UNTOUCHED, UNCHANGED},
    "diff v1 v2": {UNTOUCHED, UNCHANGED},
    "du": {UNTOUCHED, UNCHANGED},
    "oplog": {UNTOUCHED, UNCHANGED},
    "label history production": {UNTOUCHED, UNCHANGED},
    "gc --dry-run": {UNTOUCHED, UNCHANGED},
    "fsck": {UNTOUCHED, VERIFIED},
    "checkout v1 --trust": {UNTOUCHED, RESTORED},
    "checkout v3 --files out": {UNTOUCHED, RESTORED.replace("v1", "v3"), WRITTEN},
}
EARLY = """
import sys
from itertools import count
import jupyter_mvt.errors
number = count(1)
def stop(event, args):
    if event == "import" and next(number) == {at}:
        raise KeyboardInterrupt
sys.addaudithook(stop)
from jupyter_mvt.cli import main
status = main(["fsck"])
sys.stderr.write(str(next(number)))
sys.exit(status)
"""


@pytest.fixture
def repo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    repo = mvt.init(tmp_path)
    for seed in range(2):
        X = np.random.default_rng(seed).random((5, 9000))
        repo.commit(LinearRegression().fit(X, X[:, 0]))
        repo.labels.move("production", f"v{seed + 1}")
    np.savez("model.npz", a=X)
    repo.commit(Path("model.npz"))
    return repo


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(one): hashlib.blake2b(one.read_bytes()).hexdigest() for one in files}


class Stop:
    """Raises an interrupt at a call to the disk, before or after it was done.

    It comes to the thread that types the command, as Python's do; what an earlier test left
    running is not counted.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, after: bool = False) -> None:
        self.at = self.calls = 0
        self.after = after
        self.thread = threading.get_ident()
        for verb in [name for name in vars(OsDisk) if not name.startswith("_")]:
            monkeypatch.setattr(OsDisk, verb, self.counted(getattr(OsDisk, verb)))

    def counted(self, real):
        def call(*args, **named):
            mine = threading.get_ident() == self.thread
            self.calls += mine
            strikes = mine and self.calls == self.at
            if strikes and not self.after:
                raise KeyboardInterrupt
            try:
                return real(*args, **named)
            finally:
                if strikes:
                    raise KeyboardInterrupt

        return call

    def run(self, at: int, line: str) -> int:
        """Run a command line, stopped at its call number `at`; return its exit status."""
        self.at, self.calls = at, 0
        status = main(line.split())
        self.at, calls = 0, self.calls
        assert (status == 130) == (calls >= at)
        return status


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("line", VERBS)
def test_at_any_call_to_the_disk(repo, tmp_path, monkeypatch, capsys, line, after):
    before, status, at, said = contents(tmp_path), 130, 0, set()
    stop = Stop(monkeypatch, after=after)
    while status == 130:
        at += 1
        status = stop.run(at, line)
        told = capsys.readouterr()
        if status == 130:
            assert told.out == ""
            said.add(last := told.err.removesuffix("\n"))
            now = contents(tmp_path)
            assert last == WRITTEN or now == before
            assert {**now, **before} == {**before, **now}
            assert [one for one in now if one not in before] in ([], [f"{tmp_path}/out/model.npz"])
            shutil.rmtree(tmp_path / "out", ignore_errors=True)
    assert (status, at > 12) == (0, True)
    assert said == VERBS[line]


def stopped_early(at: int) -> tuple[int, str, str]:
    found = subprocess.run([sys.executable, "-c", EARLY.format(at=at)], capture_output=True,
                           text=True, env=os.environ, check=False)  # fmt: skip
    told = found.stderr.removesuffix("\n")
    if found.returncode == 130:
        told = told.rstrip("0123456789").removesuffix("\n")
    return found.returncode, found.stdout, told


@pytest.mark.parametrize("at", [2, 5, 20, 60, 120])
def test_while_it_is_still_being_loaded(repo, at):
    assert stopped_early(at) == (130, "", UNTOUCHED)


def test_while_its_verb_or_its_view_is_being_loaded(repo):
    status, out, imports = stopped_early(0)
    assert (status, out[:1]) == (0, "✓")
    # Releases of Python and of what is installed differ in how much they import.
    for share in (0.5, 0.6, 0.7, 0.8, 0.9):
        status, out, said = stopped_early(int(int(imports) * share))
        assert (status, out) == (130, "")
        assert said in {UNTOUCHED, UNCHANGED, VERIFIED, UNTOLD}


class Impatient(Silent):
    """Stops with the first byte."""

    def advance(self, nbytes: int) -> None:
        raise KeyboardInterrupt


CALLS = {
    "load": (lambda repo: repo["v1"].load(trust=True), RESTORED),
    "checkout": (lambda repo: repo.checkout("v1", trust=True), RESTORED),
    "fsck": (lambda repo: repo.fsck(), VERIFIED),
    "repair": (lambda repo: repo.repair(), HEALED),
    "rollback": (lambda repo: repo.rollback("production"), ROLLED),
}


@pytest.mark.parametrize("call", CALLS)
def test_in_the_midst_of_it(repo, call):
    before = repo.operations().total
    asked, said = CALLS[call]
    with pytest.raises(KeyboardInterrupt) as caught:
        asked(mvt.open(progress=Impatient()))
    assert interrupted(caught.value) == said
    assert (repo.operations().total, repo.fsck().ok) == (before, True)


def test_random_numbers_are_set_wholly_or_not_at_all(shell, capsys, monkeypatch):
    monkeypatch.setattr(np.random, "set_state", np.random.set_state)  # put back when it is over
    shell.run_cell("import random, numpy as np")
    shell.run_cell("from sklearn.linear_model import LinearRegression")
    shell.run_cell("X = np.random.random((9, 2)) + random.random()\n"
                   "fit = LinearRegression().fit(X, X[:, 0])")  # fmt: skip
    shell.run_cell("%mvt commit fit").raise_error()
    shell.run_cell("import signal, numpy.random as drawn\n"
                   "real = drawn.set_state\n"
                   "drawn.set_state = lambda *a, **k: (real(*a, **k), "
                   "signal.raise_signal(signal.SIGINT))")  # fmt: skip
    shell.run_cell("np.random.seed(5), random.seed(5)")
    capsys.readouterr()
    shell.run_cell("%mvt checkout v1 --rng")
    assert capsys.readouterr().out.strip() == (
        "InterruptedWorkError [interrupted]: Interrupted: random numbers are as before v1; its "
        "models were not given back."
    )
    shell.run_cell("again = np.random.random((9, 2)) + random.random()")
    assert np.array_equal(shell.user_ns["again"], shell.user_ns["X"])
