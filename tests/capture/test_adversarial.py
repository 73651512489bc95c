"""What notebooks really do to their models, each in a real shell: the right one is taken."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import attached
from jupyter_mvt.capture.lookup import look_up

START = """
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
y = (X[:, 0] > 0).astype(int)
"""


class Session:
    """A shell with the extension; `commit` answers the names that were taken."""

    def __init__(self, shell):
        self.shell = shell
        self.names = shell.user_ns

    def run(self, *cells, fails=False, cell_id=None):
        for cell in cells:
            result = self.shell.run_cell(cell, store_history=True, cell_id=cell_id)
            if not fails:
                result.raise_error()
        return result.result

    def commit(self, words=""):
        made = self.run(f"%mvt commit {words}")
        return made, [model.var for model in made.commit.content.models]

    def again(self, made):
        """Run the lines that made a version in a fresh namespace, and return it."""
        names: dict[str, object] = {}
        for cell, text in mvt.open()[made.version.id].cells:
            lines = text.split("\n")
            for spans in cell.made.values():
                exec("\n".join("\n".join(lines[a - 1 : b]) for a, b in spans), names)
        return names


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    shell.run_cell("%load_ext jupyter_mvt")
    session = Session(shell)
    session.run(START)
    yield session
    mvt.unload_ipython_extension(shell)
    shell.history_manager.end_session()


def test_two_models_in_one_cell_the_last_one_trained_is_meant(session):
    session.run("a = LogisticRegression().fit(X, y)\nb = SGDClassifier(random_state=0).fit(X, y)")
    made, names = session.commit()
    assert names == ["b"]
    assert (session.again(made)["b"].coef_ == session.names["b"].coef_).all()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("models = {'lr': LogisticRegression(), 'sgd': SGDClassifier(random_state=0)}\n"
         "models['sgd'].fit(X, y)", "models[sgd]"),
        ("models = [LogisticRegression(C=c) for c in (1, 2)]\nmodels[1].fit(X, y)", "models[1]"),
    ],
)  # fmt: skip
def test_a_model_in_a_container(session, cell, expected):
    session.run(cell)
    assert session.commit()[1] == [expected]


def test_a_model_in_an_attribute_is_found_under_the_name_that_is_given(session):
    session.run("class Holder:\n    pass\nh = Holder()\nh.clf = LogisticRegression().fit(X, y)")
    assert session.commit("h.clf")[1] == ["h.clf"]


def test_a_model_in_a_closure_and_once_it_has_a_name(session):
    session.run("def make():\n    clf = LogisticRegression().fit(X, y)\n"
                "    return lambda: clf\nget = make()")  # fmt: skip
    made, names = session.commit()
    assert names == ["get.clf"]
    assert (session.again(made)["get"]().coef_ == session.names["get"]().coef_).all()
    session.run("clf = get()")
    made, names = session.commit()
    assert names == ["clf"]
    assert (session.again(made)["clf"].coef_ == session.names["clf"].coef_).all()


def test_a_model_that_is_named_after_it_was_trained(session):
    session.run("kept = [LogisticRegression().fit(X, y)]", "print(len(kept))", "best = kept[0]")
    made, names = session.commit()
    assert names == ["best"]
    assert (session.again(made)["best"].coef_ == session.names["best"].coef_).all()


def test_fit_inside_a_function(session):
    session.run("def train(m, data):\n    m.fit(data, y)\n    return m.score(data, y)",
                "other = LogisticRegression().fit(X, y)", "clf = SGDClassifier(random_state=1)",
                "score = train(clf, X)")  # fmt: skip
    made, names = session.commit()
    assert names == ["clf"]
    again = session.again(made)
    assert (again["clf"].coef_ == session.names["clf"].coef_).all()
    assert "other" not in again


def test_a_class_that_is_defined_anew_between_cells(session):
    cell = ("class Mine(LogisticRegression):\n    def predict(self, X):\n"
            "        return super().predict(X) + {n}")  # fmt: skip
    session.run(cell.format(n=1), "clf = Mine().fit(X, y)", cell.format(n=2))
    made, names = session.commit()
    assert names == ["clf"]
    assert session.again(made)["clf"].predict(X := session.names["X"]).max() == 2
    assert session.names["clf"].predict(X).max() == 2


@pytest.mark.parametrize("write", ["net.weight.data[:] = 3", "net.weight.detach().numpy()[:] = 3",
                                   "w = net.weight.data\nw.zero_()"])  # fmt: skip
def test_a_write_past_all_counters_makes_a_model_changed_last(session, write):
    pytest.importorskip("torch")
    session.run("import torch\ntorch.manual_seed(0)\nnet = torch.nn.Linear(3, 1)",
                "clf = LogisticRegression().fit(X, y)", write)  # fmt: skip
    made, names = session.commit()
    assert names == ["net"]
    again = session.again(made)["net"].weight
    assert (again == session.names["net"].weight).all()


def test_a_write_into_fitted_arrays_makes_an_estimator_changed_last(session):
    session.run("a = LogisticRegression().fit(X, y)", "b = LogisticRegression(C=2).fit(X, y)",
                "a.coef_ *= 2")  # fmt: skip
    made, names = session.commit()
    assert names == ["a"]
    assert (session.again(made)["a"].coef_ == session.names["a"].coef_).all()


def test_cells_out_of_order_and_edited(session):
    session.run("scale = 2", cell_id="one")
    session.run("Z = X * scale", cell_id="two")
    session.run("clf = LogisticRegression().fit(Z, y)", cell_id="three")
    session.run("scale = 5", cell_id="one")
    made, _ = session.commit()
    assert [note.text for note in made.notes if note.kind == "warning"] == [
        "depends on cell [3], edited since; this version keeps the text that was run"
    ]
    assert (session.again(made)["clf"].coef_ == session.names["clf"].coef_).all()


def test_a_cell_that_failed_half_way(session):
    session.run("clf = LogisticRegression().fit(X, y)")
    session.run("clf = SGDClassifier(random_state=3).fit(X, y)\n1 / 0\nclf = None", fails=True)
    made, names = session.commit()
    assert names == ["clf"]
    assert type(session.again(made)["clf"]).__name__ == "SGDClassifier"


def test_a_thread_that_trains_behind_the_cells(session):
    session.run("import threading\nclf = SGDClassifier(random_state=0)\n"
                "thread = threading.Thread(target=clf.fit, args=(X, y))\nthread.start()",
                "other = LogisticRegression().fit(X, y)", "thread.join()")  # fmt: skip
    made, names = session.commit("clf")
    assert names == ["clf"]
    again = session.again(made)
    again["thread"].join()
    assert (again["clf"].coef_ == session.names["clf"].coef_).all()


def test_a_deleted_model_is_not_missed(session):
    session.run("a = LogisticRegression().fit(X, y)", "b = LogisticRegression(C=2).fit(X, y)",
                "del b")  # fmt: skip
    assert session.commit()[1] == ["a"]


def test_an_alias_is_one_model(session):
    session.run("clf = LogisticRegression().fit(X, y)", "best_model = clf")
    made, names = session.commit()
    assert len(names) == 1
    assert set(names) <= {"clf", "best_model"}
    assert (session.again(made)[names[0]].coef_ == session.names["clf"].coef_).all()


def test_what_cannot_be_kept_is_no_obstacle(session):
    session.run("import sqlite3\nf = lambda x: x\ng = (i for i in range(3))\n"
                "db = sqlite3.connect(':memory:')\nlock = __import__('threading').Lock()",
                "clf = LogisticRegression().fit(X, y)")  # fmt: skip
    _, names = session.commit()
    assert names == ["clf"]
    assert list(session.names["g"]) == [0, 1, 2]
    session.run("db.execute('select 1')\ndb.close()")


def test_a_frame_of_five_gigabytes_is_not_copied(session):
    # One gigabyte-sized block of rows that are all the same row in memory.
    wide = np.lib.stride_tricks.as_strided(np.ones(8), (80_000_000, 8), (0, 8))
    assert wide.nbytes > 5e9
    session.names["big"] = wide
    session.run("n = len(big)", "big.shape", "clf = LogisticRegression().fit(X, y)")
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _, names = session.commit()
    assert names == ["clf"]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 500_000  # kilobytes


def test_a_cell_that_awaits(session):
    session.run("import asyncio\nasync def fitted():\n    await asyncio.sleep(0)\n"
                "    return LogisticRegression().fit(X, y)", "clf = await fitted()")  # fmt: skip
    _, names = session.commit()
    assert names == ["clf"]
    (lines,) = [text for cell, text in mvt.open()["v1"].cells if cell.made.get("clf")][-1:]
    assert lines == "clf = await fitted()"


def test_a_tracker_that_patches_fit_at_the_same_time(session, monkeypatch):
    tracker = types.ModuleType("tracker")
    exec(  # as autolog does: fit is replaced by one that logs and calls the old one
        "import functools\ncalls = []\ndef autolog(cls):\n    old = cls.fit\n"
        "    @functools.wraps(old)\n    def fit(self, *a, **k):\n        calls.append(1)\n"
        "        return old(self, *a, **k)\n    cls.fit = fit\n    return old", vars(tracker),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "tracker", tracker)
    from sklearn.linear_model import LogisticRegression

    monkeypatch.setattr(LogisticRegression, "fit", LogisticRegression.fit)
    session.run("import tracker\ntracker.autolog(LogisticRegression);",
                "clf = LogisticRegression().fit(X, y)")  # fmt: skip
    _, names = session.commit()
    assert (names, tracker.calls) == (["clf"], [1])
    back = mvt.open()["v1"].load()
    assert (back.coef_ == session.names["clf"].coef_).all()


def test_a_kernel_that_is_interrupted_during_a_commit(session, monkeypatch):
    session.run("clf = LogisticRegression().fit(X, y)")
    from jupyter_mvt.store.fs import OsDisk

    calls = []
    real = OsDisk.fsync

    def interrupted(self, handle):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(self, handle)

    with monkeypatch.context() as patch:
        patch.setattr(OsDisk, "fsync", interrupted)
        result = session.shell.run_cell("%mvt commit -m cut")
    assert result.error_in_exec.code == "interrupted"
    _, names = session.commit("-m whole --allow-empty")
    assert names == ["clf"]
    assert mvt.open().fsck().exit_status == 0


def test_hostile_objects_do_not_stop_the_log(session):
    session.run("class Evil:\n    def __eq__(self, o):\n        raise RuntimeError\n"
                "    def __getattr__(self, n):\n        raise RuntimeError(n)\n"
                "    __hash__ = None\n    def __len__(self):\n        return -1\n"
                "evil = Evil()\nheld = [evil, evil]", "evil; held;", "held.append(evil)",
                "clf = LogisticRegression().fit(X, y)")  # fmt: skip
    assert session.commit()[1] == ["clf"]
    assert not attached().cells.disabled


LINEAR = "sklearn.linear_model._logistic.LogisticRegression"
SGD = "sklearn.linear_model._stochastic_gradient.SGDClassifier"
NO_METRICS = (
    "skipped",
    "no metrics were given, and none found after the training: mvt commit --metrics NAME",
)


@pytest.mark.parametrize(
    ("cells", "model", "data", "more"),
    [
        (["a = LogisticRegression().fit(X, y)\nb = SGDClassifier(random_state=0).fit(X, y)"],
         ("b", SGD), ["X", "y"], []),
        (["models = {'lr': LogisticRegression(), 'sgd': SGDClassifier(random_state=0)}\n"
          "models['sgd'].fit(X, y)"], ("models[sgd]", SGD), ["X", "y"], []),
        (["clf = LogisticRegression().fit(X, y)", "best_model = clf"],
         ("clf", LINEAR), ["X", "y"], []),
        (["a = LogisticRegression().fit(X, y)", "b = LogisticRegression(C=2).fit(X, y)", "del b"],
         ("a", LINEAR), ["X", "y"], []),
        (["f = lambda x: x\ng = (i for i in range(3))\nlock = __import__('threading').Lock()",
          "clf = LogisticRegression().fit(X, y)"], ("clf", LINEAR), ["X", "y"], []),
        (["clf = LogisticRegression().fit(X, y)",
          "clf = SGDClassifier(random_state=3).fit(X, y)\n1 / 0\nclf = None"],
         ("clf", SGD), ["X", "y"],
         [("warning", "depends on cell [4], which did not run to the end")]),
        (["import asyncio\nasync def fitted():\n    await asyncio.sleep(0)\n"
          "    return LogisticRegression().fit(X, y)", "clf = await fitted()"],
         ("clf", LINEAR), ["X", "y"], []),
    ],
    ids=["two in a cell", "held", "alias", "deleted", "unpicklable", "failed half-way", "awaited"],
)  # fmt: skip
def test_a_commit_tells_model_data_and_all_that_it_left_out(session, cells, model, data, more):
    for cell in cells:
        session.run(cell, fails="1 / 0" in cell)
    made, _ = session.commit()
    content = made.commit.content
    assert [(one.var, one.cls) for one in content.models] == [model]
    assert [one.var for one in content.datasets] == data
    assert [(note.kind, note.text) for note in made.notes] == [NO_METRICS, *more]
    live = look_up(session.names, model[0])
    assert (mvt.open()[made.version.id].load().coef_ == live.coef_).all()


@pytest.mark.parametrize("words", ["", "--metrics scores", "--metrics acc --metrics scores"])
def test_a_metric_has_one_key_whether_its_variable_was_named_or_found(session, words):
    session.run(
        "X_test, y_test = X[:20], y[:20]\n"
        "clf = LogisticRegression().fit(X, y)\n"
        "acc = clf.score(X_test, y_test)\n"
        "scores = {'accuracy': clf.score(X_test, y_test), 'train_accuracy': clf.score(X, y)}"
    )
    made, _ = session.commit(words)
    found = {metric.name: metric.split for metric in made.commit.content.metrics}
    assert found.pop("acc", "test") == "test"
    assert found == {"accuracy": "test", "train_accuracy": "train"}
