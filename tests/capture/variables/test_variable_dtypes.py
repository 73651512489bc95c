"""Arrays of any dtype come back in that dtype, as data where a name tells all of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from jupyter_mvt.capture.arrays import dtype_name, dtype_of, is_nameable
from tests.capture.variables.test_variables import round_trip

NAMELESS = {
    "titles": np.dtype([(("title", "a"), "i4"), ("b", "f8")]),
    "overlapping": np.dtype({"names": ["a", "b"], "formats": ["i4", "i2"], "offsets": [0, 2]}),
    "two byte orders": np.dtype([("a", ">i4"), ("b", "<i4")]),
    "no fields": np.dtype([]),
}
FORMS = {
    "alone": (lambda value: value, lambda found: found),
    "inside": (lambda value: {"k": value}, lambda found: found["k"]),
    "with a tensor": (lambda value: {"k": value, "t": torch.ones(1)}, lambda found: found["k"]),
}


def described(dtype):
    """Return all that tells a dtype from others; ``==`` passes over byte orders of fields."""
    fields = {
        name: (described(field[0]), field[1:]) for name, field in (dtype.fields or {}).items()
    }
    return dtype.str, dtype.itemsize, dtype.names, fields, dtype.metadata


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(arrays.scalar_dtypes(), arrays.nested_dtypes(), st.sampled_from([*NAMELESS.values()]))
)
def test_a_dtype_with_a_name_is_what_its_name_says(dtype):
    if is_nameable(dtype):
        little = dtype.newbyteorder("<")
        assert described(dtype_of(dtype_name(dtype))) == described(little)
        assert described(dtype) in (described(little), described(dtype.newbyteorder(">")))
    else:
        assert not dtype.itemsize or dtype.names


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMELESS)
def test_a_dtype_that_no_name_tells_is_kept_in_a_pickle_and_it_is_said(name, form):
    value = np.zeros(3, NAMELESS[name])
    for field, number in zip(value.dtype.names, (1, 2), strict=False):
        value[field] = number
    put, taken = FORMS[form]
    kind, back, (note,) = round_trip(put(value), trusted=True)
    found = taken(back)
    assert (kind, note.kind) == ("pickle", "warning")
    assert note.text.endswith("is kept as a pickle: restoring it runs code")
    assert described(found.dtype) == described(value.dtype)
    assert found.tolist() == value.tolist()


@pytest.mark.parametrize("form", FORMS)
def test_metadata_of_a_dtype_is_not_kept_and_it_is_said(form):
    put, taken = FORMS[form]
    value = np.ones(2, np.dtype("f4", metadata={"unit": "m"}))
    kind, back, (note,) = round_trip(put(value))
    assert (kind, note.text) == ("declarative", "the metadata of a dtype of numpy is not kept")
    assert (taken(back).dtype, taken(back).tolist()) == (np.dtype("f4"), [1, 1])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "value",
    [
        np.rec.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")])[0],
        np.bytes_(b"a\x00\x00"),
        np.str_("a\x00"),
        np.str_("\ud800"),
    ],
    ids=repr,
)
def test_scalars_of_records_and_texts_with_zeros_stay_what_they_are(value, form):
    put, taken = FORMS[form]
    kind, back, notes = round_trip(put(value))
    found = taken(back)
    assert (kind, notes) == ("declarative", ())
    assert (type(found), found.dtype, found.tobytes()) == (
        type(value),
        value.dtype,
        value.tobytes(),
    )


@pytest.mark.parametrize("order", ["C", "F"])
def test_what_must_not_be_written_to_is_so_again(order):
    value = np.array([[1.0, 2.0], [3.0, 4.0]], order=order)
    value.flags.writeable = False
    for form in ("alone", "inside"):
        put, taken = FORMS[form]
        found = taken(round_trip(put(value))[1])
        assert (found.flags.writeable, found.flags.f_contiguous) == (False, order == "F")
        assert found.tolist() == value.tolist()


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_array_may_be_written_to_again(form):
    put, taken = FORMS[form]
    found = taken(round_trip(put(np.empty((2, 0, 3), "i2")))[1])
    assert (found.shape, found.dtype, found.flags.writeable) == ((2, 0, 3), np.dtype("i2"), True)
