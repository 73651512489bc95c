"""A collector that deletes at once against four writers that share content: nothing is lost."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.history.leash import run


def race(folder: Path, rounds: int, times: int, pause: float) -> dict:
    done = run("tests.history.racers", folder, rounds, times, pause)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def judged(told: dict) -> int:
    assert (told["failed"], told["wrong"]) == (0, [])
    assert told["deleted"] > 0
    return told["rounds"]


def test_gc_against_four_writers(tmp_path, proved):
    rounds = judged(race(tmp_path, rounds=500, times=12, pause=0.02))
    proved("10", "gc that deletes at once, against 4 writers", rounds, "rounds")


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_gc_against_four_writers_for_long(tmp_path, proved):
    wanted = int(float(os.environ.get("MVT_SOAK", "1")) * 400)
    rounds = judged(race(tmp_path, rounds=wanted, times=8, pause=0))
    proved("10", "gc that deletes at once, against 4 writers", rounds, "rounds")
