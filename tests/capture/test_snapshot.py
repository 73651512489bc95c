"""A snapshot holds everything of a version, says what it lacks, and copies no model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jupyter_mvt.capture import snapshot as snapshots
from jupyter_mvt.capture.snapshot import Request, snapshot
from jupyter_mvt.errors import AmbiguousError, CaptureError
from jupyter_mvt.objects.ids import digest

DATA = (
    "X_train = np.ones((6, 2))\ny_train = np.arange(6)\n"
    "X_test = np.zeros((3, 2))\ny_test = np.arange(3)"
)


def taken(kernel, **options):
    return snapshot(Request(namespace=kernel.namespace, cells=kernel.log, **options))


def texts(found):
    return [(note.kind, note.about, note.text) for note in found.notes]


def test_the_main_path(kernel):
    kernel.run(DATA).run("clf = Toy(depth=4).fit(X_train, y_train)")
    kernel.run("accuracy = clf.score(X_test, y_test)").run("%mvt status".replace("%mvt", "#"))
    found = taken(kernel)
    (model,) = found.models
    assert (model.var, model.primary, model.adapter, model.framework, model.fitted_in) == (
        "clf", True, "toy/1", "toy 1.0", 2,
    )  # fmt: skip
    assert [(p.name, p.value, p.default) for p in model.params] == [
        ("api_key", None, True),
        ("depth", 4, False),
    ]
    assert [(d.var, d.role, d.rows, d.arg_of) for d in found.datasets] == [
        ("X_train", "train", 6, "Toy.fit"),
        ("y_train", "train-target", 6, "Toy.fit"),
        ("X_test", "test", 3, ""),
        ("y_test", "test-target", 3, ""),
    ]
    (metric,) = found.metrics
    features, target = found.datasets[2:]
    assert (metric.name, metric.value, metric.split, metric.dataset_id, metric.n) == (
        "accuracy", 0.5, "test", digest(f"{features.id}{target.id}".encode()), 3,
    )  # fmt: skip
    assert (metric.higher_is_better, metric.unit, metric.source) == (True, "share", "discovered")
    assert [cell.order for cell in found.cells] == [1, 2, 3, 4]
    assert found.environment.python
    assert found.notes == ()
    assert set(found.timings_ms) == {
        "discover", "model", "data", "metrics", "params", "code", "environment", "variables", "git",
        "outputs",
    }  # fmt: skip


def test_the_model_is_not_copied(kernel):
    kernel.run("X = np.ones((2, 1000))\nclf = Toy().fit(X)")
    (part,) = taken(kernel).models[0].bundle.parts
    view = np.frombuffer(part.read(), float)
    assert np.shares_memory(view, kernel.namespace["clf"].weights)


def test_older_metrics_are_stale(kernel):
    kernel.run(DATA).run("clf = Toy().fit(X_train)").run("accuracy = 0.5").run("clf.fit(X_train)")
    found = taken(kernel)
    assert found.metrics == ()
    assert ("stale", "metrics") in [(note.kind, note.about) for note in found.notes]


def test_absence_is_told(kernel):
    kernel.run("clf = Toy().fit([[1.0]])")
    assert texts(taken(kernel)) == [
        ("skipped", "data", "no dataset was recognised; name it with data={...} or --data"),
        (
            "skipped",
            "metrics",
            "no metrics were given, and none found after the training: mvt commit --metrics NAME",
        ),
    ]


def test_a_program_without_a_session(toy):
    model = toy.Toy().fit(np.ones((3, 2)))
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    found = snapshot(
        Request(
            model=model,
            data={"train": frame, "test": frame[:1]},
            metrics={"accuracy": 0.9, "test": {"loss": 0.1}},
            params={"lr": 0.1, "opt": {"beta": [1, 2]}},
        )
    )
    assert [(m.var, m.fitted_in) for m in found.models] == [("model", None)]
    assert [(d.var, d.role) for d in found.datasets] == [("train", "train"), ("test", "test")]
    assert [(m.name, m.value, m.split, m.dataset_id) for m in found.metrics] == [
        ("accuracy", 0.9, "", found.datasets[1].id),
        ("loss", 0.1, "test", found.datasets[1].id),
    ]
    assert [(p.name, p.value) for p in found.params] == [("lr", 0.1), ("opt.beta", "[1, 2]")]
    assert (found.cells, found.code_identity, found.git) == ((), "", None)
    assert [note.about for note in found.notes] == ["code"]


def test_a_model_given_as_object_name_names_or_mapping(kernel):
    kernel.run("X = np.ones((2, 2))\na = Toy().fit(X)\nb = Toy().fit(X)")
    names = kernel.namespace
    for given, expected in (
        (names["a"], ["a"]),
        ("b", ["b"]),
        (["b", "a"], ["b", "a"]),
        ({"best": names["a"]}, ["best"]),
    ):
        found = taken(kernel, model=given)
        assert [model.var for model in found.models] == expected
        assert [model.primary for model in found.models] == [True, False][: len(expected)]


def test_what_was_guessed_is_told(kernel):
    kernel.run("X = np.ones((2, 2))\nmodels = [Toy(), Toy()]\nfor m in models:\n    m.fit(X)")
    found = taken(kernel)
    assert [model.var for model in found.models] == ["models[0]", "models[1]"]
    assert texts(found)[0] == (
        "warning",
        "model",
        "models[0], models[1] fit equally well: all were taken, models[0] as the primary one; "
        "mvt commit models[0] takes one",
    )
    with pytest.raises(AmbiguousError):
        taken(kernel, interactive=True)


def test_secrets_stay_out(kernel):
    kernel.run("X = np.ones((2, 2))\nclf = Toy(api_key='s3cr3t-value').fit(X)")
    kernel.run("HF_TOKEN = 'hf_abcdefghijklmnopqrstuvwxyz0123456789'\nmax_tokens = 512")
    found = taken(kernel, params={"password": "hunter2", "max_tokens": 512})
    assert [(p.name, p.value) for p in found.models[0].params] == [
        ("api_key", "<redacted>"),
        ("depth", 3),
    ]
    assert [(p.name, p.value) for p in found.params] == [
        ("password", "<redacted>"),
        ("max_tokens", 512),
    ]
    assert [cell.source for cell in found.cells] == [
        "X = np.ones((2, 2))\nclf = Toy(api_key='<redacted>').fit(X)",
        "HF_TOKEN = '<redacted>'\nmax_tokens = 512",
    ]
    assert [note.about for note in found.notes if note.kind == "redacted"] == [
        "clf", "params", "code",
    ]  # fmt: skip


def test_an_expression_argument_is_marked_as_derived(kernel):
    kernel.run("df = np.ones((6, 2))").run("clf = Toy().fit(df[:3])")
    found = taken(kernel)
    assert [(d.var, d.rows, d.digest_kind) for d in found.datasets] == [("df", 6, "full")]
    assert texts(found)[0] == (
        "partial", "df",
        "the whole of df was fingerprinted; the model was trained on df[:3]",
    )  # fmt: skip


def test_the_optimizer_is_kept_with_its_model(kernel):
    kernel.run("X = np.ones((2, 2))\nnet = Toy().fit(X)\nopt = ToyOptimizer(net).fit(X)")
    (model,) = taken(kernel).models
    assert model.var == "net"
    assert model.optimizer is not None
    assert model.optimizer_state == b"{}"


def test_variables_are_taken_by_name(kernel):
    kernel.run("clf = Toy().fit([[1.0]])\nkeep = {'a': 1}\nlam = lambda: 1")
    found = taken(kernel, variables=["keep"])
    assert [(v.name, v.state_kind) for v in found.variables] == [("keep", "declarative")]
    with pytest.raises(CaptureError) as raised:
        taken(kernel, variables=["nope"])
    assert raised.value.code == "unknown-variable"


def test_equal_content_gives_equal_snapshots(kernel):
    kernel.run(DATA).run("clf = Toy().fit(X_train, y_train)").run("acc = 0.5")
    first = taken(kernel)
    kernel.run("y_train.mean()")
    second = taken(kernel)
    assert first.code_identity == second.code_identity != ""
    assert first.datasets == second.datasets
    assert first.metrics == second.metrics
    assert digest(first.models[0].state) == digest(second.models[0].state)


def test_a_model_that_a_thread_goes_on_training_is_told(kernel, monkeypatch):
    kernel.run(DATA).run("clf = Toy().fit(X_train, y_train)\nother = Toy()")
    assert not [text for kind, _, text in texts(taken(kernel)) if "still training" in text]
    clf, at_rest = kernel.namespace["clf"], snapshots._datasets

    def meanwhile(*arguments):
        clf.fit(np.ones((6, 2)))
        return at_rest(*arguments)

    monkeypatch.setattr(snapshots, "_datasets", meanwhile)
    assert ("warning", "clf", "changed while it was being committed: something is still training "
            "it; commit it again") in texts(taken(kernel))  # fmt: skip
