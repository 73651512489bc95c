"""Several real processes on one repository; a program of its own, so that it forks early.

The heavy imports happen once, before the forks: what is measured is the store, not imports.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from typing import BinaryIO

import numpy as np
from sklearn.dummy import DummyClassifier

import jupyter_mvt as mvt
from jupyter_mvt.errors import ConflictError

Report = Callable[[dict], None]

MODEL = DummyClassifier(strategy="constant", constant=1).fit(np.zeros((2, 1)), [0, 1])


def forked(work: Callable[[Report], None]) -> tuple[int, int]:
    """Run `work` in a new process; return its id and where it reports, a line a fact."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        work(lambda fact: os.write(writing, json.dumps(fact).encode() + b"\n") and None)
        status = 0
    except BaseException:
        traceback.print_exc()
    os._exit(status)


def facts(reading: int) -> list[dict]:
    """Return what was reported in whole lines until the process ended."""
    with os.fdopen(reading, "rb") as pipe:
        return read(pipe)


def read(pipe: BinaryIO) -> list[dict]:
    return [json.loads(line) for line in pipe if line.endswith(b"\n")]


def commit(root: str, who: str, times: int, report: Report) -> None:
    commit_to(mvt.open(root), who, times, report)


def commit_to(repo: mvt.Repo, who: str, times: int, report: Report) -> None:
    for i in range(times):
        made = repo.commit(MODEL, message=f"{who}/{i}", params={"step": f"{who}/{i}"})
        report({"id": made.version.id, "message": made.version.message})


def branch(root: str, who: str, times: int, report: Report) -> None:
    repo = mvt.open(root)
    repo.branches.create(who, "v1")
    repo.switch(who)
    commit_to(repo, who, times, report)


def move(root: str, who: int, times: int, report: Report) -> None:
    repo = mvt.open(root)
    for i in range(times):
        try:
            done = repo.labels.move("production", f"v{1 + (who + i) % 8}")
            report({"operation": done.operation})
        except ConflictError as error:
            report({"code": error.code})


def gather(works: list[Callable[[Report], None]]) -> list[list[dict]]:
    """Run all at once; fail if one of them fails."""
    children = [forked(work) for work in works]
    found = [facts(reading) for _, reading in children]
    failed = [pid for pid, _ in children if os.waitpid(pid, 0)[1] != 0]
    if failed:
        sys.exit(f"{len(failed)} processes failed")
    return found


def killed(root: str, rounds: int, seed: int) -> list[dict]:
    """Kill a busy writer at random moments; after each, let a new process commit."""
    chance = random.Random(seed)
    told = []
    for turn in range(rounds):
        pid, reading = forked(lambda report, who=f"victim{turn}": commit(root, who, 10_000, report))
        with os.fdopen(reading, "rb") as pipe:
            # How long a commit takes differs between machines; how many there were does not.
            acknowledged = [json.loads(pipe.readline()) for _ in range(chance.randrange(3))]
            time.sleep(chance.uniform(0, 0.03))
            os.kill(pid, signal.SIGKILL)
            acknowledged += read(pipe)
        os.waitpid(pid, 0)
        started = time.perf_counter()
        after = gather([lambda report, who=f"next{turn}": commit(root, who, 1, report)])[0]
        seconds = time.perf_counter() - started
        told.append({"acknowledged": acknowledged, "after": after, "seconds": seconds})
    return told


def warm() -> None:
    """Import what a first commit imports, so that no child has to."""
    with tempfile.TemporaryDirectory() as folder:
        mvt.init(folder).commit(MODEL, params={"step": "warm"})


def main() -> None:
    warm()
    verb, root, *numbers = sys.argv[1:]
    first, second = map(int, numbers)
    if verb == "commit":
        works = [lambda r, who=f"w{j}": commit(root, who, second, r) for j in range(first)]
        found = gather(works)
    elif verb == "branches":
        mvt.open(root).commit(MODEL, message="start")
        found = gather([lambda r, who=f"w{j}": branch(root, who, second, r) for j in range(first)])
    elif verb == "move":
        found = gather([lambda r, who=j: move(root, who, second, r) for j in range(first)])
    else:
        found = killed(root, first, second)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
