"""Given metrics are checked; found ones belong to the model as it is now."""

from __future__ import annotations

import math

import numpy as np
import pytest

from jupyter_mvt.capture.metrics import (
    discovered_metrics,
    given_metrics,
    is_progress,
    split_of,
)
from jupyter_mvt.errors import CaptureError


def rows(metrics):
    return [(m.name, m.value, m.split, m.higher_is_better, m.unit) for m in metrics]


def test_numbers_of_any_library_become_pythons():
    torch = pytest.importorskip("torch")
    given = {
        "accuracy": np.float32(0.5), "test_loss": torch.tensor(0.25), "n": np.int64(3),
        "flag": True, "none": None, "big": 2**80, "one": np.array([0.5]),
    }  # fmt: skip
    metrics, notes = given_metrics(given)
    assert rows(metrics) == [
        ("accuracy", 0.5, "", True, "share"),
        ("test_loss", 0.25, "test", False, ""),
        ("n", 3, "", None, ""),
        ("flag", True, "", None, ""),
        ("none", None, "", None, ""),
        ("big", 2**80, "", None, ""),
        ("one", 0.5, "", None, ""),
    ]
    assert {type(m.value) for m in metrics} == {float, int, bool, type(None)}
    assert notes == ()


def test_splits_may_be_nested_and_nan_is_kept_with_a_note():
    metrics, notes = given_metrics({"val": {"f1": 0.8}, "loss": math.nan, "auc": math.inf})
    assert [(m.name, m.split) for m in metrics] == [("f1", "val"), ("loss", ""), ("auc", "")]
    assert [(n.kind, n.about, n.text) for n in notes] == [
        ("warning", "loss", "is nan: kept, but no comparison will use it"),
        ("warning", "auc", "is inf: kept, but no comparison will use it"),
    ]


@pytest.mark.parametrize("value", ["0.9", 1j, [0.9], np.ones(3), object()])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(CaptureError) as raised:
        given_metrics({"accuracy": value})
    assert raised.value.code == "metric-not-a-number"


def test_found_metrics_are_those_assigned_since_the_training(kernel):
    kernel.run("old_accuracy = 0.1").run("X = np.ones((2, 2))\nclf = Toy().fit(X)")
    kernel.run("accuracy = 0.9\nmetrics = {'f1': 0.8, 'test': {'recall': 0.7}, 'name': 'x'}")
    kernel.run("price = 3.0\nbatch_size = 32\naccuracy_plot = object()\nscores_ok = True")
    metrics, notes = discovered_metrics(kernel.namespace, kernel.log, 2)
    assert [(m.name, m.value, m.split, m.source) for m in metrics] == [
        ("accuracy", 0.9, "", "discovered"),
        ("f1", 0.8, "", "discovered"),
        ("recall", 0.7, "test", "discovered"),
    ]
    assert [(n.kind, n.text) for n in notes] == [
        ("stale", "old_accuracy: measured before the model changed last, not taken")
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "clf = Scored().fit(X_train)\naccuracy = clf.score(X_test)",
        "clf = Scored().fit(X_train); accuracy = clf.score(X_test)",
        "clf = Scored().fit(X_train); größe = 1; accuracy = clf.score(X_test); X_val = 2",
        "clf = Scored().fit(X_train); accuracy = (clf\n    .score(X_test)); X_train.sum()",
    ],
)
def test_the_split_is_told_by_the_statement_alone(kernel, cell):
    kernel.run("class Scored(Toy):\n    def score(self, X):\n        return 0.9")
    kernel.run("X_train = np.ones((4, 2))\nX_test = np.ones((2, 2))").run(cell)
    metrics, _ = discovered_metrics(kernel.namespace, kernel.log, 3)
    assert [(m.name, m.split) for m in metrics] == [("accuracy", "test")]


@pytest.mark.parametrize(
    ("name", "split"),
    [("test_accuracy", "test"), ("accTrain", "train"), ("X_val", "val"), ("latest", ""),
     ("valid_loss", "val"), ("training", "train"), ("attest", "")],
)  # fmt: skip
def test_split_of(name, split):
    assert split_of(name) == split


def test_what_only_tells_how_far_training_was_is_no_score():
    told = ("epoch", "step", "global_step", "lr", "lr-AdamW", "learning_rate", "grad_norm",
            "total_flos", "train_runtime", "train_samples_per_second")  # fmt: skip
    assert all(is_progress(name) for name in told)
    assert not any(is_progress(name) for name in ("loss", "val_loss", "epoch_loss", "step_acc"))
