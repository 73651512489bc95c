"""Whoever stops a change, at whatever call to the disk: no rubbish, and a sound repository."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mvt as mvt
from jupyter_mvt.cli.main import main
from tests.system.test_stopped import Stop

LINES = (
    "init new", "tag create new v2", "undo", "switch -c other", "rollback production --to v1",
    "trust v2", "index rebuild", "gc --drop v2 --grace 0", "gc --pack all --grace 0",
    "fsck --repair --from sound",
)  # fmt: skip


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
    monkeypatch.setenv("HOME", str(tmp_path))
    stop, status, at = Stop(monkeypatch, after=after), 130, 0
    while status == 130:
        at += 1
        folder = tmp_path / str(at)
        shutil.copytree(begun, folder)
        monkeypatch.chdir(folder)
        if "--repair" in line:
            harm(folder)
        stop.at, stop.calls = at, 0
        status = main(line.split())
        stop.at = 0
        assert rubbish(tmp_path) == []
        if status == 130:
            assert capsys.readouterr().err.startswith("Interrupted")
            assert "--repair" not in line or main(line.split()) == 0
            assert main(["fsck"]) == 0
        shutil.rmtree(folder)
    assert (status, at) > (0, 12)
