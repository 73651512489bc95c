"""scikit-learn's estimators come back as data, bit for bit."""

from __future__ import annotations

import tracemalloc
import warnings

import numpy as np
import pytest
from sklearn import (
    calibration,
    cluster,
    compose,
    decomposition,
    discriminant_analysis,
    ensemble,
    feature_extraction,
    gaussian_process,
    impute,
    linear_model,
    model_selection,
    naive_bayes,
    neighbors,
    neural_network,
    pipeline,
    preprocessing,
    svm,
    tree,
)
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import MvtError, TrustError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

ADAPTER = ADAPTERS.get("sklearn")
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(120, 6)).round(3)
Y = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)
WORDS = [f"w{i % 7} w{i % 3} w{i % 11}" for i in range(120)]
GRID = {"alpha": [0.1, 1.0]}


def no_source(obj):
    return None


ESTIMATORS = [
    linear_model.LinearRegression(),
    linear_model.LogisticRegression(),
    linear_model.Ridge(),
    linear_model.Lasso(alpha=0.01),
    linear_model.ElasticNet(alpha=0.01),
    linear_model.SGDClassifier(random_state=0),
    svm.SVC(),
    svm.SVR(),
    svm.LinearSVC(),
    ensemble.RandomForestClassifier(8, random_state=0),
    ensemble.RandomForestRegressor(8, random_state=0),
    ensemble.ExtraTreesClassifier(8, random_state=0),
    ensemble.GradientBoostingClassifier(n_estimators=8, random_state=0),
    ensemble.GradientBoostingRegressor(n_estimators=8, random_state=0),
    ensemble.HistGradientBoostingClassifier(max_iter=8, random_state=0),
    ensemble.HistGradientBoostingRegressor(max_iter=8, random_state=0),
    ensemble.AdaBoostClassifier(n_estimators=8, random_state=0),
    ensemble.BaggingClassifier(n_estimators=4, random_state=0),
    ensemble.IsolationForest(n_estimators=8, random_state=0),
    ensemble.VotingClassifier([("a", naive_bayes.GaussianNB()), ("b", tree.DecisionTreeClassifier(
        random_state=0))]),
    ensemble.StackingClassifier([("a", naive_bayes.GaussianNB())], cv=3),
    tree.DecisionTreeClassifier(random_state=0),
    tree.DecisionTreeRegressor(random_state=0),
    neighbors.KNeighborsClassifier(),
    neighbors.KNeighborsRegressor(metric="manhattan"),
    naive_bayes.GaussianNB(),
    naive_bayes.BernoulliNB(),
    neural_network.MLPClassifier((5,), max_iter=400, random_state=0, tol=0.01),
    neural_network.MLPRegressor(hidden_layer_sizes=(5,), max_iter=900, random_state=0, tol=0.01),
    cluster.KMeans(3, n_init=2, random_state=0),
    decomposition.PCA(2),
    discriminant_analysis.LinearDiscriminantAnalysis(),
    discriminant_analysis.QuadraticDiscriminantAnalysis(),
    gaussian_process.GaussianProcessClassifier(random_state=0),
    gaussian_process.GaussianProcessRegressor(random_state=0),
    calibration.CalibratedClassifierCV(linear_model.LogisticRegression(), cv=3),
    preprocessing.StandardScaler(),
    preprocessing.MinMaxScaler(),
    preprocessing.OneHotEncoder(handle_unknown="ignore"),
    preprocessing.OrdinalEncoder(),
    preprocessing.SplineTransformer(),
    preprocessing.FunctionTransformer(np.tanh),
    impute.SimpleImputer(),
    model_selection.GridSearchCV(linear_model.Ridge(), GRID, cv=3),
    model_selection.RandomizedSearchCV(linear_model.Ridge(), GRID, n_iter=2, cv=3, random_state=0),
    pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()),
    pipeline.make_union(preprocessing.StandardScaler(), decomposition.PCA(2)),
    compose.make_column_transformer(
        (preprocessing.StandardScaler(), [0, 1]), (preprocessing.MinMaxScaler(), slice(2, 5))),
    feature_extraction.text.CountVectorizer(),
    feature_extraction.text.TfidfVectorizer(),
]  # fmt: skip


