"""Runs recorded while they train, kept with their model, and found again after a kill."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import SGDClassifier

import jupyter_mvt as mvt
from jupyter_mvt.errors import CaptureError, NotFoundError, StorageError
from tests.shells import run as run_cells
from tests.shells import started

X = np.array([[0.0], [1.0], [2.0], [3.0]])
Y = np.array([0, 0, 1, 1])


@pytest.fixture
def repo(tmp_path):
    return mvt.init(tmp_path)


def trained(run, steps=3):
    """Fit step by step, logging as a person would."""
    model = SGDClassifier(random_state=0)
    for step in range(steps):
        model.partial_fit(X, Y, classes=[0, 1])
        run.log(step=step, loss=np.float32(1 / (step + 1)), accuracy=model.score(X, Y))
    run.model = model
    return model


def test_the_end_of_the_block_makes_a_version_with_curves(repo):
    with repo.recording(message="with curves") as run:
        trained(run)
    version = repo["HEAD"]
    assert (run.result.created, version.message) == (True, "with curves")
    assert list(version.curves) == ["accuracy", "loss"]
    loss = version.curves["loss"]
    assert loss["step"].tolist() == [0, 1, 2]
    assert loss["value"].tolist() == [1.0, 0.5, float(np.float32(1 / 3))]
    assert str(loss["time"].dtype) == "datetime64[us, UTC]"
    assert [(c.name, c.n, c.first, c.newest) for c in version.curves.summary] == [
        ("accuracy", 3, 0, 2),
        ("loss", 3, 0, 2),
    ]
    assert {(m.name, m.source) for m in version.commit.content.metrics} == {
        ("accuracy", "discovered"),
        ("loss", "discovered"),
    }
    assert repo.recordings() == ()
    assert not repo.fsck().problems
    facts = {fact["key"]: fact["text"] for fact in version.details._repr_mimebundle_()[
        "application/vnd.jupyter-mvt.v1+json"]["facts"]}  # fmt: skip
    assert facts["Curves"] == "accuracy, loss: 6 points, up to step 2"


def test_what_was_logged_is_kept_as_it_was(repo):
    odd = [math.nan, math.inf, -math.inf, -0.0, 1e308, 5e-324]
    with repo.recording() as run:
        for value in odd:
            run.log(value=value)
        trained(run)
    frame = repo["HEAD"].curves["value"]
    assert frame["value"].to_numpy().tobytes() == np.array(odd).tobytes()
    (short,) = (c for c in repo["HEAD"].curves.summary if c.name == "value")
    assert (short.low, short.high, short.n) == (-0.0, 1e308, 6)


def test_without_commit_the_next_one_of_the_model_takes_the_run(repo, monkeypatch):
    with repo.recording(commit=False) as run:
        model = trained(run)
    (waiting,) = repo.recordings()
    assert (waiting.names, waiting.points, waiting.last_step) == (("accuracy", "loss"), 6, 2)
    with repo.recording(model, resume=waiting.run) as again:
        again.log(loss=0.125)
    frame = repo["HEAD"].curves["loss"]
    assert frame["step"].tolist() == [0, 1, 2, 3]
    assert repo.recordings() == ()


def test_a_run_that_fails_makes_no_version_and_stays(repo):
    def diverge() -> None:
        with repo.recording() as run:
            trained(run)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        diverge()
    assert repo.log().entries == ()
    (left,) = repo.recordings()
    assert left.points == 6


def test_a_killed_run_is_found_again(repo, tmp_path):
    script = """
import os, signal, sys
import jupyter_mvt as mvt
with mvt.open(sys.argv[1]).recording() as run:
    run._flushed = 0
    run.log(step=41, loss=0.5)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL
    (left,) = repo.recordings()
    assert (left.names, left.points, left.last_step) == (("loss",), 1, 41)
    with repo.recording(SGDClassifier().fit(X, Y), resume=left.run) as run:
        run.log(loss=0.25)
    assert repo["HEAD"].curves["loss"]["step"].tolist() == [41, 42]
    assert not repo.fsck().problems


def test_bad_input_is_said(repo):
    with repo.recording(SGDClassifier().fit(X, Y)) as run:
        with pytest.raises(CaptureError) as text:
            run.log(loss="low")
        with pytest.raises(CaptureError) as array:
            run.log(loss=np.zeros(3))
        with pytest.raises(CaptureError) as step:
            run.log(step=0.5, loss=1.0)
        run.log(loss=1.0)
    assert text.value.lines() == [
        "CaptureError [not-a-number]: 'loss' is a str, not a number.",
        "Hint: run.log(loss=float(...))",
    ]
    assert array.value.code == "not-a-number"
    assert step.value.lines() == [
        "CaptureError [step-not-a-number]: A step is a whole number, not a float.",
        "Hint: run.log(step=i, loss=0.3)",
    ]
    with pytest.raises(NotFoundError) as run_gone, repo.recording(resume="nothing"):
        pass
    assert run_gone.value.code == "unknown-run"
    with pytest.raises(NotFoundError) as curve_gone:
        repo["HEAD"].curves["lossy"]
    assert curve_gone.value.hint == "repo['HEAD'].curves['loss']"


def test_a_disk_that_refuses_does_not_stop_the_training(repo, monkeypatch):
    def full(*args):
        raise StorageError("No space left.", code="disk-full")

    with repo.recording() as run:
        monkeypatch.setattr("jupyter_mvt.store.runs.keep", full)
        run._flushed = 0
        trained(run)
        monkeypatch.undo()
    assert len(repo["HEAD"].curves["loss"]) == 3
    notes = [note.text for note in repo["HEAD"].commit.notes if note.about == "curves"]
    assert notes == ["not safe while it was logged: No space left."]


def test_equal_curves_make_no_new_version(repo):
    with repo.recording() as run:
        model = trained(run)
    with repo.recording(model) as again:
        for step, loss in zip((0, 1, 2), repo["v1"].curves["loss"]["value"], strict=True):
            again.log(step=step, loss=loss, accuracy=repo["v1"].curves["accuracy"]["value"][step])
    assert again.result.created is False


def test_who_commits_after_the_block_is_told_that_it_holds_all(tmp_path, monkeypatch, capsys):
    with started(tmp_path, monkeypatch) as shell:
        run_cells(shell, "%load_ext jupyter_mvt", "%mvt init")
        run_cells(
            shell,
            "import numpy as np, jupyter_mvt as mvt\n"
            "from sklearn.linear_model import SGDClassifier\n"
            "X, Y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1])\n"
            "model = SGDClassifier(random_state=0)",
            "with mvt.open().recording(model) as run:\n"
            "    for step in range(3):\n"
            "        model.partial_fit(X, Y, classes=[0, 1])\n"
            "        run.log(step=step, accuracy=model.score(X, Y))",
        )
        assert capsys.readouterr().out.endswith(
            "mvt: v1 kept · SGDClassifier, 4 weights · Accuracy 1.000\n"
        )
        run_cells(shell, "again = %mvt commit -m 'more'", "other = 1")
        assert not shell.user_ns["again"].created
        assert capsys.readouterr().out == ""
        run_cells(shell, "later = %mvt commit -m 'with more' --metrics late=0.5")
        assert list(mvt.open()["HEAD"].curves) == ["accuracy"]
        run_cells(shell, "model.partial_fit(X[::-1], Y)", "last = %mvt commit")
        assert list(mvt.open()["HEAD"].curves) == []
