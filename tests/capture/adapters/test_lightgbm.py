"""LightGBM's models come back bit for bit, without pickle, also inside pipelines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn import pipeline, preprocessing

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.capture.adapters.lightgbm import text
from jupyter_mvt.errors import MvtError
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

lightgbm = pytest.importorskip("lightgbm")
pytestmark = [
    pytest.mark.frameworks,
    # LightGBM names columns itself, then scikit-learn misses the names in arrays.
    pytest.mark.filterwarnings("ignore:X does not have valid feature names:UserWarning"),
]

ADAPTER = ADAPTERS.get("lightgbm")
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(200, 5)).round(3)
Y = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)
FEW = {"n_estimators": 4, "num_leaves": 7, "n_jobs": 1, "verbose": -1}


def no_source(obj):
    return None


class TestClassifier(AdapterTests):
    adapter_name = "lightgbm"
    ask = "model.predict_proba(inputs)"

    def train(self):
        return lightgbm.LGBMClassifier(**FEW, random_state=3).fit(X, Y)

    def inputs(self):
        return X


class TestBooster(AdapterTests):
    adapter_name = "lightgbm"

    def train(self):
        return lightgbm.train({"verbose": -1, "num_threads": 1}, lightgbm.Dataset(X, Y), 5)

    def inputs(self):
        return X


class TestStep(AdapterTests):
    adapter_name = "sklearn"
    ask = "model.predict_proba(inputs)"

    def train(self):
        return pipeline.make_pipeline(
            preprocessing.StandardScaler(), lightgbm.LGBMClassifier(**FEW)
        ).fit(X, Y)

    def inputs(self):
        return X


MODELS = {
    "regressor": lambda: lightgbm.LGBMRegressor(**FEW).fit(X, X[:, 0]),
    "many classes": lambda: lightgbm.LGBMClassifier(**FEW).fit(X, np.arange(200) % 3),
    "text labels": lambda: lightgbm.LGBMClassifier(**FEW).fit(X, np.where(Y, "yes", "no")),
    "ranker": lambda: lightgbm.LGBMRanker(**FEW).fit(X, Y, group=[20] * 10),
    "dart": lambda: lightgbm.LGBMRegressor(**FEW, boosting_type="dart").fit(X, X[:, 0]),
    "forest": lambda: lightgbm.LGBMRegressor(
        **FEW, boosting_type="rf", subsample=0.5, subsample_freq=1, random_state=0
    ).fit(X, X[:, 0]),
    "linear trees": lambda: lightgbm.LGBMRegressor(**FEW, linear_tree=True).fit(X, X[:, 0]),
    "early stopping": lambda: lightgbm.LGBMClassifier(**FEW).fit(
        X, Y, eval_set=[(X, Y)], callbacks=[lightgbm.early_stopping(2, verbose=False)]
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MODELS)
def test_every_kind_comes_back_without_pickle(name):
    model = MODELS[name]()
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen))
    assert (frozen.state_kind, frozen.lost) == ("declarative", ())
    assert again.predict(X).tobytes() == model.predict(X).tobytes()
    assert again.get_params() == model.get_params()
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)
    assert identity(ADAPTER.freeze(MODELS[name](), no_source)) == identity(frozen)


def test_categories_come_back():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": pandas.Categorical(list("xyzw") * 50), "b": X[:, 1]})
    model = lightgbm.LGBMClassifier(**FEW, min_child_samples=2).fit(table, np.arange(200) % 4 > 1)
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    assert again.predict_proba(table).tobytes() == model.predict_proba(table).tobytes()
    assert again.booster_.pandas_categorical == [["w", "x", "y", "z"]]


def test_the_text_is_lightgbms_own():
    written = TestBooster().train().model_to_string(num_iteration=-1)
    assert (
        lightgbm.Booster(model_str=text.unfold(*text.fold(written))).model_to_string(
            num_iteration=-1
        )
        == written
    )


def test_trees_are_columns_with_names_that_tell():
    frozen = ADAPTER.freeze(TestClassifier().train(), no_source)
    parts = {part.path: (part.dtype, part.shape) for part in frozen.bundle.parts}
    assert parts["trees.leaf_value.value"] == ("float64", parts["trees.leaf_count.value"][1])
    assert parts["trees.threshold.value"][0] == "float64"
    assert len(parts) < 25


@pytest.mark.parametrize(
    ("path", "value"),
    [("left_child", 0), ("left_child", 10**6), ("right_child", -(10**6)), ("split_feature", 77),
     ("decision_type", 1)],
)  # fmt: skip
def test_a_tree_that_leads_astray_is_refused(path, value):
    skeleton = thaw(ADAPTER.freeze(TestBooster().train(), no_source))

    def read(entry):
        content = skeleton.read(entry)
        if entry.path == f"trees.{path}.value":
            np.frombuffer(content, entry.dtype)[0] = value
        return content

    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(replace(skeleton, read=read))
    assert refused.value.code == "corrupt-state"
