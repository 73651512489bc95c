"""Code of a version runs only for who made it, or said that it may."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.api.discover import open_
from jupyter_mvt.api.kernel import Identity, Kernel, attach
from jupyter_mvt.api.places import trust_folder
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.errors import NotFoundError, TrustError
from jupyter_mvt.views.register import plain
from jupyter_mvt.views.text import Look
from tests.security.payloads import build

RESTORE = Path(__file__).with_name("restore.py")


class Guess:
    """A model of no framework: it is kept as a pickle."""

    def __init__(self) -> None:
        self.weight = 1.0

    def predict(self, x: float) -> float:
        return x


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def session(trust: Path | None) -> Kernel:
    """Return a new session, as after a restart of the kernel."""
    kernel = Kernel(namespace={}, cells=CellLog(), interactive=False,
                    identity=Identity("ana", "test"), trust_folder=trust)  # fmt: skip
    attach(kernel)
    return kernel


@pytest.fixture(autouse=True)
def _detached():
    yield
    attach(None)


def test_own_work_comes_back_after_a_restart_and_only_here(folder):
    session(folder / "trust")
    repo = mvt.init(folder)
    repo.commit({"clf": Guess()}, metrics={"a": 1})
    session(folder / "trust")
    assert open_(folder)["v1"].model.weight == 1.0
    session(folder / "of somebody else")
    with pytest.raises(TrustError) as refused:
        open_(folder)["v1"].load()
    assert refused.value.code == "untrusted-pickle"
    assert " v1 (" in refused.value.message
    assert ") was made by ana on " in refused.value.message
    assert refused.value.hint == "if you know who made it: mvt trust v1"


def test_foreign_work_is_trusted_by_its_id_listed_and_revoked(folder):
    repo = mvt.init(folder)
    repo.commit({"clf": Guess()}, metrics={"a": 1}, message="theirs")
    session(folder / "trust")
    repo = open_(folder)
    moved = repo.trust.add("HEAD")
    assert moved.trusted
    assert len(moved.runs) == 1
    assert moved.runs[0].startswith("clf: a pickle that names ")
    assert "Guess" in moved.runs[0]
    assert repo["v1"].model.predict(3) == 3
    assert [(row.message, row.how) for row in repo.trust.list().rows] == [("theirs", "told")]
    assert not repo.trust.remove("v1").trusted
    with pytest.raises(TrustError):
        repo["v1"].load()
    with pytest.raises(NotFoundError) as refused:
        repo.trust.remove("v1")
    assert refused.value.code == "not-trusted"


def test_what_is_trusted_in_another_repository_can_be_revoked_by_its_id(folder):
    session(folder / "trust")
    (folder / "other").mkdir()
    made = mvt.init(folder / "other").commit({"clf": Guess()}, metrics={"a": 1})
    here = mvt.init(folder)
    moved = here.trust.remove(made.version.id)
    assert (moved.trusted, moved.version) == (False, None)
    assert here.trust.list().rows == ()


def test_an_equal_copy_is_trusted_and_an_edited_one_is_not(folder):
    session(folder / "trust")
    (folder / "copy").mkdir()
    mvt.init(folder).commit({"clf": Guess()}, metrics={"a": 1})
    other = mvt.init(folder / "copy")
    attach(None)
    edited = mvt.open(folder / "copy").commit({"clf": Guess()}, metrics={"a": 1})
    session(folder / "trust")
    assert edited.created
    with pytest.raises(TrustError):
        open_(other.path)["v1"].load()


def test_a_folder_that_cannot_be_written_keeps_no_commit_from_being_made(folder):
    (folder / "file").write_text("in the way")
    session(folder / "file" / "trust")
    repo = mvt.init(folder)
    assert repo.commit({"clf": Guess()}, metrics={"a": 1}).created
    assert repo["v1"].model.weight == 1.0


def test_without_a_database_a_program_says_so_itself(folder):
    repo = mvt.init(folder)
    repo.commit({"clf": Guess()}, metrics={"a": 1})
    assert repo["v1"].load().weight == 1.0  # its own work
    repo = mvt.open(folder)
    with pytest.raises(TrustError) as refused:
        repo["v1"].load()
    assert refused.value.message.endswith(" UTC, as it says itself, and not by this program.")
    assert refused.value.hint == 'if you know who made it: repo["v1"].load(trust=True)'
    with pytest.raises(TrustError) as refused:
        repo.trust.add("v1")
    assert refused.value.code == "no-trust-database"
    assert repo["v1"].load(trust=True).weight == 1.0


def test_the_words_of_trust(folder):
    session(folder / "trust")
    repo = mvt.init(folder)
    assert plain(repo.trust.list(), Look()) == (
        "Nothing is trusted yet. What you commit here will be."
    )
    repo.commit({"clf": Guess()}, metrics={"a": 1}, message="mine")
    shown = plain(repo.trust.list(), Look())
    assert "Trusted on this account" in shown
    assert "made here" in shown
    assert plain(repo.trust.remove("v1"), Look()) == (
        "✓ v1 is not trusted any more.\n  Its code does not run."
    )


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [({}, "linux", "/h/.local/share/jupyter_mvt/trust"),
     ({"XDG_DATA_HOME": "/d"}, "linux", "/d/jupyter_mvt/trust"),
     ({"MVT_TRUST": "/t"}, "darwin", "/t"),
     ({}, "darwin", "/h/Library/Application Support/jupyter_mvt/trust"),
     ({"LOCALAPPDATA": "/l"}, "win32", "/l/jupyter_mvt/trust")],
)  # fmt: skip
def test_where_it_lies(environ, platform, expected):
    assert trust_folder(environ, Path("/h"), platform).as_posix() == expected


def test_no_way_of_restoring_runs_what_is_not_trusted(folder):
    proof = folder / "sprung"
    kinds = build(folder, str(proof))
    assert len(kinds) >= 12
    assert not proof.exists()
    done = subprocess.run([sys.executable, str(RESTORE), str(folder), str(proof)], check=False,
                          capture_output=True, text=True, timeout=200,
                          env={**os.environ, "PYTHONSAFEPATH": "1"})  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "ran: nothing | sprung: False"
