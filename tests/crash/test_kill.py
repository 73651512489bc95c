"""SIGKILL anywhere loses nothing, and the next command needs no cleaning."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.crash.world import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parents[2]
NAMES = [name for name in STEPS if not STEPS[name].heals and name != "commit against another"]
SIX = ["commit", "label move", "gc at once", "pack", "switch -c", "undo"]


def killed(how: str, folder: Path, names: list[str]) -> int:
    """Kill commands; return how often, after checking that all was well."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.killing", how, folder / "here", *names],
        cwd=HERE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for name, facts in found.items():
        assert (facts["status"], set(facts["told"])) == (0, {""}), name
    return sum(facts["killed"] for facts in found.values())


@pytest.mark.parametrize("half", [0, 1])
def test_killed_at_every_call_of_the_disk(
    half: int, tmp_path: Path, proved: Callable[..., None]
) -> None:
    names = [name for name in NAMES[half::2] if name != "commit again"]
    count = killed("calls", tmp_path, names)
    assert count > 15 * len(names)
    proved("3", "SIGKILL at every call of the disk, in every command", count, "kills")


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", SIX)
def test_killed_at_every_system_call(
    name: str, tmp_path: Path, proved: Callable[..., None]
) -> None:
    if shutil.which("strace") is None:
        pytest.skip("there is no strace here; the test above kills at every call of our own")
    count = killed("syscalls", tmp_path, [name])
    assert count > 20
    proved("3", "SIGKILL at every system call on files, six commands", count, "kills")


def killed_while_idle(folder: Path, count: int) -> int:
    """Kill kernels whose idle thread packs; return how many were at it, after checking all."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.idling", folder, str(count), "1"],
        cwd=HERE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {one["fault"] for one in told} == {""}
    packing = sum(one["packed"] for one in told)
    assert packing >= count // 3
    return packing


def test_killed_while_an_idle_kernel_packs(tmp_path: Path, proved: Callable[..., None]) -> None:
    proved("3", "SIGKILL while an idle kernel packs", killed_while_idle(tmp_path, 12), "kills")


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_killed_while_an_idle_kernel_packs_at_length(
    tmp_path: Path, proved: Callable[..., None]
) -> None:
    proved("3", "SIGKILL while an idle kernel packs", killed_while_idle(tmp_path, 150), "kills")
