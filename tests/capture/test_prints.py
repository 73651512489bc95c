"""Fingerprints of values: what changed has another one, and a busy machine sees as much."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jupyter_mvt.capture import prints
from jupyter_mvt.capture.prints import Prints

A_LOOK = 0.007


def seen(value, seconds=5.0):
    return Prints(seconds).of(value)


def table():
    return pd.DataFrame({
        "a": [1, 2], "s": ["x", None], "c": pd.Categorical(["u", "v"]), "l": [[1], [2]],
        "d": pd.to_datetime(["2020", "2021"]), "t": pd.to_datetime(["2020", "2021"], utc=True),
        "i": pd.array([1, None], dtype="Int64"), "f": [1.5, float("nan")],
    })  # fmt: skip


CHANGES = {
    "a number": lambda d: d.assign(a=[1, 3]),
    "a text": lambda d: d.assign(s=["y", None]),
    "a text for none": lambda d: d.assign(s=["x", "None"]),
    "a list within": lambda d: d["l"][0].append(3) or d,
    "an index": lambda d: d.set_axis([5, 6]),
    "the name of an index": lambda d: d.rename_axis("q"),
    "the name of a column": lambda d: d.rename(columns={"a": "b"}),
    "the type of a column": lambda d: d.astype({"a": "float64"}),
    "a category that is not used": lambda d: d.assign(c=d.c.cat.add_categories(["w"])),
    "an order of categories": lambda d: d.assign(c=d.c.cat.as_ordered()),
    "a number for none": lambda d: d.assign(i=pd.array([1, 2], dtype="Int64")),
    "a time": lambda d: d.assign(d=d.d + pd.Timedelta(1)),
    "a time zone": lambda d: d.assign(t=d.t.dt.tz_convert("Asia/Tokyo")),
    "an order of rows": lambda d: d[::-1],
    "columns as an index": lambda d: d.set_index(["a", "d"]),
    "what is noted of it": lambda d: d.attrs.update(k=1) or d,
}


@pytest.mark.parametrize("change", CHANGES)
def test_tables_that_differ_have_other_prints(change):
    assert seen(table()) == seen(table()) is not None
    assert seen(CHANGES[change](table())) not in (seen(table()), None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, True], [1, 1]),
        ([1], [1.0]),
        (["1"], [1]),
        ({1: "a"}, {"1": "a"}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (["a"], "['a']"),
        (["a", "b"], ["a', 'b"]),
        ([0.0], [-0.0]),
        ({1, 2}, {1}),
        (np.arange(3), np.arange(3.0)),
        (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[1, 1])),
        (np.array(["a", 1], object), np.array(["a", "1"], object)),
        (pd.Index([1, 2]), pd.Index([1, 2], name="k")),
        (pd.MultiIndex.from_product([[1], [2]]), pd.MultiIndex.from_product([[1], [3]])),
    ],
)  # fmt: skip
def test_values_that_differ_have_other_prints(one, other):
    assert None not in (seen(one), seen(other))
    assert seen(one) != seen(other)


def test_an_array_that_may_not_be_written_to_is_another_value():
    array = np.arange(3)
    before = seen(array)
    array.flags.writeable = False
    assert seen(array) not in (before, None)


def test_how_much_is_seen_needs_no_clock(monkeypatch):
    values = [np.zeros(1 << 20), list(range(5000)), table(), np.zeros(1 << 22),
              [[n] for n in range(500)], [[n] for n in range(10_000)]]  # fmt: skip
    monkeypatch.setattr(prints, "thread_time", lambda: 0.0)
    assert [Prints(A_LOOK).of(value) is not None for value in values] == [
        True, True, True, False, True, False,
    ]  # fmt: skip


def test_work_stops_when_it_takes_far_longer_than_thought(monkeypatch):
    now = iter(range(10_000))
    monkeypatch.setattr(prints, "thread_time", lambda: float(next(now)))
    assert Prints(A_LOOK).of([[n] for n in range(100)]) is None
