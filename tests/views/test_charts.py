"""Charts: strict JSON, fields renamed, and no text of a repository in an expression."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from jupyter_mvt.history.results import Usage, UsageRow
from jupyter_mvt.views import upkeep
from tests.views import samples

EVIL = "'); datum['x'] = alert(1) //"


def usage() -> Usage:
    rows = tuple(UsageRow(name=f"v{i}", total_bytes=9, own_bytes=i, message=EVIL) for i in range(9))
    return Usage(stored_bytes=90, full_bytes=180, trash_bytes=5, free_bytes=10, quota_bytes=None,
                 droppable="", droppable_bytes=0, branches=(), versions=rows)  # fmt: skip


def hostile_log() -> Any:
    log = samples.log()
    first = log.entries[0]
    return replace(log, entries=(replace(first, version=replace(first.version, message=EVIL)),
                                 *log.entries[1:]))  # fmt: skip


@pytest.mark.parametrize(
    "value", [hostile_log(), samples.leaderboard(), samples.full_diff(), usage()]
)
def test_fields_are_renamed_and_no_text_is_run(value: Any) -> None:
    spec = value.chart().to_dict()
    text = json.dumps(spec, allow_nan=False)
    (rows,) = spec.pop("datasets").values()
    assert rows
    assert all(key.startswith("f") and key[1:].isdigit() for row in rows for key in row)
    assert "alert(1)" not in json.dumps(spec)
    assert '"expr"' not in text
    assert "transform" not in text


def test_what_waits_in_the_trash_is_not_said_to_be_freed_now() -> None:
    view = upkeep.usage(usage())
    assert view["figures"] == [
        {"text": "90\u00a0B", "key": "on disk"},
        {"text": "5\u00a0B", "key": "of it in the trash"},
        {"text": "180\u00a0B", "key": "if all were full copies"},
        {"text": "10\u00a0B", "key": "would be freed"},
    ]


def test_a_log_is_drawn_by_version_and_branch() -> None:
    spec = samples.log().chart().to_dict()
    (rows,) = spec["datasets"].values()
    assert rows[0]["f3"] == "v9"
    assert spec["layer"][0]["encoding"]["x"]["field"] == "f0"
