"""The live leaderboard: blocks of rows and columns, sorted and searched in Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from jupyter_mvt.api.repo import Repo

Ask = Callable[..., Any]


def names(reply: Any) -> list[str]:
    return [row["version"]["name"] for row in reply["data"]["rows"]]


def test_it_begins_with_its_first_block_and_all_columns(repo: Repo) -> None:
    view = json.loads(repo.leaderboard("accuracy", limit=30).widget().payload)
    assert view["live"] is True
    assert [column["key"] for column in view["columns"]] == ["m:loss", "p:lr"]
    assert view["rows"][0]["version"]["name"] == "v30"
    assert set(view["rows"][0]["cells"]) == {"accuracy", "m:loss", "p:lr"}
    assert len(view["rows"][0]["trail"]) == 16


def test_rows_are_sorted_and_searched(repo: Repo, ask: Ask) -> None:
    widget = repo.leaderboard("accuracy", limit=30).widget()
    smallest = ask(widget, "page", sort="p:lr", descending=False, start=0, stop=3, keys=["p:lr"])
    assert names(smallest) == ["v1", "v2", "v3"]
    assert set(smallest["data"]["rows"][0]["cells"]) == {"accuracy", "p:lr"}
    found = ask(widget, "page", sort="m:loss", descending=True, query="v2", stop=30, keys=[])
    assert names(found)[:2] == ["v2", "v20"]
    assert found["data"]["total"] == 11
    assert names(ask(widget, "page", sort="version", descending=True, start=28, stop=99)) == [
        "v2",
        "v1",
    ]


def test_what_a_question_holds_is_bounded(repo: Repo, ask: Ask) -> None:
    widget = repo.leaderboard("accuracy", limit=30).widget()
    assert names(ask(widget, "page", start=-4, stop=10**9, keys="nonsense")) == [
        row.version.name for row in repo.leaderboard("accuracy", limit=30).rows
    ]
    assert ask(widget, "page", sort="m:no such", stop=2)["data"]["total"] == 30
