"""Many writers, no locks: every commit is kept, whoever dies and whenever."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import jupyter_mvt as mvt

FLEET = Path(__file__).with_name("fleet.py")


@pytest.fixture
def fleet(program, tmp_path):
    mvt.init(tmp_path)

    def run(verb: str, first: int, second: int) -> list:
        done = program(FLEET, verb, tmp_path, str(first), str(second))
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    return run


def line_of(repo: mvt.Repo) -> list[mvt.Version]:
    """Return the versions of main from the newest to the first, by parents alone."""
    version = repo["main"]
    found = [version]
    while version.parents:
        (version,) = version.parents
        found.append(version)
    return found


def leftovers(root: Path) -> list[str]:
    """Return files that an idle repository should not hold: temporary ones and locks."""
    return [path.name for path in root.rglob("*")
            if path.is_file() and (path.parent.name == "tmp" or "lock" in path.name)]  # fmt: skip


def one_line(fleet, root: Path, each: int) -> int:
    """Let 8 processes commit `each` times; return how many versions are in the one line."""
    told = fleet("commit", 8, each)
    repo = mvt.open(root)
    line = line_of(repo)
    assert sorted(int(v.name[1:]) for v in line) == list(range(1, 8 * each + 1))
    made = {f"w{j}/{i}": 1 for j in range(8) for i in range(each)}
    assert Counter(v.message for v in line) == made
    assert {v.id for v in line} == {fact["id"] for facts in told for fact in facts}
    for facts in told:
        # Each process's own commits are in the order in which it made them.
        numbers = [int(repo[fact["id"]].name[1:]) for fact in facts]
        assert numbers == sorted(numbers)
    assert leftovers(root / ".mvt") == []
    assert repo.fsck().problems == ()
    return len(line)


def own_branches(fleet, root: Path, each: int) -> int:
    """Let 8 processes commit `each` times to a branch of their own; return how many are there."""
    fleet("branches", 8, each)
    repo = mvt.open(root)
    for j in range(8):
        messages = [entry.version.message for entry in repo.log(f"w{j}", limit=None).entries]
        assert messages == [*(f"w{j}/{i}" for i in reversed(range(each))), "start"]
    assert repo.fsck().problems == ()
    return 8 * each


@pytest.mark.timeout(600)
def test_1600_commits_of_8_processes_are_1600_versions_in_one_line(fleet, tmp_path, proved):
    proved("7", "8 processes commit to one branch", one_line(fleet, tmp_path, 200), "commits")


@pytest.mark.timeout(600)
def test_8_processes_on_8_branches(fleet, tmp_path, proved):
    proved("7", "8 processes commit to 8 branches", own_branches(fleet, tmp_path, 200), "commits")


def test_racing_label_moves_are_done_or_refused(fleet, tmp_path, weight):
    repo = mvt.open(tmp_path)
    for i in range(8):
        repo.commit(weight(i), message=str(i))
    told = [fact for facts in fleet("move", 8, 12) for fact in facts]
    done = sorted(fact["operation"] for fact in told if "operation" in fact)
    refused = Counter(fact["code"] for fact in told if "code" in fact)
    assert len(told) == 96
    assert set(refused) <= {"ref-moved", "already-there"}
    rows = [row for row in repo.operations(None).rows if row.verb == "label move"]
    assert sorted(row.number for row in rows) == done
    # Nobody's move was overwritten unseen: each starts from where the one before it ended.
    moves = [change for row in reversed(rows) for change in row.changes]
    assert [old for _, old, _ in moves] == ["", *(new for _, _, new in moves[:-1])]
    assert repo.labels["production"].name == moves[-1][2]
    assert repo.fsck().problems == ()


@pytest.mark.timeout(600)
def test_a_killed_writer_loses_nothing_and_blocks_nobody(fleet, tmp_path, proved):
    seconds = sorted(killed(fleet, tmp_path, 200))
    # Nearly all within one second on quiet cores; on busy ones, none waits for the dead.
    assert (seconds[len(seconds) // 2] < 1, seconds[-1] < 10) == (True, True)
    proved("8", "kill a busy writer; the next commit goes on", len(seconds), "kills")


def killed(fleet, root: Path, times: int) -> list[float]:
    """Kill a writer so many times; return how long the next commit took, each time."""
    told = fleet("kill", times, 7)
    repo = mvt.open(root)
    present = {version.id: version.message for version in line_of(repo)}
    acknowledged = [fact for turn in told for fact in (*turn["acknowledged"], *turn["after"])]
    assert {fact["id"]: fact["message"] for fact in acknowledged}.items() <= present.items()
    # At most the one commit whose writer died before it could say so.
    assert len(present) - len(acknowledged) <= len(told)
    assert sum(bool(turn["acknowledged"]) for turn in told) >= times / 2
    assert list((root / ".mvt").rglob("*lock*")) == []
    assert repo.fsck().problems == ()
    return [turn["seconds"] for turn in told]
