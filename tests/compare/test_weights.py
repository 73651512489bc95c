import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from jupyter_mvt.compare.diff import ModelChange, TensorChange, WeightsDiff
from jupyter_mvt.compare.floats import to_float64
from jupyter_mvt.compare.measure import measure
from jupyter_mvt.compare.weights import diff_weights
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.manifest import Tie


@pytest.fixture
def diff(make):
    def run(base, other, objects):
        sides = make.pair(Content(models=(base,)), Content(models=(other,)), objects)
        objects.read.clear()
        return diff_weights(*sides)

    return run


@pytest.fixture
def tensor(make, diff):
    def run(a, b, base="", other=""):
        objects = make.Objects()
        found = diff(
            make.model(objects, {"w": a}, dtypes={"w": base}),
            make.model(objects, {"w": b}, dtypes={"w": other or base}),
            objects,
        )
        return found.models[0].tensors[0]

    return run


def test_whole_value_and_only_what_differs_is_read(make, diff):
    objects = make.Objects()
    same = np.ones(5, "f4")
    base = make.model(
        objects,
        {"same": same, "a": np.array([3.0, 4.0]), "b": np.array([1.0, 0.0, 0.0, 0.0]),
         "shape": np.zeros((2, 3)), "gone": np.zeros(7, "f4"), "zero": np.zeros(2)},
    )  # fmt: skip
    other = make.model(
        objects,
        {"same": same, "a": np.array([3.0, 5.0]), "b": np.array([0.0, 2.0, 0.0, 0.0]),
         "shape": np.zeros((2, 4)), "fresh": np.zeros(1, "f4"), "zero": np.array([0.0, 1.0])},
    )  # fmt: skip
    found = diff(base, other, objects)
    assert {path for path in objects.read if len(path) < 10} == {"a", "b", "zero"}
    (model,) = found.models
    assert model.rel_l2 == pytest.approx(math.sqrt((1 + 5 + 1) / (25 + 1)))
    cosine = (9 + 20) / (5 * math.sqrt(34))
    kind = {"presence": "changed"}
    assert model == ModelChange(
        var="clf", presence="changed", base_cls="sklearn.svm.SVC", other_cls="sklearn.svm.SVC",
        base_bytes=base.weights_bytes, other_bytes=other.weights_bytes, rel_l2=model.rel_l2,
        equal=1, total=7,
        tensors=(
            TensorChange(path="shape", dtype="float64", base_shape=(2, 3), other_shape=(2, 4),
                         elements=8, why="other shape", **kind),
            TensorChange(path="gone", presence="removed", dtype="float32", base_shape=(7,),
                         elements=7),
            TensorChange(path="fresh", presence="added", dtype="float32", other_shape=(1,),
                         elements=1),
            TensorChange(path="zero", dtype="float64", base_shape=(2,), other_shape=(2,),
                         elements=2, changed_share=0.5, why="all zeros before", **kind),
            TensorChange(path="b", dtype="float64", base_shape=(4,), other_shape=(4,),
                         elements=4, rel_l2=math.sqrt(5), cosine=0.0, changed_share=0.5, **kind),
            TensorChange(path="a", dtype="float64", base_shape=(2,), other_shape=(2,),
                         elements=2, rel_l2=0.2, cosine=pytest.approx(cosine),
                         changed_share=0.5, **kind),
        ),
    )  # fmt: skip


def test_equal_models_read_nothing(make, diff):
    objects = make.Objects()
    model = make.model(objects, {"w": np.ones(3)})
    assert diff(model, model, objects) is None
    assert objects.read == []


def test_tensor_over_many_chunks_and_blocks(make, diff):
    objects = make.Objects()
    a = np.random.default_rng(0).normal(size=300_001).astype("f4")
    b = a.copy()
    b[-1] += 1
    found = diff(make.model(objects, {"w": a}, chunk=1 << 16),
                 make.model(objects, {"w": b}, chunk=1 << 16), objects)  # fmt: skip
    (change,) = found.models[0].tensors
    norm = np.linalg.norm(a.astype("f8"))
    delta = float(b[-1]) - float(a[-1])
    assert change.rel_l2 == pytest.approx(delta / norm, rel=1e-12)
    assert change.changed_share == 1 / 300_001


@pytest.mark.parametrize(
    ("kind", "bits", "values"),
    [
        ("bfloat16", [0x3F80, 0xC000, 0x7FC0], [1.0, -2.0, math.nan]),
        ("float8_e4m3fn", [0x38, 0x01, 0x7E, 0x7F, 0xB8], [1, 2**-9, 448, math.nan, -1]),
        ("float8_e5m2", [0x3C, 0x01, 0x7B, 0x7C, 0xFD], [1, 2**-16, 57344, math.inf, math.nan]),
        ("float8_e4m3fnuz", [0x40, 0x01, 0x7F, 0x80], [1, 2**-10, 240, math.nan]),
        ("float8_e5m2fnuz", [0x40, 0x01, 0x7F, 0x80], [1, 2**-17, 57344, math.nan]),
        ("float8_e8m0fnu", [127, 0, 254, 255], [1, 2**-127, 2.0**127, math.nan]),
        ("complex32", [0x40003C00], [1.0, 2.0]),
    ],
)
def test_floats_that_numpy_lacks(kind, bits, values):
    width = {"bfloat16": "u2", "complex32": "u4"}.get(kind, "u1")
    np.testing.assert_array_equal(to_float64(kind, np.array(bits, width)), np.array(values))


def test_bfloat16(tensor):
    change = tensor(np.array([0x3F80, 0x3F80], "u2"), np.array([0x3F80, 0x4000], "u2"), "bfloat16")
    assert (change.dtype, change.rel_l2, change.changed_share) == (
        "bfloat16", pytest.approx(1 / math.sqrt(2)), 0.5)  # fmt: skip


