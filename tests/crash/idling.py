"""Kill kernels whose idle thread packs; a program, so that it forks early.

``python -m tests.crash.idling FOLDER COUNT SEED`` prints what was acknowledged and what is wrong.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import Identity, Kernel
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.history.handle import Session
from jupyter_mvt.magics.idle import Idle
from jupyter_mvt.store.recode import Recoder
from tests.crash.judge import HARMLESS
from tests.soak.rounds import say

VERSIONS = 6
OURS = Identity(actor="ana", tool="test")


class Model:
    """Weights that differ a little from version to version, so that packing makes differences."""

    def __init__(self, number: int) -> None:
        start = np.random.default_rng(0).normal(size=40_000).astype("f4")
        self.weights = start + np.float32(1e-6 * number)

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x


def founded(folder: Path) -> None:
    folder.mkdir()
    repo = mvt.init(folder)
    for number in range(1, VERSIONS + 1):
        repo.commit(Model(number))


def life(folder: Path, pipe: int) -> None:
    """Commit while an idle thread packs; say what was acknowledged."""
    make = Recoder.make

    def slow(self: Recoder, line: Any) -> Any:
        say(pipe, "packing 0")
        time.sleep(0.003)
        return make(self, line)

    Recoder.make = slow  # type: ignore[method-assign]
    kernel = Kernel(namespace={}, cells=CellLog(), interactive=False, identity=OURS)
    repo = mvt.open(folder)
    assert repo.path is not None
    kernel.sessions[Path(repo.path)] = Session(id="s")
    idle = Idle(kernel, after=0.0)
    number = VERSIONS
    while True:
        idle.free()
        time.sleep(0.05)
        if number < VERSIONS + 3:
            number += 1
            repo.commit(Model(number))
            say(pipe, f"made {number}")


def killed(folder: Path, chance: random.Random) -> tuple[int, bool]:
    """Let a kernel live and kill it; return the newest version it told of, and if it packed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            life(folder, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as said:
        lines = [said.readline()]
        time.sleep(chance.random() * 0.12)
        os.kill(pid, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        lines += said.read().splitlines()
    told = [line.split() for line in lines]
    newest = max((int(n) for what, n in told if what == "made"), default=VERSIONS)
    return newest, any(what == "packing" for what, _ in told)


def fault(folder: Path, newest: int) -> str:
    """Return what is wrong after a kill, or an empty string; nothing is cleaned up before."""
    repo = mvt.open(folder)
    made = repo.commit(Model(99)).version.number - 1
    if made not in (newest, newest + 1):
        return f"{newest} versions had been told of, {made} are there"
    repo.gc(pack="all", grace_days=0)
    again = mvt.open(folder)
    for number in range(1, made + 1):
        found = again.checkout(f"v{number}", trust=True).model
        if found.weights.tobytes() != Model(number).weights.tobytes():
            return f"v{number} is not as it was committed"
    bad = [problem for problem in again.fsck().problems if problem.kind not in HARMLESS]
    return bad[0].text if bad else ""


def main() -> None:
    place, count, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    founded(place / "new")
    told = []
    for turn in range(count):
        folder = place / f"turn-{turn}"
        shutil.copytree(place / "new", folder)
        newest, packed = killed(folder, chance)
        told.append({"packed": packed, "fault": fault(folder, newest)})
        shutil.rmtree(folder)
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
