"""Labels, categories, times and spans of pandas come back as they were; forged ones are refused."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import testing

from jupyter_mvt.capture.variables.objects import freeze_objects, restore_objects
from jupyter_mvt.errors import CorruptionError, RestoreError
from jupyter_mvt.testing.adapters import identity, thaw

WORDS = st.one_of(st.none(), st.text(max_size=4))
TIMES = st.datetimes(pd.Timestamp("1800-01-01"), pd.Timestamp("2200-01-01"))
LEVELS = st.one_of(
    st.lists(WORDS, min_size=1, max_size=6),
    st.lists(st.integers(-9, 9), min_size=1, max_size=6),
    st.lists(st.floats(width=32), min_size=1, max_size=6),
    st.lists(st.one_of(st.none(), TIMES), min_size=1, max_size=6).map(pd.to_datetime),
)


def again(value):
    frozen = freeze_objects({"v": value})
    kept = thaw(frozen)
    assert identity(freeze_objects({"v": value})) == identity(frozen)
    return restore_objects(kept.state, kept.entries, kept.read)["v"]


@settings(deadline=None, max_examples=60)
@given(levels=st.lists(LEVELS, min_size=1, max_size=3), data=st.data())
def test_levels_and_codes(levels, data):
    rows = data.draw(st.integers(0, 8))
    arrays = [[data.draw(st.sampled_from(list(level))) for _ in range(rows)] for level in levels]
    names = data.draw(st.lists(WORDS, min_size=len(levels), max_size=len(levels)))
    index = pd.MultiIndex.from_arrays(arrays, names=names)
    back = again(index)
    testing.assert_index_equal(back, index, exact=True)
    assert [level.dtype for level in back.levels] == [level.dtype for level in index.levels]
    assert [list(codes) for codes in back.codes] == [list(codes) for codes in index.codes]


@settings(deadline=None, max_examples=60)
@given(values=LEVELS, ordered=st.booleans(), data=st.data())
def test_categories(values, ordered, data):
    known = pd.Index(values).drop_duplicates().dropna()
    codes = data.draw(st.lists(st.integers(-1, len(known) - 1), max_size=8))
    one = pd.Categorical.from_codes(codes, known, ordered=ordered)
    back = again(one)
    testing.assert_index_equal(back.categories, one.categories, exact=True)
    assert (back.codes.tolist(), back.ordered) == (one.codes.tolist(), one.ordered)
    assert back.codes.dtype == one.codes.dtype
    index = pd.CategoricalIndex(one, name="kind")
    testing.assert_index_equal(again(index), index, exact=True)


@settings(deadline=None, max_examples=40)
@given(
    times=st.lists(st.one_of(st.none(), TIMES), max_size=6),
    zone=st.sampled_from([None, "UTC", "Europe/Berlin", "America/Sao_Paulo"]),
    unit=st.sampled_from(["s", "ms", "us", "ns"]),
)
def test_times(times, zone, unit):
    index = pd.DatetimeIndex(times, name="when").as_unit(unit).tz_localize("UTC")
    index = index.tz_localize(None) if zone is None else index.tz_convert(zone)
    testing.assert_index_equal(again(index), index, exact=True)
    spans = index - pd.Timestamp(0, tz=zone)
    testing.assert_index_equal(again(spans), spans, exact=True)


@pytest.mark.parametrize("freq", ["D", "h", "MS", "W-TUE", "2QE-MAR"])
def test_times_keep_their_step(freq):
    index = pd.date_range("2024-01-31", periods=5, freq=freq)
    assert again(index).freqstr == index.freqstr
    assert again(index[::2]).freq == index[::2].freq


def test_what_names_share_stays_shared():
    index = pd.MultiIndex.from_product([["a"], [1, 2]])
    frozen = thaw(freeze_objects({"a": {"i": index}, "b": [index]}))
    found = restore_objects(frozen.state, frozen.entries, frozen.read)
    assert found["a"]["i"] is found["b"][0]


FORGED = {
    "a code beyond its level": (
        pd.MultiIndex.from_arrays([["a", "b"]] * 2), lambda node: node[2].reverse()),
    "a level that is no index": (
        pd.MultiIndex.from_arrays([["a"], ["b"]]), lambda node: node.__setitem__(1, [1, 2])),
    "a unit that is none": (
        pd.date_range("2024", periods=2), lambda node: node.__setitem__(2, "fortnight")),
    "a step that is not theirs": (
        pd.date_range("2024", periods=3), lambda node: node.__setitem__(5, "MS")),
    "a step that is no word": (
        pd.period_range("2024", periods=3), lambda node: node.__setitem__(2, 7)),
    "another class": (
        pd.date_range("2024", periods=2), lambda node: node.__setitem__(1, "DataFrame")),
    "an end before its start": (
        pd.interval_range(1, 3), lambda node: node.__setitem__(slice(1, 3), node[2:0:-1])),
    "codes that are words": (
        pd.Categorical(["a"]), lambda node: node.__setitem__(1, "a")),
    "an order that is none": (
        pd.CategoricalDtype(["a"]), lambda node: node.__setitem__(2, "yes")),
    "an index of no categories": (
        pd.CategoricalIndex(["a"]), lambda node: node.__setitem__(1, 1)),
    "a period that is no number": (pd.Period("2024"), lambda node: node.__setitem__(1, "now")),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_forged_ones_are_refused(name):
    value, forge = FORGED[name]
    kinds = {"MultiIndex": "levels", "DatetimeIndex": "moments", "PeriodIndex": "periods",
             "IntervalIndex": "intervals", "Categorical": "categorical", "Period": "period",
             "CategoricalDtype": "categories", "CategoricalIndex": "category index"}  # fmt: skip
    kept = thaw(freeze_objects({"v": value}))
    state = json.loads(kept.state)
    (node,) = [node for node in state["nodes"] if node[0] == kinds[type(value).__name__]]
    forge(node)
    if name == "a code beyond its level":
        node[1] = [node[1][0], node[1][0]]
        node[2] = [node[2][0]]
    with pytest.raises((RestoreError, CorruptionError)):
        restore_objects(json.dumps(state).encode(), kept.entries, kept.read)


def test_codes_out_of_their_categories_are_refused():
    kept = thaw(freeze_objects({"v": pd.Categorical(["a", "b", "c"])}))
    state = json.loads(kept.state)
    (node,) = [node for node in state["nodes"] if node[0] == "index"]
    node[2] = node[2][:1]
    with pytest.raises((RestoreError, CorruptionError)):
        restore_objects(json.dumps(state).encode(), kept.entries, kept.read)
