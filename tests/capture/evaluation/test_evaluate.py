"""Metrics agree with scikit-learn's, errors with resampling, slices with their rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk
from sklearn.linear_model import LinearRegression, LogisticRegression

from jupyter_mvt.capture.evaluation.evaluate import measure
from jupyter_mvt.capture.evaluation.footprint import footprint, peak_bytes
from jupyter_mvt.capture.evaluation.latency import interleaved
from jupyter_mvt.capture.evaluation.scores import classification, regression
from jupyter_mvt.errors import CaptureError

RNG = np.random.default_rng(0)


def named(scores):
    return {score.name: score for score in scores}


def drawn(k, n, rng):
    y = rng.integers(0, k, n)
    proba = rng.dirichlet(np.ones(k), n)
    proba[np.arange(n), y] += 0.4
    proba = np.round(proba / proba.sum(1, keepdims=True), 2) + 1e-6
    return y, proba / proba.sum(1, keepdims=True)


@pytest.mark.parametrize("k", [2, 4])
def test_classification_metrics_are_those_of_scikit_learn(k):
    y, proba = drawn(k, 400, RNG)
    said = proba.argmax(1)
    found = named(classification(y, said, np.arange(k), proba))
    auc = sk.roc_auc_score(y, proba[:, 1] if k == 2 else proba, multi_class="ovr")
    expected = {
        "accuracy": sk.accuracy_score(y, said),
        "balanced_accuracy": sk.balanced_accuracy_score(y, said),
        "precision_macro": sk.precision_score(y, said, average="macro"),
        "recall_macro": sk.recall_score(y, said, average="macro"),
        "f1_macro": sk.f1_score(y, said, average="macro"),
        "log_loss": sk.log_loss(y, proba),
        "roc_auc": auc,
        "recall[1]": sk.recall_score(y, said, average=None)[1],
        "precision[0]": sk.precision_score(y, said, average=None)[0],
    }
    assert {name: found[name].value for name in expected} == pytest.approx(expected, abs=1e-9)
    assert found["accuracy"].n == 400
    assert found["recall[1]"].n == (y == 1).sum()


def test_standard_errors_are_those_of_repeated_samples():
    repeated = [drawn(2, 300, RNG) for _ in range(300)]
    every = [named(classification(y, p.argmax(1), np.arange(2), p)) for y, p in repeated]
    for name in ("accuracy", "balanced_accuracy", "f1_macro", "log_loss", "roc_auc"):
        spread = np.std([one[name].value for one in every], ddof=1)
        claimed = np.mean([one[name].stderr for one in every])
        assert claimed == pytest.approx(spread, rel=0.25), name
    truths = [RNG.normal(size=300) for _ in range(300)]
    every = [named(regression(y, 0.7 * y + 0.5 * RNG.normal(size=300))) for y in truths]
    for name in ("rmse", "mae", "r2"):
        spread = np.std([one[name].value for one in every], ddof=1)
        claimed = np.mean([one[name].stderr for one in every])
        assert claimed == pytest.approx(spread, rel=0.25), name


def test_regression_metrics_are_those_of_scikit_learn():
    y, said = RNG.normal(size=50), RNG.normal(size=50)
    found = named(regression(y, said))
    assert {name: score.value for name, score in found.items()} == pytest.approx(
        {
            "rmse": sk.root_mean_squared_error(y, said),
            "mae": sk.mean_absolute_error(y, said),
            "r2": sk.r2_score(y, said),
        }
    )


def test_errors_are_the_same_each_time():
    y, proba = drawn(3, 100, RNG)
    args = (y, proba.argmax(1), np.arange(3), proba)
    assert classification(*args) == classification(*args)


def test_one_class_and_one_row():
    found = named(classification(np.zeros(1, int), np.zeros(1, int), np.arange(2), None))
    wilson = pytest.approx(1.96 / (2 * (1 + 1.96**2)))
    assert (found["accuracy"].value, found["accuracy"].stderr) == (1.0, wilson)
    assert "roc_auc" not in found
    assert [score.name for score in regression(np.ones(1), np.ones(1))] == ["rmse", "mae"]


def table(rows=200):
    X = pd.DataFrame({"a": RNG.normal(size=rows), "b": RNG.normal(size=rows)})
    X["region"] = pd.Categorical(np.where(np.arange(rows) % 4 == 0, "eu", "us"))
    return X, np.where(X.a + X.b > 0, "yes", "no")


class OnNumbers:
    """A model that reads the numbers only."""

    def __init__(self, model):
        self.model = model
        self.classes_ = model.classes_

    def predict(self, X):
        return self.model.predict(X[["a", "b"]])

    def predict_proba(self, X):
        return self.model.predict_proba(X[["a", "b"]])


def test_slices_by_column_by_quarter_by_function_and_by_mask():
    X, y = table()
    model = OnNumbers(LogisticRegression().fit(X[["a", "b"]], y))
    found = measure(model, X, y, slices=["region"], split="test", dataset_id="d")
    assert found.task == "classification"
    accuracy = {m.slice: (m.n, m.source, m.split, m.dataset_id) for m in found.metrics
                if m.name == "accuracy"}  # fmt: skip
    assert accuracy == {
        "": (200, "evaluated", "test", "d"),
        "region = eu": (50, "evaluated", "test", "d"),
        "region = us": (150, "evaluated", "test", "d"),
    }
    slices = {"a": "a", "far": lambda X: X.a.abs() > 1, "odd": np.arange(200) % 2 == 1}
    names = {m.slice.split(" ")[0] for m in measure(model, X, y, slices=slices).metrics}
    assert names == {"", "a", "far", "odd"}
    rows = [m.n for m in measure(model, X, y, slices=["a"]).metrics if m.name == "accuracy"]
    assert rows == [200, 50, 50, 50, 50]
    assert set(found.examples) == {"row", "y", "prediction", "correct", "probability",
                                   "confidence", "region = eu", "region = us"}  # fmt: skip


def test_further_metrics_and_regression():
    X = RNG.normal(size=(60, 2))
    y = X[:, 0] * 2 + RNG.normal(size=60)
    found = measure(
        LinearRegression().fit(X, y), X, y, metrics={"worst": lambda t, p: abs(t - p).max()}
    )
    assert found.task == "regression"
    assert [m.name for m in found.metrics] == ["rmse", "mae", "r2", "worst"]
    assert [m.higher_is_better for m in found.metrics[:3]] == [False, False, True]


def test_modules_of_torch_are_read_in_evaluation_mode():
    torch = pytest.importorskip("torch")
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Dropout(0.5))
    net.train()
    X = RNG.normal(size=(50, 2)).astype(np.float32)
    y = net.eval()(torch.as_tensor(X)).argmax(1).numpy()
    net.train()
    found = measure(net, X, y)
    assert found.metrics[0].value == 1.0
    assert net.training


def test_what_does_not_fit_is_refused_in_words():
    X, y = table(10)
    with pytest.raises(CaptureError) as error:
        measure(lambda X: np.zeros(3), X, y)
    assert error.value.message == "There are 3 predictions for 10 labels."
    with pytest.raises(CaptureError) as error:
        measure(object(), X, y)
    assert error.value.code == "cannot-predict"
    with pytest.raises(CaptureError) as error:
        measure(LogisticRegression(), X, y)
    assert error.value.code == "prediction-fails"


def test_equal_work_shows_no_change_and_double_work_does():
    values = RNG.normal(size=20_000)

    def work(times):
        return lambda: [np.sort(values) for _ in range(times)]

    slow = interleaved(work(4), work(1), pairs=60)
    assert slow.low > 1.5
    same = interleaved(work(1), work(1), pairs=60)
    assert same.low < 1.15
    assert same.high > 0.85


@pytest.mark.parametrize("right", [True, False])
def test_all_or_none_right_still_has_an_error_that_of_wilson(right):
    y = np.array([0, 1] * 10)
    said = y if right else 1 - y
    found = named(classification(y, said, np.arange(2), None))
    expected = 1.96 / (2 * (20 + 1.96**2))
    assert found["accuracy"].stderr == pytest.approx(expected)
    assert found["recall[0]"].stderr == pytest.approx(1.96 / (2 * (10 + 1.96**2)))
    assert found["balanced_accuracy"].stderr > 0


@pytest.mark.parametrize("n", [10, 40, 1000])
def test_a_perfect_model_on_few_rows_is_not_certain(n):
    y = np.arange(n) % 2
    found = named(classification(y, y, np.arange(2), np.eye(2)[y]))
    for name in ("precision_macro", "recall_macro", "f1_macro"):
        assert found[name].value == 1
        # Two classes of half the rows: as the average of two shares after Wilson.
        assert found[name].stderr == pytest.approx(found["balanced_accuracy"].stderr, rel=0.35)
    assert found["roc_auc"].stderr is None
    assert named(regression(y * 1.0, y * 1.0))["rmse"].stderr is None


def test_peak_memory_is_what_was_held_at_once():
    kept = peak_bytes(lambda: [np.ones(1_000_000).sum() for _ in range(3)])
    assert 8_000_000 <= kept < 24_000_000
    X = np.ones((100, 2))
    found = footprint(lambda rows: np.zeros((len(rows), 1000)).sum(1), X)
    assert found.peak_rows == 100
    assert found.peak_bytes >= 100 * 1000 * 8
    assert 0 < found.seconds < 1


def test_shares_beside_zeros_and_ones_are_chances():
    X = np.linspace(0, 1, 200)
    y = (X > 0.5).astype(int)
    found = measure(lambda rows: rows**0.9, X, y)
    assert found.task == "classification"
    assert {"log_loss", "roc_auc"} <= {m.name for m in found.metrics}
    assert np.allclose(found.examples["confidence"], np.maximum(X**0.9, 1 - X**0.9))
    # Shares as a truth, and predictions that are whole or out of range, are what they are.
    assert measure(lambda rows: rows**0.9, X, X).task == "regression"
    assert measure(lambda rows: rows * 3, X, y).task == "regression"


def boosters():
    X = np.random.default_rng(0).normal(size=(300, 4))
    y = (X[:, 0] + X[:, 1] > 0).astype(int)
    return X, y


@pytest.mark.frameworks
@pytest.mark.parametrize("kind", ["estimator", "booster"])
def test_lightgbm_is_measured(kind):
    lightgbm = pytest.importorskip("lightgbm")
    X, y = boosters()
    model = lightgbm.LGBMClassifier(n_estimators=20, verbose=-1).fit(X, y)
    found = measure(model if kind == "estimator" else model.booster_, X, y)
    told = {m.name: m.value for m in found.metrics}
    assert (found.task, told["accuracy"]) == ("classification", model.score(X, y))
    assert found.examples["probability"].shape == (300,)


@pytest.mark.frameworks
@pytest.mark.parametrize("kind", ["estimator", "booster"])
def test_xgboost_is_measured(kind):
    xgboost = pytest.importorskip("xgboost")
    X, y = boosters()
    model = xgboost.XGBClassifier(n_estimators=20).fit(X, y)
    found = measure(model if kind == "estimator" else model.get_booster(), X, y)
    told = {m.name: m.value for m in found.metrics}
    assert (found.task, told["accuracy"]) == ("classification", model.score(X, y))


@pytest.mark.frameworks
@pytest.mark.parametrize("classes", [2, 3])
def test_catboost_is_measured(classes):
    catboost = pytest.importorskip("catboost")
    X, y = boosters()
    y = y + (X[:, 2] > 1) if classes == 3 else y
    labels = np.array(["no", "yes", "maybe"])[y]
    model = catboost.CatBoostClassifier(iterations=20, verbose=0, allow_writing_files=False)
    model.fit(X, labels)
    found = measure(model, X, labels)
    told = {m.name: m.value for m in found.metrics}
    assert told["accuracy"] == pytest.approx(model.score(X, labels))
    assert {"log_loss", "roc_auc"} <= told.keys()


# Keras hands arrays to torch in a way that numpy 2 warns of.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.frameworks
@pytest.mark.parametrize("units", [1, 2])
def test_keras_is_measured(units, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    X, y = boosters()
    last = "sigmoid" if units == 1 else "softmax"
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, activation=last)])
    found = measure(model, X.astype("float32"), y)
    raw = model.predict(X.astype("float32"), verbose=0)
    said = (raw[:, 0] >= 0.5).astype(int) if units == 1 else raw.argmax(1)
    told = {m.name: m.value for m in found.metrics}
    assert (found.task, told["accuracy"]) == ("classification", pytest.approx((said == y).mean()))
