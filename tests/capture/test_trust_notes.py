"""What a person is told of scikit-learn objects that only a trusted version brings back."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.capture.snapshot import Request, snapshot

X = np.ones((4, 2))
DOUBLE = "def double(data):\n    return data * 2"
MEAN = """
from sklearn.base import BaseEstimator
class Mean(BaseEstimator):
    def fit(self, X, y=None):
        self.mean_ = X.mean(0)
        return self
    def predict(self, X):
        return X @ self.mean_
"""


def told(model):
    found = snapshot(Request(namespace={"model": model}, cells=CellLog(), model="model"))
    return [(note.kind, note.text) for note in found.notes if note.about == "model"]


def pickled(where):
    why = f"({where} is not on the list of known classes)"
    return [
        ("warning", f"kept as a pickle: restoring it elsewhere runs code and needs trust {why}"),
    ]


@pytest.fixture
def acme(monkeypatch):
    """Return a package that mvt does not know, with an estimator and a function."""
    module = ModuleType("acme")
    monkeypatch.setitem(sys.modules, "acme", module)
    exec(MEAN + DOUBLE, vars(module))
    return module


def test_a_lambda():
    model = FunctionTransformer(lambda data: data * 2).fit(X)
    assert told(model) == pickled(f"func: {__name__}.test_a_lambda.<locals>.<lambda>")


def test_a_named_function(acme):
    assert told(FunctionTransformer(acme.double).fit(X)) == pickled("func: acme.double")


def test_an_estimator_of_a_package_that_is_not_known(acme):
    assert told(acme.Mean().fit(X)) == pickled("the object: acme.Mean")


def test_a_function_of_numpy_needs_no_trust():
    assert told(FunctionTransformer(np.tanh).fit(X)) == []
