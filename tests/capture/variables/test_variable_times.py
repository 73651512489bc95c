"""Columns of times and of flags are kept as Arrow has them, and come back in their own memory."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture import arrowruns, pandasparts
from jupyter_mvt.capture.arrowparts import freeze_table
from jupyter_mvt.capture.variables.tables import table_state
from tests.capture.variables.test_variable_tables import back

ZONES = ["UTC", datetime.UTC, ZoneInfo("Europe/Berlin"),
         datetime.timezone(datetime.timedelta(hours=2))]  # fmt: skip
DTYPES = [np.dtype(name) for name in ("M8[s]", "M8[ms]", "M8[ns]", "m8[s]", "m8[us]")]
DTYPES += [pd.DatetimeTZDtype(unit, zone) for unit in ("us", "ns") for zone in ZONES]
NUMBERS = st.one_of(st.none(), st.integers(-(10**9), 10**9))


def column(dtype, values):
    numbers = [np.iinfo(np.int64).min if value is None else value for value in values]
    made = np.array(numbers, np.int64)
    if dtype.kind == "b":
        return pd.Series([value is None for value in values], dtype=bool)
    if isinstance(dtype, np.dtype):
        return pd.Series(made.view(dtype))
    return pd.Series(pd.array(made, dtype=dtype))


@pytest.mark.parametrize("dtype", [*DTYPES, np.dtype(bool)], ids=str)
@settings(deadline=None, max_examples=40)
@given(st.lists(NUMBERS, max_size=40), st.integers(0, 9), st.integers(1, 2))
def test_times_and_flags_are_kept_as_arrow_has_them(dtype, values, start, step):
    series = column(dtype, values)[start::step].reset_index(drop=True)
    frame = pd.DataFrame({"a": series, "n": np.arange(len(series)), "again": series[::-1].array})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pandasparts, "_AT_ONCE", 8)
        patch.setattr(pandasparts, "_OWN", 0)
        patch.setattr(arrowruns, "_AT_ONCE", 16)
        state, parts = table_state(frame)
        wanted, others = freeze_table(pa.Table.from_pandas(frame))
        assert state["table"] == wanted
        told = [(part.path, part.dtype, part.shape, bytes(part.read())) for part in parts]
        assert told == [(one.path, one.dtype, one.shape, bytes(one.read())) for one in others]
        found = back(v=frame, s=frame["a"])
    pd.testing.assert_frame_equal(found["v"], frame)
    pd.testing.assert_series_equal(found["s"], frame["a"])
    assert str(found["s"].dtype) == str(frame["a"].dtype)
    if len(frame):  # memory that may be written to, and is of this column only
        found["v"].loc[0, "a"] = found["v"]["again"][len(frame) - 1]
        pd.testing.assert_series_equal(found["v"]["again"], frame["again"])


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_times_after_a_change_of_the_clock_stay_the_same_moments(zone):
    times = pd.date_range("2024-10-26", periods=4000, freq="min", tz="UTC", unit="s")
    frame = pd.DataFrame({"at": pd.Series(times).dt.tz_convert(zone)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pandasparts, "_OWN", 0)
        found = back(v=frame)["v"]
    pd.testing.assert_frame_equal(found, frame)
    assert (found["at"].dt.tz_convert("UTC") == times).all()
