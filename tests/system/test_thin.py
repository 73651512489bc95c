"""Versions whose models were dropped: told wherever versions are listed, and when one is asked."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import Identity
from jupyter_mvt.api.timeline import Timeline
from jupyter_mvt.cli.main import main
from jupyter_mvt.views import pack
from jupyter_mvt.views.log import payload
from tests.shells import text

TABLE = """\
here · 4 versions, 1 branch

       Message                                      Change  Author  When
─  ──  ─────────────────────────────────────────    ──────  ──────  ────────────────────
●  v4  (first) fit 4                                        ana     TIME
●  v3  (thin) fit 3                                         ana     TIME
●  v2  (thin) fit 2 a little longer a little lo…            ana     TIME
●  v1  [production] fit 1                                   ana     TIME"""


@pytest.fixture
def repo(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    mvt.init(".")
    repo = mvt.open(".", identity=Identity(actor="ana", tool="test"))
    rng = np.random.default_rng(0)
    for number in range(1, 5):
        X = rng.normal(size=(50, 20))
        said = f"fit {number}" + " a little longer" * 20 * (number == 2)
        repo.commit(LinearRegression().fit(X, X[:, 0]), message=said)
    repo.tags.create("first", "v4")
    repo.labels.move("production", "v1")
    repo.gc(drop=["v2", "v3"], pack="none")
    return repo


@pytest.mark.parametrize("form", ["log", "timeline"])
def test_the_log_marks_them_before_their_words(repo, form):
    shown = text(repo.log() if form == "log" else Timeline(repo._handle).log())
    assert re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME", shown) == TABLE


def test_so_do_its_other_forms(repo, capsys):
    assert main(["log", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["entries"]
    assert [(row["version"]["number"], row["thin"]) for row in rows] == [
        (4, False), (3, True), (2, True), (1, False)]  # fmt: skip
    cells = re.findall(r"<td[^>]*>(fit [^<]*)</td>", repo.log()._repr_mimebundle_()["text/html"])
    assert [cell[-8:] for cell in cells] == [
        "ag first", "3 (thin)", "… (thin)", "duction]"]  # fmt: skip
    view = payload(repo.log())
    assert [row.get("thin") for row in view["rows"]] == [None, True, True, None]
    assert pack.columns(view, 1)["rows"]["thin"] == [1, 2]


def test_an_undone_gc_takes_the_mark_away(repo, capsys):
    assert main(["undo"]) == 0
    capsys.readouterr()
    assert main(["log"]) == 0
    assert "thin" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["checkout", "v2"], ["label", "move", "staging", "v2"], ["reproduce", "v2"]]
)
def test_one_that_is_asked_for_says_what_is_the_case(repo, capsys, words):
    assert main(words) == 1
    assert capsys.readouterr().err.splitlines() == [
        "RestoreError [thin-version]: v2 is thin: its models and variables were dropped, "
        "what describes it is kept.",
        "Hint: mvt show v2",
    ]  # fmt: skip
