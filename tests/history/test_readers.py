"""Readers beside writers and a collector never see half of anything, and never wait."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def read_beside(folder: Path, times: int, pause: float) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "tests.history.readers", folder, str(times), str(pause)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["failed"] == 0
    facts = told["facts"]
    assert sum(fact.get("commits", 0) for fact in facts) > 0
    assert sum(fact.get("rounds", 0) for fact in facts) > 0
    return sum(fact.get("reads", 0) for fact in facts)


def test_readers_see_whole_versions(tmp_path: Path, proved: Callable[..., None]) -> None:
    proved("9", "2 readers beside writers and gc", read_beside(tmp_path, 10_000, 0.2), "reads")


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_readers_beside_writers_that_never_rest(
    tmp_path: Path, proved: Callable[..., None]
) -> None:
    proved("9", "2 readers beside writers and gc", read_beside(tmp_path, 4_000, 0), "reads")
