"""What is recorded as settings can be read again; everything else is refused before."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mvt.errors import UsageError
from jupyter_mvt.objects.settings import SETTINGS, Settings, read_settings, settings_text
from jupyter_mvt.objects.view import View

NAMES = [item.name for item in fields(Settings)]
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.lists(st.integers(), max_size=2), st.builds(object),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3))
def test_settings_come_back_from_their_record_or_are_refused(values: dict[str, Any]) -> None:
    try:
        checked = replace(Settings(), **values).check()
    except UsageError as error:
        assert error.code == "bad-settings"
        return
    assert read_settings(View(marks={SETTINGS: settings_text(checked)})) == checked
    assert checked == replace(Settings(), **values)


@pytest.mark.parametrize(
    ("name", "value", "told", "hint"),
    [
        ("quota_bytes", "20GB", "quota_bytes cannot be '20GB'.", "mvt du quota 20GB"),
        ("quota_bytes", 1.5, "quota_bytes cannot be 1.5.", "mvt du quota 20GB"),
        ("keep_last", True, "keep_last cannot be True.", "mvt help gc policy"),
        ("grace_days", -1, "Days are a number from 0 to 99,999.",
         "mvt gc policy --last 10 --best 3 --by accuracy"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(name: str, value: Any, told: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        replace(Settings(), **{name: value}).check()
    assert raised.value.lines() == [f"UsageError [bad-settings]: {told}", f"Hint: {hint}"]


def test_a_whole_number_of_bytes_may_be_written_as_a_float() -> None:
    checked = replace(Settings(), quota_bytes=20e9).check()
    assert (checked.quota_bytes, type(checked.quota_bytes)) == (20_000_000_000, int)
