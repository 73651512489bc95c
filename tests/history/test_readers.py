"""Readers beside writers and a collector never see half of anything, and never wait."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.history.leash import leashed, run

if TYPE_CHECKING:
    from collections.abc import Callable


def read_beside(folder: Path, times: int, pause: float) -> int:
    done = run("tests.history.readers", folder, times, pause)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["failed"] == 0
    facts = told["facts"]
    assert sum(fact.get("commits", 0) for fact in facts) > 0
    assert sum(fact.get("rounds", 0) for fact in facts) > 0
    return sum(fact.get("reads", 0) for fact in facts)


def test_readers_see_whole_versions(tmp_path: Path, proved: Callable[..., None]) -> None:
    proved("9", "2 readers beside writers and gc", read_beside(tmp_path, 10_000, 0.2), "reads")


def test_they_end_with_the_test_that_started_them(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "tests.history.readers", tmp_path, str(10**9), "0.1"]
    with leashed() as how:
        program = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)
        while not list((tmp_path / "r.mvt" / "packs").glob("*")):
            time.sleep(0.05)
        program.kill()  # as when a test's time is up; what it forked goes on
        program.wait()
        with pytest.raises(subprocess.TimeoutExpired):
            program.communicate(timeout=1)
    # What all of them write to is closed with the last of them.
    told, _ = program.communicate(timeout=30)
    assert b"Error" not in told


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_readers_beside_writers_that_never_rest(
    tmp_path: Path, proved: Callable[..., None]
) -> None:
    proved("9", "2 readers beside writers and gc", read_beside(tmp_path, 4_000, 0), "reads")