def test_float16_does_not_overflow(tensor):
    change = tensor(np.array([60000.0, 0], "f2"), np.array([60000.0, 60000.0], "f2"))
    assert change.rel_l2 == 1.0


def test_another_dtype_with_the_same_shape_is_measured(tensor):
    change = tensor(np.array([1.0, 2.0]), np.array([1.0, 2.0], "f4"))
    assert (change.dtype, change.rel_l2, change.changed_share, change.why) == (
        "float64 → float32", 0.0, 0.0, "equal numbers, other bits")  # fmt: skip


def test_integers_beyond_float64(tensor):
    change = tensor(np.array([2**60, 5]), np.array([2**60 + 1, 5]))
    assert (change.changed_share, change.rel_l2) == (0.5, 0.0)


def test_bools(tensor):
    change = tensor(np.array([True, True]), np.array([True, False]))
    assert (change.changed_share, change.rel_l2) == (0.5, pytest.approx(1 / math.sqrt(2)))


def test_complex(tensor):
    change = tensor(np.array([3 + 4j, 0]), np.array([3 + 4j, 5j]))
    assert (change.changed_share, change.rel_l2) == (0.5, 1.0)


def test_nan_and_infinity_are_left_out_and_told(tensor):
    a = np.array([np.nan, np.nan, np.inf, np.inf, 3.0, 4.0])
    b = np.array([np.nan, 1.0, np.inf, -np.inf, 3.0, 9.0])
    change = tensor(a, b)
    assert (change.changed_share, change.rel_l2, change.why) == (
        0.5, 1.0, "4 of 6 not finite, left out of the norms")  # fmt: skip


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_squares_out_of_range(tensor, size):
    change = tensor(np.array([3.0, 4.0]) * size, np.array([3.0, 9.0]) * size)
    assert change.rel_l2 == pytest.approx(1.0)
    assert change.cosine == pytest.approx((9 + 36) / (5 * math.hypot(3, 9)))


def test_trees_say_how_many_nodes_changed(tensor):
    kind = np.dtype([("left_child", "i8"), ("feature", "i8"), ("threshold", "f8")])
    a = np.array([(1, 2, 0.5), (-1, -2, -2.0), (-1, -2, -2.0)], kind)
    b = a.copy()
    b["threshold"][0], b["feature"][0], b["threshold"][1] = 0.75, 3, 9.0
    change = tensor(a, b)
    assert (change.dtype, change.rel_l2, change.why) == (
        "records", None, "2 of 3 nodes: feature 1, threshold 2")  # fmt: skip
    assert change.changed_share == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        (np.array(["a", "b"]), np.array(["a", "c"]), 0.5),
        (np.array([b"a", b"b"]), np.array([b"a", b"c"]), 0.5),
        (np.array(["NaT", "2020-01-01"], "M8[D]"), np.array(["NaT", "2020-01-02"], "M8[D]"), 0.5),
        (np.zeros(2, "V3"), np.array([b"\0\0\1", b"\0\0\0"], "V3"), 0.5),
    ],
)
def test_content_that_is_no_number(tensor, a, b, share):
    change = tensor(a, b)
    assert (change.rel_l2, change.cosine, change.changed_share) == (None, None, share)


def test_types_that_cannot_be_compared(tensor):
    assert tensor(np.array(["a"]), np.array([1.0])).why == "types that cannot be compared"


def test_untied_weights_are_compared_with_what_they_shared(make, diff):
    objects = make.Objects()
    w = np.ones(4)
    base = make.model(objects, {"in": w}, ties=(Tie("out", "in"),))
    other = make.model(objects, {"in": w, "out": w * 2})
    (model,) = diff(base, other, objects).models
    assert [(t.path, t.presence, t.rel_l2) for t in model.tensors] == [("out", "changed", 1.0)]
    assert model.structure == ("shared: \N{MINUS SIGN} out = in",)


def test_models_added_and_removed(make):
    objects = make.Objects()
    one = make.model(objects, {"w": np.ones(3)}, var="one", primary=False)
    sides = make.pair(Content(models=(one,)), Content(), objects)
    there, back = diff_weights(*sides), diff_weights(*reversed(sides))
    assert [(m.presence, m.base_bytes, m.total) for m in there.models] == [("removed", 24, 1)]
    assert [(m.presence, m.other_bytes, m.total) for m in back.models] == [("added", 24, 1)]


floats = arrays.arrays(
    st.sampled_from(["f8", "f4", "i8", "?"]), 6, elements=None, fill=st.nothing()
)


@settings(deadline=None)
@given(floats, floats)
def test_law_measure_swaps(a, b):
    there = measure(a, a.dtype.name, b, b.dtype.name)
    back = measure(b, b.dtype.name, a, a.dtype.name)
    assert (there.changed, there.base_norm, there.other_norm) == (
        back.changed, back.other_norm, back.base_norm)  # fmt: skip
    assert there.delta_norm == pytest.approx(back.delta_norm)
    assert there.cosine == pytest.approx(back.cosine) if there.cosine is not None else True
    assert measure(a, a.dtype.name, a, a.dtype.name).changed == 0


def test_two_models_of_20_mb_in_less_than_a_second(make, diff):
    rng = np.random.default_rng(0)
    objects = make.Objects()
    tensors = {f"l{i}": rng.normal(size=(500, 1000)).astype("f4") for i in range(10)}
    base = make.model(objects, tensors)
    other = make.model(objects, {path: w + np.float32(0.01) for path, w in tensors.items()})
    start = time.perf_counter()
    found = diff(base, other, objects)
    assert time.perf_counter() - start < 1
    assert isinstance(found, WeightsDiff)
    assert len(found.models[0].tensors) == 10
