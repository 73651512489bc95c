"""CatBoost's models come back bit for bit, and their random ids are no part of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn import pipeline, preprocessing

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import Identity, Kernel, attach
from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.capture.cells import CellLog
from jupyter_mvt.errors import MvtError, TrustError
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

catboost = pytest.importorskip("catboost")
pytestmark = pytest.mark.frameworks

ADAPTER = ADAPTERS.get("catboost")
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(150, 5)).round(3)
Y = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)
FEW = {"iterations": 4, "depth": 3, "verbose": 0, "allow_writing_files": False,
       "random_seed": 0, "thread_count": 1}  # fmt: skip


def no_source(obj):
    return None


class TestClassifier(AdapterTests):
    adapter_name = "catboost"
    ask = "model.predict_proba(inputs)"
    trusted = True

    def train(self):
        return catboost.CatBoostClassifier(**FEW).fit(X, Y)

    def inputs(self):
        return X


class TestStep(AdapterTests):
    adapter_name = "sklearn"
    ask = "model.predict_proba(inputs)"
    trusted = True

    def train(self):
        return pipeline.make_pipeline(
            preprocessing.StandardScaler(), catboost.CatBoostClassifier(**FEW)
        ).fit(X, Y)

    def inputs(self):
        return X


MODELS = {
    "plain": lambda: catboost.CatBoost({**FEW, "loss_function": "RMSE"}).fit(X, X[:, 0]),
    "regressor": lambda: catboost.CatBoostRegressor(**FEW).fit(X, X[:, 0]),
    "many classes": lambda: catboost.CatBoostClassifier(**FEW).fit(X, np.arange(150) % 3),
    "text labels": lambda: catboost.CatBoostClassifier(**FEW).fit(X, np.where(Y, "yes", "no")),
    "ranker": lambda: catboost.CatBoostRanker(**FEW).fit(X, Y, group_id=np.arange(150) // 10),
    "lossguide": lambda: catboost.CatBoostRegressor(**FEW, grow_policy="Lossguide").fit(X, X[:, 0]),
}


@pytest.mark.parametrize("name", MODELS)
def test_every_kind_comes_back_without_pickle(name):
    model = MODELS[name]()
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen, trusted=True))
    assert (type(again), frozen.state_kind, frozen.lost) == (type(model), "declarative", ())
    assert np.array_equal(again.predict(X), model.predict(X))
    assert again.get_params() == model.get_params()
    assert again.get_all_params() == model.get_all_params()
    assert dict(again.get_metadata().items()) == dict(model.get_metadata().items())
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)
    assert identity(ADAPTER.freeze(MODELS[name](), no_source)) == identity(frozen)


def test_categories_come_back():
    rows = np.array([[str(int(a * 3)), b] for a, b in X[:, :2]], dtype=object)
    model = catboost.CatBoostClassifier(**FEW).fit(rows, Y, cat_features=[0])
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source), trusted=True))
    assert again.predict_proba(rows).tobytes() == model.predict_proba(rows).tobytes()


def test_ids_and_times_differ_while_the_identity_does_not():
    one, other = TestClassifier().train(), TestClassifier().train()
    assert one.get_metadata()["model_guid"] != other.get_metadata()["model_guid"]
    frozen = [ADAPTER.freeze(model, no_source) for model in (one, other)]
    assert frozen[0].state != frozen[1].state
    assert identity(frozen[0]) == identity(frozen[1])


@pytest.mark.parametrize("content", [b"", b"CBM1", b"CBM1\xff\xff\xff\xff", b"GGUF" + bytes(60)])
def test_what_is_no_model_is_refused(content):
    skeleton = thaw(ADAPTER.freeze(TestClassifier().train(), no_source), trusted=True)
    entry = replace(skeleton.entries["model"], shape=(len(content),), nbytes=len(content))
    bad = replace(skeleton, entries={"model": entry}, read=lambda _: memoryview(content))
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(bad)
    assert refused.value.code == "corrupt-state"


def test_a_foreign_model_is_not_handed_to_catboost():
    frozen = ADAPTER.freeze(TestClassifier().train(), no_source)
    with pytest.raises(TrustError) as refused:
        ADAPTER.restore(thaw(frozen))
    assert refused.value.code == "untrusted-native"
    assert str(refused.value) == (
        "CatBoost reads a model's numbers without verifying them, so a forged one can crash "
        "this process or worse; this version is not trusted."
    )


def test_as_a_variable_it_is_data_that_needs_trust(tmp_path):
    model = catboost.CatBoostClassifier(**FEW).fit(X, Y)
    attach(Kernel(namespace={"extra": model, "held": [model, 1]}, cells=CellLog(),
                  interactive=False, identity=Identity(actor="a", tool="t")))  # fmt: skip
    mine = tmp_path / "mine"
    mvt.init(tmp_path)
    result = mvt.open(tmp_path, trust_folder=mine).commit(
        preprocessing.StandardScaler().fit(X), variables=["extra", "held"]
    )
    attach(None)
    assert {one.state_kind for one in result.commit.content.variables} == {"declarative"}
    assert [(note.kind, note.text) for note in result.commit.notes
            if note.about in ("extra", "held")] == [
        ("partial", "catboost cannot verify what it reads: restoring it needs trust")]  # fmt: skip
    found = mvt.open(tmp_path, trust_folder=mine)["v1"].variables
    assert np.array_equal(found["extra"].predict_proba(X), model.predict_proba(X))
    assert found["held"][0] is found["extra"]
    foreign = mvt.open(tmp_path, trust_folder=tmp_path / "none")["v1"]
    with pytest.raises(TrustError) as refused:
        _ = foreign.variables
    assert refused.value.code == "untrusted-native"
