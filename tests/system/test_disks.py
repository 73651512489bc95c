"""Folders that may not be written and disks that are full, for real: other users, small tmpfs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

import jupyter_mvt as mvt

NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")

READER = """
import sys
import jupyter_mvt as mvt
from jupyter_mvt.errors import MvtError

class Weight:
    weight = 2.0
    def predict(self, x):
        return x

repo = mvt.open(sys.argv[1])
assert repo.log().total == 2
assert repo["HEAD"].metrics == {"accuracy": 0.75}
assert [tuple(row) for row in repo.sql("select max(value) from metrics").rows()] == [(0.75,)]
assert len(repo.leaderboard("accuracy").rows) == 2
assert repo.fsck().problems == ()
for change in (lambda: repo.commit(Weight()), lambda: repo.labels.move("production"),
               lambda: repo.undo(), lambda: mvt.init(sys.argv[1] + "/sub")):
    try:
        change()
    except MvtError as error:
        print("\\n".join(error.lines("mvt")))
"""

FILLER = """
import errno, os, sys
import numpy as np
import jupyter_mvt as mvt
from jupyter_mvt.errors import StorageError

class Weights:
    def __init__(self, size):
        self.array = np.random.default_rng(size).normal(size=size)
    def predict(self, x):
        return x

root = sys.argv[1]
repo = mvt.init(root)
repo.commit(Weights(1000), message="small", metrics={"accuracy": 0.5})
repo.labels.move("production")
repo.commit(Weights(1002), message="second", metrics={"accuracy": 0.25})
repo.labels.move("production")
try:
    repo.commit(Weights(1_000_000), message="too big")
except StorageError as error:
    print("\\n".join(error.lines("mvt")))
assert os.listdir(root + "/.mvt/tmp") == []
filler = os.open(root + "/filler", os.O_WRONLY | os.O_CREAT)
for size in (65536, 512, 1):
    try:
        while True:
            os.write(filler, bytes(size))
    except OSError as error:
        assert error.errno == errno.ENOSPC

def fill():
    try:
        while True:
            os.write(filler, bytes(512))
    except OSError as error:
        assert error.errno == errno.ENOSPC

# With no byte left everything can be looked at, ...
again = mvt.open(root)
assert again.log().total == 2
assert len(again.leaderboard("accuracy").rows) == 2
assert again.checkout("v1", trust=True).model.array.shape == (1000,)
assert again.fsck().problems == ()
# ... no version is made, not even one that shares all its content with another, ...
try:
    again.commit(Weights(1000), message="shared", allow_empty=True)
except StorageError as error:
    print("\\n".join(error.lines("mvt")))
# ... and yet labels move, here and back, whoever takes what was freed.
again.rollback("production")
assert again.labels["production"].name == "v1"
fill()
again.undo()
assert again.labels["production"].name == "v2"
fill()
again.labels.move("staging")
fill()
again.labels.remove("staging")
fill()
try:
    again.labels.move("staging")
except StorageError as error:
    print("\\n".join(error.lines("mvt")))
os.close(filler)
os.unlink(root + "/filler")
again.labels.remove("production")
assert sorted(os.listdir(root + "/.mvt/reserve")) == ["1", "2", "3", "4"]
assert again.fsck().problems == ()
# gc frees room by itself on a disk that versions have filled.
filler = os.open(root + "/filler", os.O_WRONLY | os.O_CREAT)
os.write(filler, bytes(700_000))
fill()
freed = again.gc(drop=["v1"], grace_days=0)
assert freed.deleted_bytes > 1000, freed
assert again.fsck().problems == ()
os.close(filler)
os.unlink(root + "/filler")
assert again.commit(Weights(1001), message="after").version.name == "v3"
assert mvt.open(root).fsck().problems == ()
"""


@pytest.fixture
def two_versions(tmp_path, weight):
    folder = tmp_path / "shared"
    (folder / "sub").mkdir(parents=True)
    repo = mvt.init(folder)
    repo.commit(weight(1.0), message="one", metrics={"accuracy": 0.5})
    repo.commit(weight(2.0), message="two", metrics={"accuracy": 0.75})
    return folder


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None,
                    reason="only root can become another user")  # fmt: skip
def test_somebody_who_may_only_read_can_look_and_is_told(program, two_versions, tmp_path):
    for path in (tmp_path, *tmp_path.parents):
        if path == Path(tempfile.gettempdir()):
            break
        path.chmod(0o755)
    for path in two_versions.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o444)
    before = sorted(path for path in two_versions.rglob("*") if path.is_file())
    done = program("-c", READER, two_versions, before=NOBODY, cwd=two_versions)
    assert (done.returncode, done.stderr) == (0, "")
    refusal = (f"StorageError [permission-denied]: Cannot write to {two_versions}/.mvt: "
               "permission was denied.\nHint: once the folder is yours: mvt fsck\n")  # fmt: skip
    assert done.stdout == refusal * 3 + refusal.replace("write to", "make").replace(
        "/.mvt:", "/sub/.mvt:"
    )
    assert sorted(path for path in two_versions.rglob("*") if path.is_file()) == before


def own_mounts() -> tuple[str, ...]:
    """Return the words that run a command where it may mount, or nothing if that is forbidden."""
    for words in (("unshare", "-m"), ("unshare", "-rm")):
        try:
            probe = [*words, "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"]
            if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
                return words
        except FileNotFoundError:
            break
    return ()


def test_a_full_disk_refuses_and_loses_nothing(program, tmp_path):
    mounting = own_mounts()
    if not mounting:
        pytest.skip("nothing may be mounted here; tests/crash injects the same errors")
    small = tmp_path / "small"
    small.mkdir()
    script = f'mount -t tmpfs -o size=2m tmpfs "{small}" && exec "$@"'
    done = program("-c", FILLER, small, before=(*mounting, "sh", "-c", script, "sh"))
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert len(told) == 6
    for first, second in zip(told[:4:2], told[1:4:2], strict=True):
        assert first.startswith(f"StorageError [disk-full]: The disk of {small}/.mvt has ")
        assert first.endswith(". Nothing was written.")
        assert second == "Hint: free some space, or: mvt gc --grace 0"
    assert told[4].startswith(f"StorageError [disk-full]: Cannot write {small}/.mvt/")
    assert told[4].endswith(": the disk is full.")
    assert told[5] == "Hint: mvt du"


@pytest.mark.parametrize("name", ["file", "not here"])
def test_a_repository_needs_a_folder(program, tmp_path, name):
    (tmp_path / "file").write_text("not a folder")
    done = program("-m", "jupyter_mvt.cli", "init", name, cwd=tmp_path)
    place = f"'{tmp_path}/{name}'" if " " in name else f"{tmp_path}/{name}"
    assert (done.returncode, done.stdout, done.stderr) == (
        1, "", f"RepositoryError [no-folder]: There is no folder {tmp_path}/{name}.\n"
        f"Hint: mkdir {place}\n",
    )  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
