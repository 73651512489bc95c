"""What a person wrote beside the cells of a frame comes back, or it is said that it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import testing

from jupyter_mvt.capture.variables.objects import freeze_objects, restore_objects
from jupyter_mvt.errors import RestoreError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.testing.adapters import thaw
from tests.capture.variables.test_variables import round_trip

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.binary(max_size=3)
)
KEYS = st.one_of(st.text(max_size=3), st.integers(), st.tuples(st.integers()))
ATTRS = st.dictionaries(
    KEYS,
    st.recursive(
        LEAVES,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.tuples(inner, inner),
            st.dictionaries(KEYS, inner, max_size=3),
        ),
        max_leaves=6,
    ),
    max_size=3,
)
TABLES = {
    "frame": lambda: pd.DataFrame({"a": [1, 2], "b": ["x", None]}, index=["p", "q"]),
    "grid": lambda: pd.DataFrame(np.eye(2), columns=["a", "b"]),
    "objects": lambda: pd.DataFrame({"a": [(1, 2), 3]}),
    "levels": lambda: pd.DataFrame(
        {"a": [1]}, index=pd.MultiIndex.from_tuples([(1, "x")], names=["n", None])
    ),
    "days": lambda: pd.Series([1, 2], pd.date_range("2024-01-01", periods=2), name="n"),
    "series": lambda: pd.Series([1.5, None], name="s"),
    "categories": lambda: pd.Series(pd.Categorical(["a", None])),
}
FORMS = {
    "alone": (lambda value: value, lambda found: found),
    "inside": (lambda value: {"k": value}, lambda found: found["k"]),
    "with a tensor": (lambda value: {"k": value, "t": torch.ones(1)}, lambda found: found["k"]),
}


def same(found, value):
    compare = testing.assert_frame_equal if value.ndim == 2 else testing.assert_series_equal
    compare(found, value, check_freq=True)
    assert (type(found.index), found.flags) == (type(value.index), value.flags)


@settings(deadline=None, max_examples=60)
@given(
    attrs=ATTRS, unique=st.booleans(), table=st.sampled_from([*TABLES]),
    form=st.sampled_from([*FORMS]),
)  # fmt: skip
def test_attributes_and_flags_come_back_as_they_were(attrs, unique, table, form):
    value = TABLES[table]()
    value.attrs = attrs
    value.flags.allows_duplicate_labels = not unique
    put, taken = FORMS[form]
    kind, back, notes = round_trip(put(value))
    found = taken(back)
    assert (kind, notes) == ("declarative", ())
    assert repr(found.attrs) == repr(value.attrs)
    same(found, value)


@pytest.mark.parametrize("form", FORMS)
def test_arrays_among_the_attributes_come_back(form):
    value = TABLES["frame"]()
    value.attrs = {"scale": np.arange(3, dtype="f4")}
    put, taken = FORMS[form]
    kind, back, notes = round_trip(put(value))
    scale = taken(back).attrs["scale"]
    assert (kind, notes) == ("declarative", ())
    assert (scale.dtype, scale.tolist()) == (np.dtype("f4"), [0, 1, 2])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("table", ["frame", "series"])
def test_an_attribute_that_pandas_does_not_know_is_not_kept_and_it_is_said(table, form):
    value = TABLES[table]()
    value.source = "a sensor"
    put, taken = FORMS[form]
    kind, back, (note,) = round_trip(put(value))
    said = f"the attribute 'source' of a {type(value).__name__} is not kept"
    assert (kind, note.kind, note.about, note.text) == ("declarative", "partial", "v", said)
    assert not hasattr(taken(back), "source")
    same(taken(back), value)


def test_labels_that_are_not_unique_are_refused_where_they_are_said_to_be():
    value = pd.DataFrame({"a": [1, 2]}, index=["p", "p"])
    value.attrs = {1: "which Arrow would make text"}
    frozen = freeze_objects({"v": value})
    data = decode(frozen.state)
    next(node for node in data["nodes"] if node[0] == "pandas grid").append("unique labels")
    forged = thaw(replace(frozen, state=encode(data)))
    with pytest.raises(RestoreError) as refused:
        restore_objects(forged.state, forged.entries, forged.read)
    assert refused.value.code == "state-refused"