def asked(estimator, data):
    method = next(m for m in ("predict_proba", "predict", "transform") if hasattr(estimator, m))
    found = getattr(estimator, method)(data)
    return (found.toarray() if hasattr(found, "toarray") else np.asarray(found)).tobytes()


def fitted(estimator):
    data = WORDS if "Vectorizer" in type(estimator).__name__ else X.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return clone(estimator).fit(data, Y), data


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_an_estimator_comes_back_without_pickle(estimator):
    model, data = fitted(estimator)
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen))
    assert (frozen.state_kind, frozen.lost) == ("declarative", ())
    assert asked(again, data) == asked(model, data)
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)
    assert identity(ADAPTER.freeze(fitted(estimator)[0], no_source)) == identity(frozen)


class TestForest(AdapterTests):
    adapter_name = "sklearn"
    ask = "model.predict_proba(inputs)"

    def train(self):
        return ensemble.RandomForestClassifier(10, random_state=0).fit(X, Y)

    def inputs(self):
        return X


class TestSearchOverPipeline(AdapterTests):
    adapter_name = "sklearn"

    def train(self):
        steps = pipeline.make_pipeline(
            preprocessing.StandardScaler(), neighbors.KNeighborsClassifier()
        )
        grid = {"kneighborsclassifier__n_neighbors": [3, 5]}
        return model_selection.GridSearchCV(steps, grid, cv=3).fit(X, Y)

    def inputs(self):
        return X


def test_paths_name_what_they_hold():
    model = pipeline.Pipeline(
        [("scale", preprocessing.StandardScaler()),
         ("forest", ensemble.RandomForestClassifier(2, random_state=0))]
    ).fit(X, Y)  # fmt: skip
    frozen = ADAPTER.freeze(model, no_source)
    assert [part.path for part in frozen.bundle.parts] == [
        "steps.scale.mean_", "steps.scale.var_", "steps.scale.scale_",
        "steps.forest.estimators_.0.tree_.nodes", "steps.forest.estimators_.0.tree_.values",
        "steps.forest.estimators_.1.tree_.nodes", "steps.forest.estimators_.1.tree_.values",
    ]  # fmt: skip


def test_an_array_held_twice_is_one_array_again():
    model = linear_model.LinearRegression().fit(X, Y)
    model.copy_ = model.coef_
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen))
    assert again.copy_ is again.coef_
    assert [(tie.path, tie.target) for tie in frozen.bundle.ties] == [("copy_", "coef_")]


def test_memory_order_is_kept():
    model = linear_model.LinearRegression().fit(X, Y)
    model.coef_ = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    assert again.coef_.flags.f_contiguous
    assert np.array_equal(again.coef_, model.coef_)


def test_params_are_told_from_defaults():
    model = pipeline.make_pipeline(linear_model.Ridge(alpha=2.0))
    params = {param.name: (param.value, param.default) for param in ADAPTER.params(model)}
    assert params["ridge"] == ("Ridge", False)
    assert params["ridge__alpha"] == (2.0, False)
    assert params["ridge__fit_intercept"] == (True, True)


def test_a_lambda_falls_back_to_a_flagged_pickle():
    model = preprocessing.FunctionTransformer(lambda data: data * 2).fit(X)
    frozen = ADAPTER.freeze(model, no_source)
    assert frozen.state_kind == "pickle"
    assert "func" in frozen.lost[0]
    with pytest.raises(TrustError, match="pickle"):
        ADAPTER.restore(thaw(frozen))
    again = ADAPTER.restore(thaw(frozen, trusted=True))
    assert np.array_equal(again.transform(X), X * 2)


CELL = """
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
STEP = 0.5
def above(values):
    return (values > STEP).astype(int)
class Threshold(ClassifierMixin, BaseEstimator):
    def __init__(self, column=0):
        self.column = column
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.mean_ = X.mean(axis=0)
        return self
    def predict(self, X):
        return above(X[:, self.column] - self.mean_[self.column])
"""


