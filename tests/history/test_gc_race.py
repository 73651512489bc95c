"""A collector that deletes at once against four writers that share content: nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RACERS = Path(__file__).with_name("racers.py")


def race(folder: Path, rounds: int, times: int) -> dict:
    done = subprocess.run(
        [sys.executable, RACERS, folder, str(rounds), str(times)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def judged(told: dict) -> None:
    assert (told["failed"], told["wrong"]) == (0, [])
    assert told["deleted"] > 0


def test_gc_against_four_writers(tmp_path, proved):
    judged(race(tmp_path, rounds=2, times=12))
    proved("10", "gc that deletes at once, against 4 writers", 2, "rounds")


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_gc_against_four_writers_for_long(tmp_path, proved):
    rounds = int(float(os.environ.get("MVT_SOAK", "1")) * 100)
    judged(race(tmp_path, rounds=rounds, times=8))
    proved("10", "gc that deletes at once, against 4 writers", rounds, "rounds")
