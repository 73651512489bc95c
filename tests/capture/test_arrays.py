"""Arrays as parts: the law is that content, dtype and shape come back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from jupyter_mvt.capture.arrays import (
    array_of,
    array_part,
    check_entry,
    dtype_name,
    dtype_of,
    raw,
    stretch,
)
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.manifest import Entry
from jupyter_mvt.store.chunking import cut

DTYPES = st.one_of(
    arrays.boolean_dtypes(),
    arrays.integer_dtypes(endianness="="),
    arrays.unsigned_integer_dtypes(endianness=">"),
    arrays.floating_dtypes(),
    arrays.complex_number_dtypes(),
    arrays.datetime64_dtypes(),
    arrays.unicode_string_dtypes(max_len=7),
    arrays.byte_string_dtypes(max_len=7),
)


def stored(array):
    part = array_part(array, "a")
    return Entry(
        path="a", dtype=part.dtype, shape=part.shape, nbytes=part.nbytes, chunks=()
    ), memoryview(bytearray(part.read()))


@settings(max_examples=300, deadline=None)
@given(
    st.data(),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    st.sampled_from("CFTR"),
)
def test_any_array_comes_back(data, shape, order):
    array = data.draw(arrays.arrays(data.draw(DTYPES), shape))
    array = {"C": array, "F": np.asfortranarray(array), "T": array.T, "R": array[::-1]
             if array.ndim else array}[order]  # fmt: skip
    again = array_of(*stored(array))
    little = np.array(array, dtype=array.dtype.newbyteorder("<"), order="C")
    assert (again.dtype, again.shape) == (little.dtype, little.shape)
    assert again.tobytes() == little.tobytes()
    assert again.flags.writeable


@settings(max_examples=300, deadline=None)
@given(
    st.data(),
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=5),
    st.permutations(range(4)),
    st.sampled_from([1, -1, 2]),
)
def test_a_stretch_is_what_the_whole_has_there(data, shape, axes, step):
    array = data.draw(arrays.arrays(data.draw(DTYPES), shape))
    array = array.transpose([axis for axis in axes if axis < array.ndim])
    array = array[..., ::step] if array.ndim else array
    whole = bytes(raw(array))
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, len(whole)))
    assert bytes(stretch(array, start, stop)) == whole[start:stop]


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_large_array_is_read_in_stretches(order):
    array = np.arange(9 << 18, dtype=">f8").reshape(9, -1)
    part = array_part(array.copy(order), "a")
    assert part.window is not None
    assert b"".join(cut(part)) == bytes(raw(array))


def test_padding_of_a_stretch_is_no_content():
    dtype = np.dtype([("flag", "u1"), ("value", "f8")], align=True)
    noise = np.frombuffer(bytes([255]) * dtype.itemsize * 5, dtype)
    assert bytes(stretch(noise, 7, 61)) == bytes(raw(noise))[7:61]


def test_padding_is_no_content():
    dtype = np.dtype([("flag", "u1"), ("value", "f8"), ("more", "i4", (2,))], align=True)
    one = np.frombuffer(bytes([255]) * dtype.itemsize * 3, dtype).copy()
    other = np.zeros(3, dtype)
    for name in dtype.names:
        other[name] = one[name]
    assert bytes(stored(one)[1]) == bytes(stored(other)[1])
    again = array_of(*stored(one))
    assert again.dtype == dtype
    assert again["flag"].tolist() == [255, 255, 255]


@pytest.mark.parametrize(
    ("dtype", "name"),
    [("f4", "float32"), (">f8", "float64"), ("U7", "<U7"), ("M8[ns]", "<M8[ns]"), ("?", "bool"),
     ("c8", "complex64"), ([("a", "<i4"), ("b", "<f8")], '[["a","<i4"],["b","<f8"]]')],
)  # fmt: skip
def test_names_of_dtypes(dtype, name):
    assert dtype_name(np.dtype(dtype)) == name
    assert dtype_of(name) == np.dtype(dtype).newbyteorder("<")


@pytest.mark.parametrize("name", ["object", "O", '[["a","O"]]', "nonsense", "[[1]]", "", "["])
def test_what_is_no_dtype_is_refused(name):
    with pytest.raises(CorruptionError) as refused:
        dtype_of(name)
    assert refused.value.code == "corrupt-dtype"


@pytest.mark.parametrize("shape", [(2**40, 2**40), (-1,), (3,), (1,) * 40])
def test_a_shape_that_is_not_its_bytes_is_refused(shape):
    entry = Entry(path="a", dtype="float64", shape=shape, nbytes=8, chunks=())
    with pytest.raises(CorruptionError) as refused:
        check_entry(entry)
    assert refused.value.code == "corrupt-shape"
