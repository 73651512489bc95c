"""The fallback keeps anything that predicts, and opens nothing without trust."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

ADAPTER = ADAPTERS.get("pickled")
SOURCE = """
import numpy as np
class Scorer:
    def __init__(self, k):
        self.k = k
        self.weights = np.arange(6.0) * k
        self.inner = {"bias": np.ones(1), "tag": "a"}
    def predict(self, X):
        return X @ self.weights + self.inner["bias"]
"""


def scorer(k=2):
    space = {"__name__": "__main__"}
    exec(SOURCE, space)
    return space["Scorer"](k)


def no_source(obj):
    return None


class TestAnythingThatPredicts(AdapterTests):
    adapter_name = "pickled"
    trusted = True

    def train(self):
        return scorer()

    def inputs(self):
        return np.arange(12.0).reshape(2, 6)


def test_arrays_are_parts_with_the_names_of_attributes():
    frozen = ADAPTER.freeze(scorer(), no_source)
    assert [(part.path, part.dtype, part.shape) for part in frozen.bundle.parts] == [
        ("weights", "float64", (6,)),
        ("inner.bias", "float64", (1,)),
    ]


def test_plain_values_count_for_identity():
    model = scorer()
    before = identity(ADAPTER.freeze(model, no_source))
    model.inner["tag"] = "b"
    assert identity(ADAPTER.freeze(model, no_source)) != before


def test_what_cannot_be_pickled_is_named():
    model = scorer()
    model.inner["lock"] = threading.Lock()
    with pytest.raises(CaptureError, match=r"inner\.lock") as refused:
        ADAPTER.freeze(model, no_source)
    assert refused.value.code == "not-picklable"


@pytest.mark.parametrize("thing", [3, "text", [1], len, object(), np.ones(2), scorer])
def test_what_does_not_predict_is_no_model(thing):
    assert ADAPTER.detect(thing) is None


def test_restored_arrays_can_be_written_to():
    again = ADAPTER.restore(thaw(ADAPTER.freeze(scorer(), no_source), trusted=True))
    again.weights += 1
    assert again.weights[0] == 1
