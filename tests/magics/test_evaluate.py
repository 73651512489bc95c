"""``mvt evaluate`` in a live session: recorded beside the version, shown, undone."""

from __future__ import annotations

import io
import re

import numpy as np
import pyarrow.parquet as pq
import pytest

from jupyter_mvt.api.evaluate import examples
from jupyter_mvt.errors import CorruptionError, UsageError
from jupyter_mvt.store import oplog
from tests.shells import run, text

MAKE = """
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
X, y = load_iris(return_X_y=True, as_frame=True)
clf = LogisticRegression(max_iter=500).fit(X, y)
"""


def test_an_evaluation_stands_beside_its_version(shell):
    run(shell, MAKE + "%mvt commit")
    found = run(shell, "%mvt evaluate v1 X y --split all --against v1")
    assert (found.version.name, found.evaluation.rows, found.evaluation.author) == (
        "v1",
        150,
        "ana",
    )
    assert found.metrics["accuracy"] == shell.user_ns["clf"].score(
        shell.user_ns["X"], shell.user_ns["y"]
    )
    assert found.examples.num_rows == 150
    assert [(one.batch, one.pairs) for one in found.evaluation.latency] == [(1, 200), (32, 200)]
    shown = text(found)
    assert shown.startswith("v1 on 150 rows of all")
    assert "Latency, 32 rows" in shown
    run(shell, "repo = __import__('jupyter_mvt').open()")
    repo = shell.user_ns["repo"]
    assert [made.split for made in repo["v1"].details.evaluations] == ["all"]
    assert "150 rows of all" in text(run(shell, "%mvt show v1"))
    (file,) = (repo.path / "tables").iterdir()
    assert pq.read_table(file).equals(found.examples)
    run(shell, "%mvt undo")
    assert repo["v1"].details.evaluations == ()


def test_a_live_model_is_measured_and_nothing_recorded(shell):
    run(shell, MAKE + "%mvt commit")
    run(shell, "repo = __import__('jupyter_mvt').open()\nfound = repo.evaluate(clf, X, y)")
    found, repo = shell.user_ns["found"], shell.user_ns["repo"]
    assert (found.version, found.operation) == (None, 0)
    assert repo["v1"].details.evaluations == ()
    assert text(found).startswith("The live model on 150 rows of test")


def test_changed_examples_are_noticed(shell):
    run(shell, MAKE + "%mvt commit\nfound = %mvt evaluate v1 X y")
    run(shell, "repo = __import__('jupyter_mvt').open()")
    repo = shell.user_ns["repo"]
    (made,) = repo["v1"].details.evaluations
    assert examples(repo._handle, made) == shell.user_ns["found"].content
    (file,) = (repo.path / "tables").iterdir()
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(CorruptionError):
        examples(repo._handle, made)


def test_a_commit_may_measure_its_model(shell):
    run(shell, MAKE + "X_test, y_test = X[::3], y[::3]\nscores = {'accuracy': 0.5}")
    made = run(shell, "%mvt commit --evaluate X_test y_test")
    metrics = {(m.name, m.source): m for m in made.commit.content.metrics if not m.slice}
    assert ("accuracy", "discovered") in metrics
    measured = metrics["accuracy", "evaluated"]
    assert (measured.split, measured.n, measured.value > 0.9) == ("test", 50, True)
    assert metrics["log_loss", "evaluated"].stderr > 0
    assert [(d.var, d.role) for d in made.commit.content.datasets] == [
        ("X", "train"),
        ("y", "train-target"),
        ("X_test", "test"),
        ("y_test", "test-target"),
    ]
    assert measured.dataset_id


