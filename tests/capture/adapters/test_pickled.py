"""The fallback keeps anything that predicts, and opens nothing without trust."""

from __future__ import annotations

import copy
import threading
from array import array
from collections import deque

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


def of(held, source=SOURCE):
    """Return the identity of a model of a class that a cell has just defined, holding `held`."""
    space = {"__name__": "__main__"}
    exec(compile(source, f"<cell {len(source)}>", "exec"), space)
    model = space["Scorer"](2)
    model.held = held
    return identity(ADAPTER.freeze(model, no_source))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (array("d", [1.0]), array("d", [2.0])),
        (b"a", b"b"),
        (bytearray(b"a"), b"a"),
        ("é", r"'\xe9'"),
        (..., NotImplemented),
        ({1, 2}, frozenset({1, 2})),
        ({"a", "b"}, {"a", "c"}),
        ((1, 2), [1, 2]),
        (1, True),
        (0.0, -0.0),
        (float("nan"), float("inf")),
        ({1: 2, 3: 4}, {3: 4, 1: 2}),
        (deque([1]), deque([2])),
        (len, max),
        (slice(1), slice(2)),
        (lambda x: x + 1, lambda x: x + 2),
        (lambda x, k=1: x + k, lambda x, k=2: x + k),
        (np.array([1, "a"], object), np.array([1, "b"], object)),
        (list(range(20_000)), [*range(19_999), 0]),
    ],
)
def test_whatever_restoring_gives_back_counts_for_identity(one, other):
    assert of(one) != of(other)
    assert of(copy.deepcopy(one)) == of(one)


def test_where_and_when_a_class_was_defined_is_no_part_of_the_identity():
    again = "\n\n\n" + SOURCE.replace("def predict(self, X):", "def predict(self, X):  # the same")
    assert of(lambda: 1, again) == of(lambda: 1)
    other = SOURCE.replace("X @ self.weights", "2 * X @ self.weights")
    assert of(lambda: 1, other) != of(lambda: 1)


def test_equal_texts_need_not_be_one_object_nor_sets_of_one_order():
    one, other = "".join(["wo", "rd"]), "".join(["w", "ord"])
    assert of([one, one, {"in": one}]) == of([one, other, {"in": "word"}])
    numbers = [8 * number for number in range(9)]
    backwards = numbers[::-1]
    assert of(set(numbers)) == of(set(backwards))


def test_what_holds_itself_has_an_identity():
    rings = [["x"], ["x"], ["y"]]
    for ring in rings:
        ring.append(ring)
    assert of(rings[0]) == of(rings[1]) != of(rings[2])


def test_what_cannot_be_pickled_is_named():
    model = scorer()
    model.inner["lock"] = threading.Lock()
    with pytest.raises(CaptureError, match=r"inner\.lock") as refused:
        ADAPTER.freeze(model, no_source)
    assert refused.value.code == "not-picklable"
    assert refused.value.hint == "before the commit: model.inner['lock'] = None"


@pytest.mark.parametrize(
    ("wrap", "line"),
    [
        (lambda lock: [1, lock], "model.held[1] = None"),
        (lambda lock: (1, lock), "model.held = None"),
    ],
)
def test_the_hint_can_be_pasted(wrap, line):
    model = scorer()
    model.held = wrap(threading.Lock())
    with pytest.raises(CaptureError) as refused:
        ADAPTER.freeze(model, no_source)
    assert refused.value.hint == f"before the commit: {line}"
    exec(line, {"model": model})
    ADAPTER.freeze(model, no_source)


def test_what_is_nested_too_deeply_is_said_so():
    model, deep = scorer(), []
    for _ in range(5000):
        deep = [deep]
    model.held = deep
    with pytest.raises(CaptureError) as refused:
        ADAPTER.freeze(model, no_source)
    assert refused.value.message == (
        "The Scorer cannot be kept: its attribute 'held' cannot be pickled "
        "(it is nested too deeply)."
    )
    assert refused.value.hint == "before the commit: model.held = None"


@pytest.mark.parametrize("thing", [3, "text", [1], len, object(), np.ones(2), scorer])
def test_what_does_not_predict_is_no_model(thing):
    assert ADAPTER.detect(thing) is None


@pytest.mark.parametrize(
    ("thing", "role"),
    [(3, None), ("text", None), (b"bytes", None), (None, None), (len, None), (scorer, None),
     (np, None), (np.float64(1), None), ([], None), ({}, None), ([1], "params"),
     (np.ones(2), "params"), ({"a": 1}, "params"), (object(), "object")],
)  # fmt: skip
def test_what_is_named_is_kept_unless_it_can_be_no_model(thing, role):
    assert ADAPTER.detect_given(thing) == role


def test_restored_arrays_can_be_written_to():
    again = ADAPTER.restore(thaw(ADAPTER.freeze(scorer(), no_source), trusted=True))
    again.weights += 1
    assert again.weights[0] == 1
