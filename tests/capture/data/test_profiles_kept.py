"""A profile that is remembered is that of the same content, whatever was written in place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from jupyter_mvt.capture.data import fingerprint as module
from jupyter_mvt.capture.data.fingerprint import describe
from tests.capture.data.test_data import tables


def test_what_was_profiled_before_is_told_again_only_of_the_same_content():
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"a": rng.normal(size=150_000), "b": np.arange(150_000)})
    first = describe(frame, "frame")
    assert describe(frame, "frame") == first
    # A write in place, past pandas: no object and no shape tells of it.
    values = frame["a"].array.to_numpy(copy=False)
    values.flags.writeable = True
    values[:] = values + 1
    second = describe(frame, "frame")
    module._profiled.clear()
    assert second == describe(frame, "frame")
    old, new = first.schema.columns[0], second.schema.columns[0]
    assert old.digest != new.digest
    assert new.profile["mean"] == pytest.approx(old.profile["mean"] + 1)
    assert second.schema.columns[1] == first.schema.columns[1]


@settings(max_examples=40, deadline=None)
@given(tables(), tables())
def test_profiles_from_memory_are_those_of_a_first_look(one, other):
    describe(one, "x")
    remembered = describe(other, "x")
    module._profiled.clear()
    assert describe(other, "x") == remembered