def test_an_evaluation_reaches_log_ranking_diff_and_sql_and_undo_takes_it_back(shell):
    run(shell, MAKE + "%mvt commit")
    run(shell, "clf = LogisticRegression(C=1e-4).fit(X, y)\n%mvt commit")
    run(shell, "repo = __import__('jupyter_mvt').open()")
    repo = shell.user_ns["repo"]
    statement = (
        "SELECT number, value, source FROM metrics JOIN commits USING (cid) "
        "WHERE name = 'accuracy' AND slice = '' ORDER BY number"
    )
    assert repo.sql(statement).rows() == []
    assert [entry.regressions for entry in repo.log().entries] == [(), ()]
    for name in ("v1", "v2"):
        run(shell, f'%mvt evaluate {name} X y --slices "petal width (cm)"')
    good, bad = (repo[name].metrics["test/accuracy"] for name in ("v1", "v2"))
    assert good > bad
    assert repo.sql(statement).rows() == [(1, good, "evaluated"), (2, bad, "evaluated")]
    board = repo.leaderboard("accuracy")
    assert [(row.version.name, row.value) for row in board.rows] == [("v1", good), ("v2", bad)]
    metrics = repo.diff("v1", "v2").metrics
    assert metrics.basis == "same test data"
    (change,) = (c for c in metrics.changes if (c.name, c.slice) == ("accuracy", ""))
    assert (change.base, change.other, change.verdict) == (good, bad, "worse")
    assert any(c.slice.startswith("petal width (cm) in") for c in metrics.changes)
    newest = repo.log().entries[0]
    assert ("accuracy", "") in newest.regressions
    assert [m.value for m in newest.metrics if (m.name, m.slice) == ("accuracy", "")] == [bad]
    assert "Accuracy" in text(run(shell, "%mvt show v2"))
    assert [e.version.name for e in repo.log(where="accuracy > 0.9").entries] == ["v1"]
    run(shell, "%mvt undo\n%mvt undo")
    assert repo.sql(statement).rows() == []
    assert repo.diff("v1", "v2").metrics is None
    assert repo.log().entries[0].regressions == ()
    assert "test/accuracy" not in repo["v1"].metrics


def test_cost_is_told_only_when_the_repository_says_what_an_answer_costs(shell):
    run(shell, MAKE + "%mvt commit\nrepo = __import__('jupyter_mvt').open()")
    repo, names = shell.user_ns["repo"], shell.user_ns
    plain = repo.evaluate("v1", names["X"], names["y"])
    assert plain.evaluation.cost is None
    assert "cost_per_day" not in plain.metrics
    assert "Size of the model" in text(plain)
    with pytest.raises(UsageError):
        repo.configure(concurrency=0)
    repo.configure(cost_per_hour=3.6, cost_per_request=0.25, requests_per_day=1000, concurrency=2)
    assert "$3.60 an hour and $0.25 a request, 1,000 requests a day, 2 at once" in text(
        repo.settings
    )
    found = repo.evaluate("v1", names["X"], names["y"])
    cost = found.evaluation.cost
    assert (cost.per_hour, cost.per_request, cost.requests_per_day) == (3.6, 0.25, 1000)
    assert cost.seconds > 0
    assert found.metrics["cost_per_day"] == pytest.approx(250 + 1000 * cost.seconds / 1000 / 2)
    (row,) = repo.leaderboard("cost_per_day").rows
    assert (row.value, row.version.name) == (found.metrics["cost_per_day"], "v1")


def test_a_commit_may_measure_slice_by_slice(shell):
    run(shell, MAKE + "%mvt commit\nrepo = __import__('jupyter_mvt').open()")
    repo, names = shell.user_ns["repo"], shell.user_ns
    first = np.arange(150) < 50
    made = repo.commit(names["clf"], evaluate=(names["X"], names["y"], {"first": first}))
    found = {(m.slice, m.n) for m in made.commit.content.metrics if m.name == "accuracy"}
    assert found == {("", 150), ("first", 50)}


