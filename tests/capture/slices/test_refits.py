"""A fit that a later one undoes is left out of a slice, wherever that is known, and only there."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.utils.discovery import all_estimators

from jupyter_mvt.capture.cells import observe
from jupyter_mvt.capture.prints import Prints
from jupyter_mvt.capture.slices.refits import _AFRESH, refitted, starts_afresh
from jupyter_mvt.capture.slices.syntax import analyse
from tests.capture.conftest import Kernel
from tests.capture.slices.test_soundness import made

START = (
    "import numpy as np\n"
    "from sklearn.linear_model import LogisticRegression, SGDClassifier\n"
    "from sklearn.preprocessing import StandardScaler\n"
    "from sklearn.pipeline import make_pipeline\n"
    "from sklearn.model_selection import GridSearchCV, KFold\n"
    "r = np.random.RandomState(0)\n"
    "X = r.rand(40, 3)\nt = (X[:, 0] > .5) * 1\nZ = X[::2] + 1\nu = t[::2]"
)
NEW = "m = SGDClassifier(random_state=0)"
FIRST, AGAIN = "m.fit(X, t)", "m.fit(Z, u)"

UNDONE = {
    "a fit": [NEW, FIRST, AGAIN],
    "a fit in the cell that makes it": [f"{NEW}\n{FIRST}", AGAIN],
    "a fit in the cell that fits again": [NEW, f"{FIRST}\n{AGAIN}"],
    "fits with answers": [NEW, "p = m.fit(X, t).predict(X)", "q = m.fit(Z, y=u).score(Z, u)"],
    "a fit, looked at": [NEW, FIRST, "print(m.score(X, t), end='')", AGAIN],
    "a fit that was asked for weights": [NEW, FIRST, "w = m.coef_ * 2", AGAIN],
    "a pipeline's": ["m = make_pipeline(StandardScaler(), LogisticRegression())", FIRST, AGAIN],
    "a search's": ["m = GridSearchCV(LogisticRegression(), {'C': [.1, 1.]}, cv=KFold(3))", FIRST,
                   AGAIN],
    "a scaler's": ["m = StandardScaler()", "A = m.fit_transform(X)", "B = m.fit_transform(Z)"],
}  # fmt: skip
NEEDED = {
    "a warm start": ["m = SGDClassifier(random_state=0, warm_start=True)", FIRST, AGAIN],
    "a warm start, for a while": [
        NEW, FIRST, "m.warm_start = True\nm.fit(Z, u)\nm.warm_start = False"],
    "a warm start, set later": [NEW, FIRST, "m.set_params(warm_start=True)", AGAIN],
    "a warm start within": ["m = make_pipeline(SGDClassifier(random_state=0, warm_start=True))",
                            FIRST, AGAIN],
    "a partial fit": [NEW, FIRST, "m.partial_fit(Z, u)"],
    "a partial fit before": [NEW, "m.partial_fit(X, t, [0, 1])", "m.partial_fit(Z, u)"],
    "a generator": [
        "g = np.random.RandomState(3)\nm = SGDClassifier(random_state=g)", FIRST, AGAIN],
    "a generator of a splitter": [
        "g = np.random.RandomState(3)\nm = GridSearchCV(SGDClassifier(random_state=0), "
        "{'alpha': [.1, 1e-4]}, cv=KFold(2, shuffle=True, random_state=g))", FIRST, AGAIN],
    "a generator within": [
        "g = np.random.RandomState(3)\nm = make_pipeline(SGDClassifier(random_state=g))", FIRST,
        AGAIN],
    "a class of the notebook": [
        "class Mine(LogisticRegression):\n    n = 0\n    def fit(self, X, y):\n"
        "        self.n += 1\n        self.intercept_scaling = self.n\n"
        "        return super().fit(X, y)\n"
        "m = Mine(solver='liblinear')", FIRST, AGAIN],
    "a class of the notebook within": [
        "class Mine(StandardScaler):\n    n = 0\n    def fit(self, X, y=None):\n"
        "        self.n += 1\n        return super().fit(X)\n    def transform(self, X):\n"
        "        return super().transform(X) * self.n\n"
        "m = make_pipeline(Mine(), LogisticRegression())", FIRST, AGAIN],
    "a method of its own": [
        NEW + "\ndef fit(X, y):\n    return SGDClassifier.partial_fit(m, X, y, [0, 1])\n"
        "m.fit = fit",
        FIRST, AGAIN],
    "a fit that asks for its own answers": [NEW, FIRST, "m.fit(X, m.predict(X) * t)"],
    "a fit that asks by another name": [NEW, FIRST, "k = m", "m.fit(X, k.predict(X) * t)"],
    "a fit that asks through a function": [
        NEW + "\ndef ask(X):\n    return m.predict(X) * t", FIRST, "m.fit(X, ask(X))"],
    "weights to start from": [NEW, FIRST, "m.fit(Z, u, coef_init=m.coef_)"],
    "a function that remembers": [
        "from sklearn.preprocessing import FunctionTransformer\nn = []\n"
        "def f(X):\n    n.append(1)\n"
        "    return X * len(n)\nm = make_pipeline(FunctionTransformer(f), LogisticRegression())",
        FIRST, AGAIN],
    "imputing that goes on": [
        "from sklearn.experimental import enable_iterative_imputer\n"
        "from sklearn.impute import IterativeImputer\n"
        "X[::3, 1] = np.nan\nZ[::4, 0] = np.nan\nm = IterativeImputer(random_state=0, max_iter=2, "
        "imputation_order='random', sample_posterior=True)", FIRST, AGAIN],
}  # fmt: skip
BETWEEN = {
    "data that it made": ["s = StandardScaler()", "s.fit(X)", "X2 = s.transform(X)", "s.fit(Z)",
                          "y = [s.mean_, X2]"],
    "weights that were kept": [NEW, FIRST, "w = m.coef_", AGAIN, "y = [m.coef_, w]"],
    "a copy": [NEW, FIRST, "import copy\nk = copy.deepcopy(m)", AGAIN, "y = [m.coef_, k.coef_]"],
    "another name": [NEW, FIRST, "k = m", AGAIN, "y = [k.coef_]"],
    "a list": [NEW, FIRST, "k = [m]", AGAIN, "y = [k[0].coef_]"],
    "what it answered": [NEW, FIRST, "Q = m.predict(X)", "m.fit(X, Q)", "y = [m.coef_]"],
    "a fit that failed": [NEW, FIRST, "try:\n    m.fit(Z, None)\nexcept Exception:\n    pass",
                          "y = [m.coef_]"],
    "a fit that is not always run": [NEW, FIRST, "if len(X) > 99:\n    m.fit(Z, u)",
                                     "y = [m.coef_]"],
    "another object": [NEW, FIRST, "k = m", NEW, AGAIN, "y = [k.coef_, m.coef_]"],
    "other parameters": [NEW, FIRST, "m.set_params(alpha=.01)", AGAIN, "y = [m.coef_]"],
    "a fit of what it is called": [NEW, f"m = {FIRST}", f"m = {AGAIN}", "y = [m.coef_]"],
    "parameters taken from it": [NEW, FIRST, "m.alpha = abs(m.coef_).mean() / 1e4", AGAIN,
                                 "y = [m.coef_]"],
}  # fmt: skip
STATE = (
    "y = sorted((k, repr(v)) for k, v in m.__dict__.items() "
    "if 'time' not in k and k != 'cv_results_' and ' at 0x' not in repr(v))"
)


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setattr(observe, "_SECONDS", 5.0)  # however busy the machine is
    return Kernel(__name__="__main__").run(START)


def again(session):
    """Run the slice of ``y`` on its own; return what it gives and what it is made of."""
    texts = made(session, "y")
    names = {"__name__": "__main__"}
    for text in texts:
        exec(text, names)
    return repr(names["y"]), texts


@pytest.mark.parametrize("case", UNDONE)
def test_a_fit_that_is_undone_is_left_out(case, session):
    *cells, last = UNDONE[case]
    for cell in (*cells, last, STATE):
        session.run(cell)
    found, texts = again(session)
    assert found == repr(session.namespace["y"])
    assert not any("(X" in text for text in texts[1:])
    assert (last in texts) or any(AGAIN in text for text in texts)


@pytest.mark.parametrize("case", NEEDED)
def test_a_fit_that_lives_on_is_kept(case, session):
    for cell in (*NEEDED[case], STATE):
        session.run(cell)
    found, texts = again(session)
    assert found == repr(session.namespace["y"])
    assert texts[-len(NEEDED[case]) - 1 :] == [*NEEDED[case], STATE]


@pytest.mark.parametrize("case", BETWEEN)
def test_a_fit_that_was_asked_between_is_kept(case, session):
    for cell in BETWEEN[case]:
        session.run(cell)
    assert again(session)[0] == repr(session.namespace["y"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("m.fit(X)", "m"),
        ("m.fit(X, y, sample_weight=w)", "m"),
        ("p = m.fit(X).predict(X)", "m"),
        ("m = m.fit(X)", "m"),
        ("m = m.fit(X).predict(X)", ""),
        ("m.fit(X, m.predict(X))", ""),
        ("m.fit(*data)", ""),
        ("m.fit(X, **more)", ""),
        ("m.fit(X, y, init_model=b)", ""),
        ("m.fit(X).set_params(a=1)", ""),
        ("m[0].fit(X)", ""),
        ("m.partial_fit(X)", ""),
        ("for _ in a:\n    m.fit(X)", ""),
        ("m.fit(X); m.fit(Y)", ""),
        ("p, m = m.fit(X), 1", ""),
        ("p += m.fit(X).predict(X)", ""),
    ],
)
def test_which_statements_do_nothing_but_fit(text, name):
    statements = ast.parse(text).body
    assert analyse(text).units[0].refits == name
    assert len(statements) > 1 or refitted(statements[0]) == name


def test_what_raises_when_it_is_asked_is_not_known_to_start_afresh():
    class Hostile:
        def __getattribute__(self, name):
            raise SystemError(name)

    model = LogisticRegression()
    assert starts_afresh(model)
    model.C = Hostile()
    assert not starts_afresh(model)
    assert not starts_afresh(Hostile())


def test_what_was_patched_is_not_known_to_start_afresh(monkeypatch):
    def fit(self, X, y):
        return self

    monkeypatch.setattr(SGDClassifier, "fit", fit)
    assert not starts_afresh(SGDClassifier())


def prepared(cls):
    """Return an object of a class of scikit-learn with few trees, rounds and folds."""
    few = {"n_estimators": 3, "max_iter": 20, "cv": 2, "n_init": 1, "random_state": 0,
           "n_components": 2}  # fmt: skip
    model = cls()
    return model.set_params(**{name: few[name] for name in few.keys() & model.get_params().keys()})


def held(model):
    """Return what a model holds, as far as it can be compared, by name."""
    return {
        name: Prints(5.0).of(value) for name, value in vars(model).items() if "time" not in name
    }


@pytest.mark.filterwarnings("ignore")
def test_an_object_that_was_fitted_twice_holds_what_a_new_one_holds():
    r = np.random.RandomState(0)
    one, other = (
        (r.rand(40, 6) + 0.1, r.randint(0, 3, 40)),
        (r.rand(30, 4) + 0.1, r.randint(0, 2, 30)),
    )
    tried = []
    for name, cls in all_estimators():
        if name not in _AFRESH:
            continue
        try:
            model = prepared(cls)
            model.fit(*one).fit(*other)
            fresh = clone(model).fit(*other)
        except (TypeError, ValueError, AttributeError):
            continue  # it wants other data, or other estimators
        assert held(model) == held(fresh), name
        tried.append(name)
        assert starts_afresh(model), name
    assert len(tried) > 120
