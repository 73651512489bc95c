"""The live timeline: what it begins with, what it answers, what is selected."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import traitlets

from jupyter_mvt.api.repo import Repo
from jupyter_mvt.api.version import Version
from jupyter_mvt.display import MIME
from jupyter_mvt.views.rail import Rail
from tests.widgets.conftest import COUNT, value_of

Ask = Callable[..., Any]


def test_it_begins_with_the_newest_and_a_coarse_course(repo: Repo) -> None:
    view = json.loads(repo.timeline().payload)
    begins = view["timeline"]
    assert (view["view"], view["total"], begins["total"]) == ("log", COUNT, COUNT)
    assert view["metric"] == "accuracy|test"
    assert view["production"] == "v25"
    assert [row["version"]["name"] for row in view["rows"]] == [f"v{n}" for n in range(30, 0, -1)]
    course = begins["course"]
    assert (course["first"], course["last"]) == (0, COUNT - 1)
    assert course["middle"] == pytest.approx([value_of(n) for n in range(1, COUNT + 1)])
    # v20 is the 19th place from the oldest; wobbles are no falls.
    assert course["falls"] == [[19, pytest.approx(value_of(20))]]
    assert begins["marks"] == [
        {"at": 24, "value": pytest.approx(value_of(25)), "labels": ["production"]}
    ]


def test_a_window_has_the_least_median_and_greatest_of_each_column(repo: Repo, ask: Ask) -> None:
    key = {"metric": "accuracy|test"}
    data = ask(repo.timeline(), "course", first=0, last=8, count=3, **key)["data"]
    rows = [[value_of(n) for n in range(a, a + 3)] for a in (1, 4, 7)]
    assert data["low"] == pytest.approx([min(row) for row in rows])
    assert data["middle"] == pytest.approx([sorted(row)[1] for row in rows])
    assert data["high"] == pytest.approx([max(row) for row in rows])


def test_pages_hold_rows_with_their_change_and_graph(repo: Repo, ask: Ask) -> None:
    data = ask(repo.timeline(), "rows", start=10, stop=21, metric="accuracy|test")["data"]
    rows = data["rows"]
    assert [row["version"]["name"] for row in rows] == [f"v{n}" for n in range(20, 9, -1)]
    assert rows[0]["points"]["accuracy|test"]["verdict"] == "worse"
    assert rows[0]["regressed"][0].startswith("Accuracy −")
    # v16 follows v10 again: its line runs in column 0 beside exp/lr's.
    assert data["columns"] == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0]
    assert data["parents"][4] == [20]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("run 13", ["v13"]),
        ("PRODUCTION", ["v25"]),
        ("v7", ["v7"]),
        ("accuracy@test > 0.79", ["v30", "v29"]),
        ("no such word", []),
        ("100%_'", []),
    ],
)
def test_a_search_leaves_versions_and_their_ties(
    repo: Repo, ask: Ask, query: str, names: list[str]
) -> None:
    data = ask(repo.timeline(), "open", query=query, metric="accuracy|test")["data"]
    assert [row["version"]["name"] for row in data["page"]["rows"]] == names
    assert data["total"] == len(names)


def test_a_branch_is_tied_through_what_is_left_out(repo: Repo, ask: Ask) -> None:
    data = ask(repo.timeline(), "open", branch="main", metric="accuracy|test")["data"]
    assert data["total"] == 25
    assert [up for up in data["page"]["parents"] if len(up) != 1] == [[]]


@pytest.mark.parametrize(
    ("what", "more", "error"),
    [
        ("open", {"query": "accuracy >"}, "The filter cannot be read at column 11"),
        ("course", {"first": "x"}, "first is not a whole number."),
        ("module", {"name": "../live"}, "There is no such view."),
        ("version", {"name": "v99"}, "'v99'"),
        ("unheard-of", {}, "This widget does not answer that."),
    ],
)
def test_what_cannot_be_answered_is_said(
    repo: Repo, ask: Ask, what: str, more: dict[str, Any], error: str
) -> None:
    reply = ask(repo.timeline(), what, **more)
    assert error in reply["error"]
    assert "data" not in reply


def test_other_views_are_answered(repo: Repo, ask: Ask) -> None:
    widget = repo.timeline()
    assert ask(widget, "diff", base="v1", other="v2")["data"]["view"] == "diff"
    assert ask(widget, "version", name="v3")["data"]["version"]["name"] == "v3"


def test_the_selection_flows_both_ways(repo: Repo) -> None:
    widget = repo.timeline()
    seen: list[Any] = []
    widget.observe(lambda change: seen.append(change["new"]), "selected")
    widget.set_state({"selected": [repo["v3"].id[:10], "nonsense", 7, repo["v5"].id]})
    assert widget.selected == (repo["v3"], repo["v5"])
    assert all(isinstance(one, Version) for one in widget.selected)
    widget.selected = ("v1", repo["v2"])
    assert widget.get_state("selected")["selected"] == [repo[n].id[:10] for n in ("v1", "v2")]
    assert seen == [(repo["v3"], repo["v5"]), (repo["v1"], repo["v2"])]
    with pytest.raises(Exception, match="v99"):
        widget.selected = ("v99",)
    widget.set_state({"selected": "not a list"})
    assert widget.selected == ()


def test_the_output_outlives_the_kernel(repo: Repo) -> None:
    data, _ = repo.timeline()._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", MIME, "text/html",
                         "text/plain"}  # fmt: skip
    assert data[MIME]["view"] == "log"
    assert "v30" in data["text/plain"]
    assert "v30" in data["text/html"]


def test_new_versions_appear_after_a_refresh(repo: Repo) -> None:
    widget = repo.timeline(where="accuracy > 0.6")
    assert json.loads(widget.payload)["total"] == 19
    repo.labels.move("staging", "v30")
    widget.refresh()
    assert len(json.loads(widget.payload)["timeline"]["marks"]) == 2


def test_an_empty_repository_has_a_timeline_too() -> None:
    from jupyter_mvt.history.handle import Handle, Session
    from jupyter_mvt.store.open import memory_store

    handle = Handle(store=memory_store(), session=Session(id="s"), actor="a", tool="t", name="r")
    view = json.loads(Repo(handle).timeline().payload)
    assert (view["total"], view["rows"], view["metrics"]) == (0, [], [])


def test_a_rail_keeps_a_line_in_its_column() -> None:
    # 0 merges 1 and 2; both follow 3.
    rail = Rail([[1, 2], [3], [3], []], [0, 0, 1, 0])
    rail.reach(4)
    assert rail.columns == [0, 0, 1, 0]
    assert rail.segments == [[[0, 0, 0], [0, 1, 1]], [[0, 0, 0], [1, 1, 1]],
                             [[0, 0, 0], [1, 0, 1]], []]  # fmt: skip


def test_the_trait_is_of_versions_only(repo: Repo) -> None:
    found = repo.diff("v1", "v2").widget()
    assert found.selected == (repo["v1"], repo["v2"])
    found.selected = (repo["v2"], repo["v9"])
    assert json.loads(found.payload)["other"]["name"] == "v9"
    assert isinstance(found.traits()["selected"], traitlets.Tuple)