def test_a_measured_commit_keeps_every_example_and_one_undo_takes_both_back(shell):
    run(shell, MAKE + "%mvt init\n%mvt cost set --hour 3.6 --requests 1000")
    run(shell, 'X["big"] = X.iloc[:, 0] > 5.8\nclf.fit(X, y)')
    made = run(shell, "%mvt commit --evaluate X y --slices big")
    assert {m.slice for m in made.commit.content.metrics} == {"", "big = False", "big = True"}
    run(shell, "repo = __import__('jupyter_mvt').open()")
    repo = shell.user_ns["repo"]
    (found,) = repo["HEAD"].details.evaluations
    assert (found.rows, found.author, found.model_bytes > 0) == (150, "ana", True)
    assert found.peak_bytes > 0 < found.seconds
    assert found.cost.dollars_per_day == pytest.approx(found.seconds * 1000 * 3.6 / 3600)
    rows = pq.read_table(io.BytesIO(examples(repo._handle, found)))
    assert rows.column_names == [
        "row", "y", "prediction", "correct", "probability", "confidence", "big = False",
        "big = True"]  # fmt: skip
    assert repo.fsck().problems == ()
    assert [row.verb for row in repo.operations().rows] == ["commit", "settings"]
    run(shell, "%mvt undo")
    assert dict(repo.branches) == {}
    assert not any(mark.startswith("eval/") for mark in oplog.current(repo._handle.store).marks)


def test_slices_need_an_evaluation(shell):
    run(shell, MAKE)
    with pytest.raises(UsageError) as refusal:
        run(shell, "%mvt commit --slices region")
    assert refusal.value.hint == "mvt commit --evaluate X_test y_test --slices region"


TWO = """
import time
import numpy as np
class Model:
    def __init__(self, wait):
        self.wait = wait
    def predict(self, X):
        time.sleep(self.wait)
        return np.zeros(len(X), int)
slow, fast = Model(0.004), Model(0.0)
"""


def test_the_headline_is_in_points_milliseconds_and_dollars(shell):
    run(shell, MAKE + TWO + "%mvt commit slow --metrics accuracy=0.875")
    run(shell, "%mvt commit fast --metrics accuracy=0.898")
    run(shell, "%mvt cost set --hour 10 --requests 1e8")
    assert [c.name for c in run(shell, "%mvt diff").metrics.changes] == ["accuracy"]
    run(shell, "%mvt evaluate HEAD X y --against HEAD~1 --trust")
    found = run(shell, "%mvt diff")
    changes = {(c.name, c.slice): c for c in found.metrics.changes}
    time, cost = changes["latency_ms", ""], changes["cost_per_day", ""]
    assert (time.verdict, time.delta < -3, time.unit) == ("better", True, "ms")
    assert cost.delta == pytest.approx(time.delta / 1000 * 1e8 / 3600 * 10)
    assert cost.verdict == "better"
    shown = text(found)
    for line in (
        r"Accuracy +0\.875 +0\.898 +\+2\.3\xa0pp",
        r"Cost +\$[\d.,]+/day .* −\$",
        r"Latency .* −\d.*\xa0ms",
    ):
        assert re.search(line, shown), shown
    back = {(c.name, c.slice): c for c in run(shell, "%mvt diff HEAD HEAD~1").metrics.changes}
    assert back["latency_ms", ""].verdict == "worse"
    assert back["latency_ms", ""].delta == pytest.approx(-time.delta, rel=0.5)


def test_prices_are_told_and_set(shell):
    run(shell, MAKE + "%mvt commit")
    assert (
        text(run(shell, "%mvt cost"))
        == """\
Cost of answering

What                Value
────────────────  ───────
A machine         not set
A request         not set
Requests a day    not set
Answered at once        1

  %mvt cost set --hour 1.20 --requests 1000000"""
    )
    run(shell, "%mvt cost set --hour 3.6 --requests 1000")
    found = run(shell, "%mvt cost")
    assert found.to_dict()["dollars_per_day"] is None
    run(shell, "%mvt evaluate HEAD X y")
    found = run(shell, "%mvt cost").to_dict()
    assert found["version"]["number"] == 1
    assert found["dollars_per_day"] == pytest.approx(found["seconds"])
    with pytest.raises(UsageError) as refusal:
        run(shell, "%mvt cost set --hour much")
    assert refusal.value.code == "bad-settings"
    with pytest.raises(UsageError):
        run(shell, "%mvt cost set")
