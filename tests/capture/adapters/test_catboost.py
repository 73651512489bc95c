"""CatBoost's models come back bit for bit without trust; random ids are no part of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from msgspec import structs
from sklearn import pipeline, preprocessing

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import Identity, Kernel, attach
from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.capture.adapters.catboost.flat import root
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.errors import CaptureError, CorruptionError, MvtError, TrustError
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

catboost = pytest.importorskip("catboost")
pytestmark = pytest.mark.frameworks

ADAPTER = ADAPTERS.get("catboost")
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(150, 5)).round(3)
Y = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)
FEW = {"iterations": 4, "depth": 3, "verbose": 0, "allow_writing_files": False,
       "random_seed": 0, "thread_count": 1}  # fmt: skip


ROWS = pd.DataFrame(X[:, :3], columns=list("abc")).assign(
    k=GENERATOR.choice(list("pqrs"), 150), m=GENERATOR.choice([f"z{i}" for i in range(40)], 150)
)  # fmt: skip
KINDS = {**FEW, "iterations": 8, "cat_features": ["k", "m"]}


def no_source(obj):
    return None


class TestCategories(AdapterTests):
    adapter_name = "catboost"
    ask = "model.predict_proba(inputs)"

    def train(self):
        return catboost.CatBoostClassifier(**KINDS).fit(ROWS, np.arange(150) % 3)

    def inputs(self):
        return ROWS


class TestClassifier(AdapterTests):
    adapter_name = "catboost"
    ask = "model.predict_proba(inputs)"

    def train(self):
        return catboost.CatBoostClassifier(**FEW).fit(X, Y)

    def inputs(self):
        return X


EMBEDDED = pd.DataFrame({"a": X[:, 0], "e": list(X[:, 1:])})
TEXTS = pd.DataFrame({"a": X[:, 0], "t": np.where(Y, "a good dog", "a bad cat")})


def of_embeddings():
    return catboost.CatBoostClassifier(**FEW, embedding_features=["e"]).fit(EMBEDDED, Y)


def of_texts():
    return catboost.CatBoostClassifier(**FEW, text_features=["t"]).fit(TEXTS, Y)


class TestStep(AdapterTests):
    adapter_name = "sklearn"
    ask = "model.predict_proba(inputs)"

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
    "leaves of several classes": lambda: catboost.CatBoostClassifier(
        **FEW, grow_policy="Depthwise"
    ).fit(X, np.arange(150) % 3),
    "several targets": lambda: catboost.CatBoostRegressor(**FEW, loss_function="MultiRMSE").fit(
        X, X[:, :2]
    ),
    "with uncertainty": lambda: catboost.CatBoostRegressor(
        **FEW, loss_function="RMSEWithUncertainty"
    ).fit(X, X[:, 0]),
    "missing values": lambda: catboost.CatBoostRegressor(**FEW).fit(
        np.where(X > 1, np.nan, X), X[:, 0]
    ),
    "a column ignored": lambda: catboost.CatBoostRegressor(**FEW, ignored_features=[1]).fit(
        X, X[:, 0]
    ),
    "cut short": lambda: shortened(),
}


def shortened():
    model = catboost.CatBoostRegressor(**FEW).fit(X, X[:, 0])
    model.shrink(2)
    return model


@pytest.mark.parametrize("name", MODELS)
def test_every_kind_comes_back_without_pickle_and_trust(name):
    model = MODELS[name]()
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen))
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
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    assert again.predict_proba(rows).tobytes() == model.predict_proba(rows).tobytes()


def test_ids_and_times_differ_while_the_identity_does_not():
    one, other = TestClassifier().train(), TestClassifier().train()
    assert one.get_metadata()["model_guid"] != other.get_metadata()["model_guid"]
    frozen = [ADAPTER.freeze(model, no_source) for model in (one, other)]
    assert frozen[0].state != frozen[1].state
    assert identity(frozen[0]) == identity(frozen[1])


@pytest.mark.parametrize("content", [b"", b"CBM1", b"CBM1\xff\xff\xff\xff", b"GGUF" + bytes(60)])
def test_what_is_no_model_is_refused(content):
    skeleton = thaw(ADAPTER.freeze(TestClassifier().train(), no_source))
    entry = structs.replace(skeleton.entries["model"], shape=(len(content),), nbytes=len(content))
    bad = replace(skeleton, entries={"model": entry}, read=lambda _: memoryview(content))
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(bad)
    assert refused.value.code == "corrupt-state"


COMBINED = {
    "categories": lambda: catboost.CatBoostClassifier(**KINDS).fit(ROWS, np.arange(150) % 3),
    "categories of a number": lambda: catboost.CatBoostRegressor(**KINDS).fit(ROWS, X[:, 0]),
    "every kind of table": lambda: catboost.CatBoostClassifier(
        **KINDS,
        max_ctr_complexity=3,
        simple_ctr=["Borders", "Buckets", "BinarizedTargetMeanValue", "Counter"],
    ).fit(ROWS, Y),
    "values one by one": lambda: catboost.CatBoostClassifier(**KINDS, one_hot_max_size=200).fit(
        ROWS, Y
    ),
    "leaves and categories": lambda: catboost.CatBoostClassifier(
        **KINDS, grow_policy="Lossguide"
    ).fit(ROWS, np.arange(150) % 3),
}


@pytest.mark.parametrize("name", COMBINED)
def test_models_of_categories_come_back_without_trust(name):
    model = COMBINED[name]()
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    assert np.array_equal(again.predict(ROWS), model.predict(ROWS))


@pytest.mark.parametrize("train", [of_embeddings, of_texts])
def test_a_model_that_cannot_be_verified_is_not_handed_to_catboost(train):
    frozen = ADAPTER.freeze(train(), no_source)
    assert frozen.lost == (
        "catboost cannot verify what it reads: restoring it elsewhere needs trust",
    )
    with pytest.raises(TrustError) as refused:
        ADAPTER.restore(thaw(frozen))
    assert refused.value.code == "untrusted-native"
    assert str(refused.value) == (
        "CatBoost reads this model without verifying it, for it was trained on texts or "
        "embeddings: a forged one could crash this process or worse; this version is not trusted."
    )


def test_a_model_of_embeddings_comes_back_with_trust():
    model = of_embeddings()
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen, trusted=True))
    assert again.predict_proba(EMBEDDED).tobytes() == model.predict_proba(EMBEDDED).tobytes()
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)


def test_a_model_of_texts_that_catboost_would_write_wrongly_is_not_kept():
    model = of_texts()
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen, trusted=True))
    assert np.array_equal(again.predict_proba(TEXTS), model.predict_proba(TEXTS))
    with pytest.raises(CaptureError) as refused:
        ADAPTER.freeze(again, no_source)
    assert refused.value.lines() == [
        "CaptureError [not-capturable]: CatBoost cannot save a model over texts that was loaded "
        "from a file: what it writes would end the process that reads it.",
        "Hint: mvt commit model.cbm  # the file that it was loaded from",
    ]


def forged(model, place, content):
    """Return the skeleton of a model with some of its bytes changed."""
    skeleton = thaw(ADAPTER.freeze(model, no_source))

    def read(entry):
        found = skeleton.read(entry)
        found[place : place + len(content)] = content
        return found

    return replace(skeleton, read=read)


def lists(model):
    """Return where the numbers of trees begin: what is after the count of an array's items."""
    skeleton = thaw(ADAPTER.freeze(model, no_source))
    blob = bytes(skeleton.read(skeleton.entries["model"]))
    trees = root(memoryview(blob)[8:]).table(1)
    return {name: 8 + trees._follow(number) + 4
            for name, number in (("splits", 1), ("sizes", 2), ("starts", 3), ("steps", 10),
                                 ("leaves", 11)) if trees._follow(number) is not None}  # fmt: skip


