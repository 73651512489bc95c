"""On a real disk that forgets what was not synced, nothing acknowledged is lost."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parents[2]
ROUNDS = int(float(os.environ.get("MVT_SOAK", "1")) * 40)


def missing() -> str:
    """Return what a disk of our own would need here, or an empty string."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse"
    if shutil.which("fusermount3") is None:
        return "fusermount3 (apt-get install fuse3)"
    return "" if importlib.util.find_spec("mfusepy") else "mfusepy (pip install mfusepy)"


def lives(folder: Path, rounds: int, seed: int) -> list[str]:
    """Let processes commit on such a disk and be killed; return a line for each round."""
    folder.mkdir()
    disk = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.soak.forgetting", folder, str(seed)], cwd=HERE
    )
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.soak.rounds", folder, str(rounds), str(seed)],
            cwd=HERE, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        disk.kill()
        disk.wait()
        subprocess.run(["fusermount3", "-uzq", folder], check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.skipif(missing() != "", reason=f"needs {missing()}; tests/crash has the model of it")
def test_a_disk_that_forgets_loses_nothing(tmp_path: Path, proved: Callable[..., None]) -> None:
    lines = [line.split(" ", 2) for line in lives(tmp_path / "disk", ROUNDS, 1)]
    assert {fault for _, _, fault in lines} == {""}
    assert len(lines) == ROUNDS + 1
    assert int(lines[-1][0]) > ROUNDS
    proved("4", "power cuts of a FUSE disk that forgets", ROUNDS, "rounds")
