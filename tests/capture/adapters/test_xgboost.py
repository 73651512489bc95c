"""XGBoost's models come back bit for bit, without pickle, also inside pipelines."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn import model_selection, pipeline, preprocessing

from jupyter_mvt.capture.adapter import ADAPTERS, adapter_for
from jupyter_mvt.capture.adapters.xgboost import ubjson
from jupyter_mvt.errors import MvtError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

xgboost = pytest.importorskip("xgboost")
pytestmark = pytest.mark.frameworks

ADAPTER = ADAPTERS.get("xgboost")
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(150, 5)).round(3)
Y = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)
FEW = {"n_estimators": 4, "max_depth": 3, "n_jobs": 1}


def no_source(obj):
    return None


class TestClassifier(AdapterTests):
    adapter_name = "xgboost"
    ask = "model.predict_proba(inputs)"

    def train(self):
        return xgboost.XGBClassifier(**FEW, subsample=0.7, random_state=3).fit(X, Y)

    def inputs(self):
        return X


class TestBooster(AdapterTests):
    adapter_name = "xgboost"
    ask = "model.predict(__import__('xgboost').DMatrix(inputs))"

    def train(self):
        return xgboost.train({"eta": 0.2, "max_depth": 3}, xgboost.DMatrix(X, Y), 5)

    def inputs(self):
        return X


class TestStepOfASearch(AdapterTests):
    adapter_name = "sklearn"
    ask = "model.predict_proba(inputs)"

    def train(self):
        steps = pipeline.make_pipeline(preprocessing.StandardScaler(), xgboost.XGBClassifier(**FEW))
        grid = {"xgbclassifier__max_depth": [2, 3]}
        return model_selection.GridSearchCV(steps, grid, cv=2).fit(X, Y)

    def inputs(self):
        return X


MODELS = {
    "regressor": lambda: xgboost.XGBRegressor(**FEW).fit(X, X[:, 0]),
    "many targets": lambda: xgboost.XGBRegressor(**FEW).fit(X, X[:, :2]),
    "vector leaves": lambda: xgboost.XGBRegressor(
        **FEW, multi_strategy="multi_output_tree").fit(X, X[:, :2]),
    "many classes": lambda: xgboost.XGBClassifier(**FEW).fit(X, np.arange(150) % 3),
    "ranker": lambda: xgboost.XGBRanker(**FEW).fit(X, Y, qid=np.arange(150) // 10),
    "forest": lambda: xgboost.XGBRFClassifier(**FEW, random_state=0).fit(X, Y),
    "dart": lambda: xgboost.XGBClassifier(**FEW, booster="dart", rate_drop=0.5).fit(X, Y),
    "linear": lambda: xgboost.XGBRegressor(
        n_estimators=4, booster="gblinear", updater="coord_descent").fit(X, X[:, 0]),
    "early stopping": lambda: xgboost.XGBClassifier(**FEW, early_stopping_rounds=2).fit(
        X, Y, eval_set=[(X, Y)], verbose=False),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", MODELS)
def test_every_kind_comes_back_without_pickle(name):
    model = MODELS[name]()
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen))
    assert (frozen.state_kind, frozen.lost) == ("declarative", ())
    assert again.predict(X).tobytes() == model.predict(X).tobytes()
    assert again.get_params().keys() == model.get_params().keys()
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)
    assert identity(ADAPTER.freeze(MODELS[name](), no_source)) == identity(frozen)


def test_categories_come_back():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": pandas.Categorical(list("xyz") * 50), "b": X[:, 1]})
    model = xgboost.XGBClassifier(**FEW, enable_categorical=True).fit(table, Y)
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    assert again.predict_proba(table).tobytes() == model.predict_proba(table).tobytes()
    assert list(again.feature_names_in_) == ["a", "b"]


def test_trees_are_columns_with_names_that_tell():
    frozen = ADAPTER.freeze(TestClassifier().train(), no_source)
    parts = {part.path: (part.dtype, part.shape) for part in frozen.bundle.parts}
    nodes = parts["trees.split_conditions.value"][1]
    assert parts["trees.left_children.value"] == ("int32", nodes)
    assert parts["trees.sum_hessian.value"] == ("float32", nodes)
    assert len(parts) < 25


def test_the_format_is_xgboosts_own():
    raw = bytes(TestBooster().train().save_raw("ubj"))
    assert ubjson.write(ubjson.read(raw)) == raw


def test_training_goes_on_as_it_would_have():
    data = xgboost.DMatrix(X, Y)
    model = TestBooster().train()
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    for booster in (model, again):
        booster.update(data, 5)
    assert again.predict(data).tobytes() == model.predict(data).tobytes()


def test_a_booster_tells_what_it_was_trained_with():
    params = {param.name: param.value for param in ADAPTER.params(TestBooster().train())}
    assert (params["eta"], params["max_depth"]) == ("0.200000003", "3")


def test_an_untrained_estimator_is_not_fitted():
    model = xgboost.XGBClassifier()
    assert adapter_for(model) is ADAPTER
    assert not ADAPTER.is_fitted(model)


@pytest.mark.parametrize(
    ("path", "place", "value"),
    [("left_children", 0, 0), ("right_children", 0, 10**6), ("left_children", 0, -5),
     ("split_indices", 0, 99), ("split_indices", 0, -1), ("parents", 1, 4000)],
)  # fmt: skip
def test_a_tree_that_leads_astray_is_refused(path, place, value):
    skeleton = thaw(ADAPTER.freeze(TestClassifier().train(), no_source))

    def read(entry):
        content = skeleton.read(entry)
        if entry.path == f"trees.{path}.value":
            np.frombuffer(content, entry.dtype)[place] = value
        return content

    bad = type(skeleton)(
        state=skeleton.state, state_kind="declarative", entries=skeleton.entries, ties={}, read=read
    )
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(bad)
    assert refused.value.code == "corrupt-state"


@pytest.mark.parametrize("key", ["num_class", "num_target"])
@pytest.mark.parametrize("booster", ["gbtree", "dart", "gblinear"])
def test_outputs_without_trees_are_refused_before_room_is_made(key, booster):
    model = xgboost.XGBRegressor(n_estimators=2, booster=booster, n_jobs=1).fit(X, Y)
    skeleton = thaw(ADAPTER.freeze(model, no_source))
    text = skeleton.state.decode()
    found = re.search(rf'\["{key}","(\d+)"\]', text)
    forged = text[: found.start(1)] + "2147483647" + text[found.end(1) :]
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(replace(skeleton, state=forged.encode()))
    assert refused.value.code == "corrupt-state"


@pytest.mark.parametrize(
    "name", ["xgboost.core:_LIB", "xgboost.sklearn:os", "xgboost.callback:TrainingCallback",
             "xgboost.core:_load_lib", "os:system"],
)  # fmt: skip
def test_other_names_of_the_library_are_refused(name):
    skeleton = thaw(ADAPTER.freeze(TestClassifier().train(), no_source))
    data = decode(skeleton.state)
    data["layouts"][0][0] = name
    bad = type(skeleton)(
        state=encode(data), state_kind="declarative", entries=skeleton.entries, ties={},
        read=skeleton.read,
    )  # fmt: skip
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(bad)
    assert refused.value.code == "class-refused"


def test_the_settings_are_no_part_of_the_weights():
    data = xgboost.DMatrix(X, Y)
    one = xgboost.train({"nthread": 1}, data, 3)
    other = xgboost.train({"nthread": 2}, data, 3)
    assert json.loads(one.save_config()) != json.loads(other.save_config())
    found = [identity(ADAPTER.freeze(booster, no_source)) for booster in (one, other)]
    assert found[0] == found[1]