class TestClassOfACell(AdapterTests):
    adapter_name = "sklearn"
    trusted = True

    def train(self):
        space = {"__name__": "__main__"}
        exec(CELL, space)
        return space["Threshold"]().fit(X, Y)

    def inputs(self):
        return X

    def sources(self, obj):
        return CELL if obj.__module__ == "__main__" else None


def test_a_live_class_needs_no_trust():
    kit = TestClassOfACell()
    model = kit.train()
    frozen = ADAPTER.freeze(model, kit.sources)
    again = ADAPTER.restore(thaw(frozen, namespace={"__main__.Threshold": type(model)}))
    assert type(again) is type(model)
    assert isinstance(again, (BaseEstimator, ClassifierMixin))


def forest():
    frozen = ADAPTER.freeze(ensemble.RandomForestClassifier(2, random_state=0).fit(X, Y), no_source)
    return thaw(frozen), decode(frozen.state)


def hostile(skeleton, data):
    return type(skeleton)(
        state=encode(data), state_kind="declarative", entries=skeleton.entries,
        ties={}, read=skeleton.read, trusted=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["os:system", "builtins:eval", "builtins:getattr", "subprocess:Popen", "numpy:load",
     "sklearn.datasets:clear_data_home", "sklearn.utils:os", "sklearn.externals:x",
     "code:__main__.Evil", "import:antigravity:x", "", "sklearn.base:os.system"],
)  # fmt: skip
def test_a_name_that_is_not_on_the_list_is_refused(name):
    skeleton, data = forest()
    data["nodes"].append(["make", name, False, ["true"], None, None, None])
    data["root"] = [len(data["nodes"]) - 1]
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(hostile(skeleton, data))
    assert refused.value.code in ("class-refused", "class-missing", "untrusted-code")


@pytest.mark.parametrize(
    "node",
    [["list", [[0], [10**9]]], ["tuple", [["self"]]], ["inline", "float64", [2**50], "C", "00" * 8],
     ["objects", [2**40], "C", []], ["array", "nowhere", "C", False], ["scalar", "<U900000000", ""],
     ["random", "00", 3, 0, 0.0], ["dtype", "[[\"a\",\"O\"]]"],
     ["sparse", "csr_matrix", [2, 2], []],
     ["unknown"], ["new", 10**6, []], ["name", 3], ["distribution", "os", [], None]],
    ids=lambda node: node[0],
)  # fmt: skip
def test_a_node_that_lies_is_refused(node):
    skeleton, data = forest()
    place = len(data["nodes"])
    if node[1:] == [[["self"]]]:
        node = ["tuple", [[place]]]
    data["nodes"].append(node)
    data["root"] = [place]
    with pytest.raises(MvtError):
        ADAPTER.restore(hostile(skeleton, data))


@pytest.mark.parametrize(
    ("field", "value"),
    [("left_child", 0), ("right_child", 10**6), ("feature", 99), ("feature", -7)],
)
def test_a_tree_that_leads_astray_is_refused(field, value):
    model = tree.DecisionTreeClassifier(random_state=0).fit(X, Y)
    frozen = ADAPTER.freeze(model, no_source)
    skeleton = thaw(frozen)

    def read(entry):
        content = skeleton.read(entry)
        if entry.path == "tree_.nodes":
            nodes = np.frombuffer(content, model.tree_.__getstate__()["nodes"].dtype)
            nodes[field][0] = value
        return content

    bad = type(skeleton)(
        state=frozen.state, state_kind="declarative", entries=skeleton.entries, ties={}, read=read
    )
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(bad)
    assert refused.value.code == "corrupt-state"


def test_a_forest_is_not_held_twice_while_it_comes_back(monkeypatch):
    monkeypatch.setattr("jupyter_mvt.capture.adapters.sklearn.checks._AT_ONCE", 300_000)
    x = np.random.RandomState(0).rand(3000, 2)
    forest = ensemble.RandomForestRegressor(16, random_state=0).fit(x, x.sum(1))
    frozen = ADAPTERS.get("sklearn").freeze(forest, lambda _: None)
    skeleton = thaw(frozen)
    tracemalloc.start()
    again = ADAPTERS.get("sklearn").restore(skeleton)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.5 * sum(part.nbytes for part in frozen.bundle.parts)
    assert (again.predict(x) == forest.predict(x)).all()
