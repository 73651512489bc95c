"""Cells that use the repository itself are run again in a mirror of it."""

from __future__ import annotations

import pytest

import jupyter_mvt as mvt
from tests.shells import run, started

START = (
    "%load_ext jupyter_mvt",
    "%mvt init",
    "import numpy as np, jupyter_mvt as mvt\n"
    "from sklearn.linear_model import SGDClassifier\n"
    "X, y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 2",
)
RECORDED = (
    "repo = mvt.open()\n"
    "clf = SGDClassifier(random_state=0)\n"
    "with repo.recording(clf, message='recorded') as run:\n"
    "    for step in range(3):\n"
    "        clf.partial_fit(X, y, classes=[0, 1])\n"
    "        run.log(loss=clf.score(X, y))"
)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    with started(tmp_path, monkeypatch) as shell:
        run(shell, *START)
        yield shell


def stored(folder):
    files = (path for path in (folder / ".mvt").rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if "cache" not in path.parts}


def test_what_was_recorded_while_it_was_trained_is_made_again(shell, tmp_path):
    run(shell, RECORDED)
    before = stored(tmp_path)
    found = run(shell, "%mvt reproduce v1")
    assert found.verdict == "identical", found.to_dict()
    assert stored(tmp_path) == before
    assert mvt.open()["HEAD"].message == "recorded"


def test_what_was_trained_on_from_an_earlier_version_is_made_again(shell, tmp_path):
    run(
        shell,
        "class Doubled(SGDClassifier):\n"
        "    def decision_function(self, X):\n"
        "        return 2 * super().decision_function(X)",
        "clf = Doubled(random_state=0).fit(X, y)",
        "%mvt commit -m first",
        "old = %mvt checkout v1\nmore = old.clf\nmore.partial_fit(X[:20], y[:20])",
        "%mvt commit more -m more",
    )
    before = stored(tmp_path)
    found = run(shell, "%mvt reproduce v2")
    assert found.verdict == "identical", found.to_dict()
    assert stored(tmp_path) == before


def test_a_commit_that_cannot_be_made_again_does_not_end_the_training(shell):
    run(shell, RECORDED.replace("recording(clf, ", "recording(").replace("'recorded'", "''"))
    found = run(shell, "%mvt reproduce v1")
    assert found.verdict == "identical", found.to_dict()
    assert list(found.outcome.skipped) == ["with repo.recording(message='') as run:"]


def test_a_repository_that_a_cell_made_is_there_already(tmp_path, monkeypatch):
    with started(tmp_path, monkeypatch) as shell:
        run(shell, "%load_ext jupyter_mvt", START[-1], RECORDED.replace("open()", "init('.')"))
        found = run(shell, "%mvt reproduce v1")
        assert found.verdict == "identical", found.to_dict()


PLACED = {
    "a name that was free": ("del clf", "%mvt checkout v1 --into-namespace"),
    "a name of mine, replaced": (
        "clf = 'mine'", "%mvt checkout --overwrite v1 --into-namespace  # theirs",
    ),
    "beside a name of mine": ("del clf\nX2 = X + 1", "%mvt checkout 'v1' --into-namespace"),
}  # fmt: skip


@pytest.mark.parametrize("how", PLACED)
def test_what_was_trained_on_from_names_that_a_version_set_is_made_again(shell, how):
    run(shell, "clf = SGDClassifier(random_state=0).fit(X, y)", "%mvt commit -m first")
    run(shell, *PLACED[how], "clf.partial_fit(X[:20], y[:20])", "%mvt commit clf -m more")
    found = run(shell, "%mvt reproduce v2")
    assert found.verdict == "identical", found.to_dict()
    assert found.outcome.skipped == ()


def test_a_name_that_was_kept_is_kept_when_it_is_made_again(shell):
    run(shell, "clf = SGDClassifier(random_state=0).fit(X, y)", "%mvt commit -m first")
    run(shell, "clf = SGDClassifier(random_state=5).fit(X, y)", "%mvt checkout v1 --into-namespace",
        "clf.partial_fit(X[:20], y[:20])", "%mvt commit clf -m more")  # fmt: skip
    found = run(shell, "%mvt reproduce v2")
    assert found.verdict == "identical", found.to_dict()
