"""Commit into a folder until killed, and check at each start that nothing is lost.

A program, which forks so that the imports happen once: ``python -m tests.soak.rounds FOLDER COUNT
SEED``. Prints one line a round: how much had been acknowledged, and what is wrong, if anything.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

import jupyter_mvt as mvt
from jupyter_mvt.errors import RepositoryError
from jupyter_mvt.store import oplog
from tests.crash.judge import HARMLESS

if TYPE_CHECKING:
    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.objects.view import View

PATIENCE = 60
LOOKED_AT = 6


class Weights:
    """A model whose every number is its version's."""

    def __init__(self, number: int) -> None:
        self.own = np.full(3000, float(number))
        self.shared = np.arange(500.0)

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x


def opened(folder: str, promised: tuple[int, int]) -> Repo:
    try:
        return mvt.open(folder)
    except RepositoryError:
        if promised != (0, 0):
            raise
        return mvt.init(folder)


def view_of(repo: Repo) -> View:
    return oplog.current(repo._handle.store)


def lost(repo: Repo, promised: tuple[int, int]) -> str:
    """Return what is missing of the versions and operations that were acknowledged."""
    versions, operations = promised
    found = repo.log().total
    if found < versions or view_of(repo).number < operations:
        return f"{versions} versions and {operations} operations had been made"
    bad = [p for p in repo.fsck().problems if p.kind not in HARMLESS]
    if bad:
        return f"fsck: {bad[0].text}"
    for number in range(max(1, found - LOOKED_AT), found + 1):
        model = repo.checkout(f"v{number}", trust=True).model
        same = np.array_equal(model.own, Weights(number).own)
        if not same or not np.array_equal(model.shared, np.arange(500.0)):
            return f"v{number} is not as it was committed"
    return ""


def life(folder: str, promised: tuple[int, int], pipe: int) -> None:
    """Check, say so, and then commit and move labels for ever, saying what was acknowledged."""
    repo = opened(folder, promised)
    fault = lost(repo, promised)
    say(pipe, fault or f"sound {repo.log().total} {view_of(repo).number}")
    while not fault:
        made = repo.commit(Weights(repo.log().total + 1), metrics={"loss": 0.5})
        say(pipe, f"made {made.version.number} {view_of(repo).number}")
        repo.labels.move("production")
        say(pipe, f"made {made.version.number} {view_of(repo).number}")
        if made.version.number % 5 == 0:
            repo.undo()
            repo.gc(pack="all", grace_days=0)
            say(pipe, f"made {made.version.number} {view_of(repo).number}")


def say(pipe: int, line: str) -> None:
    os.write(pipe, f"{line}\n".encode())


def one_round(folder: str, promised: tuple[int, int], chance: random.Random) -> tuple[str, ...]:
    """Let a process live and kill it; return the words of all that it said."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            life(folder, promised, writing)
        except BaseException as error:
            say(writing, f"{type(error).__name__}: {error}")
        os._exit(1)
    os.close(writing)
    wanted = chance.randrange(1, 12)
    with os.fdopen(reading) as said:
        lines = []
        for line in said:
            lines.append(line.strip())
            if len(lines) > wanted:
                break
        time.sleep(chance.random() * 0.05)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return (*lines, *(line.strip() for line in said))


def mounted(folder: str) -> None:
    """Wait until the disk is there (again)."""
    end = time.monotonic() + PATIENCE
    while not os.path.ismount(folder):
        if time.monotonic() > end:
            sys.exit("the disk is not mounted")
        time.sleep(0.01)


def main() -> None:
    folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    chance, promised = random.Random(seed), (0, 0)
    for _ in range(count + 1):  # the last one only looks
        mounted(folder)
        said = one_round(folder, promised, chance)
        fault = next((line for line in said if not line.startswith(("sound ", "made "))), "")
        for line in said:
            if line.startswith(("sound ", "made ")):
                versions, operations = line.split()[1:]
                promised = (int(versions), int(operations))
        print(*promised, fault, flush=True)
        subprocess.run(["fusermount3", "-u", folder], check=True)


if __name__ == "__main__":
    main()
