"""An idle notebook packs; a cell pauses it at once; the kernel never waits for it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import jupyter_mvt as mvt
from jupyter_mvt.api import idle as api_idle
from jupyter_mvt.api.kernel import Identity, Kernel
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.history.handle import Session
from jupyter_mvt.magics import idle
from jupyter_mvt.magics.idle import Idle
from jupyter_mvt.store.claim import claimed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_mvt.api.repo import Repo

WHO = Identity(actor="ana", tool="test")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    from sklearn.linear_model import LogisticRegression

    made = mvt.init(tmp_path)
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    rng = np.random.default_rng(3)
    for _ in range(6):
        model.coef_ = rng.normal(size=(1, 3000)).astype("f4").astype("f8")
        made.commit(model)
    return made


@pytest.fixture
def working(repo: Repo) -> Iterator[Idle]:
    kernel = Kernel(namespace={}, cells=CellLog(), interactive=False, identity=WHO)
    kernel.sessions[repo.path] = Session(id="s")  # type: ignore[index]
    made = Idle(kernel, after=0.05)
    yield made
    made.close()


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def packs(repo: Repo) -> list[str]:
    return [row.verb for row in mvt.open(repo.path).operations().rows if row.verb == "pack"]


def test_an_idle_kernel_packs_once(repo: Repo, working: Idle) -> None:
    working.busy()
    working.free()
    assert until(lambda: bool(packs(repo)))
    assert repo.du().trash_bytes > 0
    time.sleep(0.3)
    assert len(packs(repo)) == 1


def test_a_busy_kernel_does_not(repo: Repo, working: Idle) -> None:
    working.free()
    working.busy()
    time.sleep(0.4)
    assert packs(repo) == []


def test_a_cell_pauses_it(repo: Repo, working: Idle, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, paused = [], threading.Event()
    monkeypatch.setattr(idle, "_RESUME", 0.05)

    def tidy(folder: str, identity: Identity, stop: Callable[[], bool]) -> None:
        working.busy()
        paused.set()
        asked.append(stop())

    monkeypatch.setattr(api_idle, "tidy", tidy)
    working.free()
    assert paused.wait(20)
    time.sleep(0.3)
    assert asked == []
    working.free()
    assert until(lambda: asked == [False])


def test_closing_forgets_what_was_being_written(
    repo: Repo, working: Idle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_mvt.store.recode import Recoder

    make = Recoder.make

    def closing(self: Recoder, line: object) -> object:
        found = make(self, line)  # type: ignore[arg-type]
        working._closed = True
        return found

    monkeypatch.setattr(Recoder, "make", closing)
    working.free()
    assert until(lambda: working._thread is not None and not working._thread.is_alive())
    assert packs(repo) == []
    assert [path.name for path in (repo.path / "tmp").iterdir()] == ["packing"]  # type: ignore[operator]
    assert repo.fsck().ok


def test_the_setting_turns_it_off(repo: Repo) -> None:
    repo.configure(pack_when_idle=False)
    assert api_idle.tidy(str(repo.path.parent), WHO, lambda: False) is None  # type: ignore[union-attr]
    repo.configure(pack_when_idle=True)
    assert api_idle.tidy(str(repo.path.parent), WHO, lambda: False).encoded  # type: ignore[union-attr]


def test_one_at_a_time(repo: Repo) -> None:
    with claimed(f"{repo.path}/tmp/packing") as is_mine:
        assert is_mine
        assert api_idle.tidy(str(repo.path.parent), WHO, lambda: False) is None  # type: ignore[union-attr]
    assert api_idle.tidy(str(repo.path.parent), WHO, lambda: False) is not None  # type: ignore[union-attr]


def test_a_repository_that_is_gone_is_no_matter(repo: Repo, working: Idle) -> None:
    working._pack(str(repo.path) + "-gone")


PROGRAM = """
import sys, threading, time
from pathlib import Path
from jupyter_mvt.api.kernel import Identity, Kernel
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.history.handle import Session
from jupyter_mvt.magics.idle import Idle
from jupyter_mvt.store.recode import Recoder
make, begun = Recoder.make, threading.Event()
def slow(self, line):
    begun.set()
    time.sleep(0.4)
    return make(self, line)
Recoder.make = slow
kernel = Kernel(namespace={}, cells=CellLog(), interactive=False, identity=Identity("a", "t"))
kernel.sessions[Path(sys.argv[1])] = Session(id="s")
idle = Idle(kernel, after=0.01)
idle.free()
print(begun.wait(50))
"""


def test_a_program_ends_though_it_is_at_work(repo: Repo) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(repo.path)],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "True\n"
    assert mvt.open(repo.path).fsck().ok