FORGED = {
    ("plain", "splits", 10_000): "a tree of a CatBoost model looks at a split that is not there",
    ("plain", "splits", -1): "a tree of a CatBoost model looks at a split that is not there",
    ("plain", "sizes", 30): "the trees of a CatBoost model have not the splits that they state",
    ("plain", "starts", 9): "the trees of a CatBoost model do not follow one another",
    ("lossguide", "steps", -1): "a branch of a CatBoost model leads out of its tree",
    ("lossguide", "leaves", -1): "the leaves of a CatBoost model do not follow one another",
}


@pytest.mark.parametrize("changed", FORGED, ids=str)
def test_numbers_that_lead_elsewhere_are_refused(changed):
    name, field, number = changed
    model = MODELS[name]()
    place = lists(model)[field]
    leaf = ends_first(model) if field == "leaves" else 0
    content = number.to_bytes(4, "little", signed=True)
    with pytest.raises(CorruptionError) as refused:
        ADAPTER.restore(forged(model, place + 4 * leaf, content))
    assert str(refused.value) == f"What is stored is not sound: {FORGED[changed]}."


def ends_first(model):
    """Return the place of the first branch that ends."""
    skeleton = thaw(ADAPTER.freeze(model, no_source))
    blob = bytes(skeleton.read(skeleton.entries["model"]))
    steps = root(memoryview(blob)[8:]).table(1).array(10, [("left", "<u2"), ("right", "<u2")])
    return int(np.flatnonzero((steps["left"] == 0) | (steps["right"] == 0))[0])


def test_a_table_of_categories_that_would_be_searched_for_ever_is_refused():
    model = COMBINED["categories"]()
    skeleton = thaw(ADAPTER.freeze(model, no_source))
    blob = bytes(skeleton.read(skeleton.entries["model"]))
    empty = b"\xff" * 8
    assert empty in blob

    def read(entry):
        return memoryview(bytearray(skeleton.read(entry).tobytes().replace(empty, bytes(8))))

    with pytest.raises(CorruptionError) as refused:
        ADAPTER.restore(replace(skeleton, read=read))
    assert str(refused.value) == (
        "What is stored is not sound: a table of a CatBoost model points beyond its counts."
    )


def test_as_a_variable_it_is_data(tmp_path):
    model = catboost.CatBoostClassifier(**FEW).fit(X, Y)
    texts = of_texts()
    attach(Kernel(namespace={"extra": model, "held": [model, 1], "texts": texts}, cells=CellLog(),
                  interactive=False, identity=Identity(actor="a", tool="t")))  # fmt: skip
    mine = tmp_path / "mine"
    mvt.init(tmp_path)
    repo = mvt.open(tmp_path, trust_folder=mine)
    results = [repo.commit(preprocessing.StandardScaler().fit(X), variables=names)
               for names in (["extra", "held"], ["texts"])]  # fmt: skip
    attach(None)
    assert [{one.state_kind for one in result.commit.content.variables} for result in results] == [
        {"declarative"}, {"declarative"}]  # fmt: skip
    assert [(note.kind, note.about, note.text) for result in results
            for note in result.commit.notes if note.about in ("extra", "held", "texts")] == [
        ("partial", "texts",
         "catboost cannot verify what it reads: restoring it elsewhere needs trust")]  # fmt: skip
    foreign = mvt.open(tmp_path, trust_folder=tmp_path / "none")
    found = foreign["v1"].variables
    assert np.array_equal(found["extra"].predict_proba(X), model.predict_proba(X))
    assert found["held"][0] is found["extra"]
    with pytest.raises(TrustError) as refused:
        _ = foreign["v2"].variables
    assert refused.value.code == "untrusted-native"
