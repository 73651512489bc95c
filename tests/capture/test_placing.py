"""Content put in place piece by piece: the law is that it is what it would be as a whole."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from jupyter_mvt.capture.arrays import raw
from jupyter_mvt.capture.placing import place, placed
from jupyter_mvt.errors import CorruptionError
from tests.capture.test_arrays import DTYPES


def cut(draw, content):
    places = sorted({0, len(content), *draw(st.lists(st.integers(0, len(content)), max_size=6))})
    return [memoryview(content)[a:b] for a, b in pairwise(places)]


@settings(max_examples=300, deadline=None)
@given(
    st.data(),
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5),
    st.sampled_from("CF"),
)
def test_any_cut_gives_the_array(data, shape, order):
    array = np.asarray(data.draw(arrays.arrays(data.draw(DTYPES), shape)), order=order)
    content = bytes(raw(array))
    again = placed(cut(data.draw, content), array.dtype, shape, order, len(content))
    assert (again.dtype, again.shape) == (array.dtype, array.shape)
    assert again.flags.f_contiguous if order == "F" else again.flags.c_contiguous
    assert (again.tobytes(), again.flags.writeable) == (array.tobytes(), True)


@settings(max_examples=200, deadline=None)
@given(
    st.data(),
    arrays.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=5),
    st.permutations(range(4)),
)
def test_memory_in_any_order_is_filled(data, shape, axes):
    array = data.draw(arrays.arrays(data.draw(DTYPES), shape))
    array = array.transpose([axis for axis in axes if axis < array.ndim])
    target = np.empty_like(array)
    place(target, cut(data.draw, bytes(raw(array))))
    assert target.tobytes() == array.tobytes()


@pytest.mark.parametrize("content", [b"", b"12345678", b"1234567", bytes(23), bytes(32)])
def test_content_of_another_size_is_refused(content):
    with pytest.raises(CorruptionError) as refused:
        placed([memoryview(content)], np.dtype("<f8"), (3, 1), "F", 24)
    assert refused.value.code == "corrupt-shape"


@pytest.mark.parametrize("nbytes", [0, 16, 23])
def test_a_shape_of_another_size_is_refused(nbytes):
    with pytest.raises(CorruptionError) as refused:
        placed([memoryview(bytes(24))], np.dtype("<f8"), (1 << 40, 3), "F", nbytes)
    assert refused.value.code == "corrupt-shape"
