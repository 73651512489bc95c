"""Whoever stops a change, at whatever call to the disk, is told what was done; nothing is left."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mvt as mvt
from jupyter_mvt.cli.main import main
from jupyter_mvt.errors import UNCHANGED, UNTOUCHED
from tests.system.test_stopped import Stop

BEGUN = 4
"""Operations before."""
UNVERIFIED = "Interrupted: v1 was not verified to its end; nothing was changed."
WHOLE = "Interrupted: every version is as it was. The next mvt gc goes on."
THIN = "Interrupted, but v2 had become thin by then. The next mvt gc goes on."
HEALED = "Interrupted: what was healed by then stays. The next mvt fsck --repair goes on."
INDEXED = "Interrupted: every version is as it was, and the next query finds it."


def recorded(*numbers: int) -> dict[str, int]:
    """Return what is said once these operations are recorded, and how many there are then."""
    said = {f"Interrupted, but operation {n} had been recorded by then.": n for n in numbers}
    return {UNTOUCHED: BEGUN, UNCHANGED: BEGUN, **said}


LINES = {
    "init new": {
        "Interrupted: there is no repository yet. The next mvt init goes on.": BEGUN,
        "Interrupted, but the repository had been made by then.": BEGUN,
    },
    "tag create new v2": recorded(5),
    "undo": recorded(5),
    "cost set --hour 1.2": recorded(5),
    "switch -c other": recorded(5, 6),
    "rollback production --to v1": {**recorded(5), UNVERIFIED: BEGUN},
    "trust v2": {
        UNTOUCHED: BEGUN,
        UNCHANGED: BEGUN,
        "Interrupted: v2 is not trusted now.": BEGUN,
        "Interrupted: v2 is trusted now.": BEGUN,
    },
    "index rebuild": {UNTOUCHED: BEGUN, INDEXED: BEGUN},
    "gc --drop v2 --grace 0": {UNTOUCHED: BEGUN, WHOLE: BEGUN, THIN: None},
    "gc --pack all --grace 0": {UNTOUCHED: BEGUN, WHOLE: None},
    "fsck --repair --from sound": {UNTOUCHED: BEGUN, HEALED: None},
}
"""What is said of an interrupt, with how many operations there are then; ``None``: it depends."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A folder with a repository, and with a sound copy of it where the other is damaged."""
    folder = tmp_path_factory.mktemp("begun")
    repo = mvt.init(folder)
    for seed in range(3):
        X = np.random.default_rng(seed).random((5, 300))
        repo.commit(LinearRegression().fit(X, X[:, 0]))
    repo.labels.move("production", "v1")
    (folder / "new").mkdir()
    shutil.copytree(folder / ".mvt", folder / "sound" / ".mvt")
    return folder


def harm(folder: Path) -> None:
    """Damage an object of the first version."""
    pack = next(one for one in sorted((folder / ".mvt" / "packs").iterdir()))
    pack.chmod(0o600)
    data = bytearray(pack.read_bytes())
    data[300] ^= 1
    pack.write_bytes(data)


def rubbish(folder: Path) -> list[Path]:
    """Return files that were only to be there for a moment."""
    found = [one for one in folder.rglob("*") if one.is_file()]
    return [one for one in found if one.parent.name == "tmp" or one.name.startswith("tmp-")]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("line", LINES)
def test_at_any_call_to_the_disk(begun, tmp_path, monkeypatch, capsys, line, after):
    stop, status, at, said = Stop(monkeypatch, after=after), 130, 0, set()
    while status == 130:
        at += 1
        folder = tmp_path / str(at)
        shutil.copytree(begun, folder)
        monkeypatch.chdir(folder)
        monkeypatch.setenv("MVT_TRUST", str(tmp_path / f"trust-{at}"))
        if "--repair" in line:
            harm(folder)
        status = stop.run(at, line)
        assert rubbish(tmp_path) == []
        if status == 130:
            told = capsys.readouterr().err.removesuffix("\n")
            said.add(told)
            repo = mvt.open(folder)
            assert LINES[line][told] in (repo.operations().total, None)
            assert (told == THIN) == repo.log().entries[1].thin
            assert "--repair" not in line or main(line.split()) == 0
            assert main(["fsck"]) == 0
        shutil.rmtree(folder)
    assert (status, at > 12) == (0, True)
    assert said == LINES[line].keys()
