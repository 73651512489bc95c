"""Curves: one chart a quantity, thinned without losing ends and extremes, small when saved."""

from __future__ import annotations

import json
import math
from textwrap import dedent

import pytest

from jupyter_mvt.display import MIME, bundle
from jupyter_mvt.views import curves as view
from jupyter_mvt.views.register import plain
from jupyter_mvt.views.text import Look
from tests.views.courses import curves, stored


def test_a_quantity_has_one_chart_with_all_its_splits() -> None:
    made = view.payload(curves())
    assert (made["title"], made["counted"]) == ("Curves of v7", "5 curves, 1,860 points")
    assert [(c["title"], [line["name"] for line in c["lines"]]) for c in made["items"]] == [
        ("Grad norm", ["grad_norm"]),
        ("Loss", ["loss", "val_loss"]),
        ("LR", ["lr"]),
        ("Accuracy", ["val_accuracy"]),
    ]
    loss, val = made["items"][1]["lines"]
    assert len(loss["steps"]) == len(loss["low"]) == len(loss["high"]) == 96
    # Thirty points are drawn as they are, and need no band.
    assert (len(val["steps"]), val["low"], val["high"]) == (30, [], [])
    assert val["text"] == "30 points, least 0.212, most 0.700"


def test_thinning_keeps_where_a_curve_begins_and_ends_and_its_extremes() -> None:
    values = [math.sin(step / 50) for step in range(10_000)]
    values[4_321] = 9.0
    (chart,) = view.payload(stored((s, {"x": v}) for s, v in enumerate(values)))["items"]
    (line,) = chart["lines"]
    assert (line["steps"][0], line["steps"][-1], line["steps"]) == (0, 9_999, sorted(line["steps"]))
    assert max(value for value in line["high"] if value is not None) == 9.0
    for low, middle, high in zip(line["low"], line["middle"], line["high"], strict=True):
        assert low is not None
        assert middle is not None
        assert high is not None
        assert low <= middle <= high


def test_what_is_not_finite_is_a_gap() -> None:
    rows = ((step, {"loss": math.nan if step in {2, 3} else 0.5}) for step in range(6))
    (chart,) = view.payload(stored(rows))["items"]
    assert chart["lines"][0]["middle"] == [0.5, 0.5, None, None, 0.5, 0.5]
    (lost,) = view.payload(stored([(0, {"loss": math.nan})]))["items"][0]["lines"]
    assert (lost["last"], lost["middle"]) == ({"text": "NaN", "value": None}, [None])


def test_curves_as_text() -> None:
    shown = plain(stored((s, {"loss": 1 / (s + 1), "val_loss": 0.5}) for s in (0, 10)), Look())
    assert f"\n{shown}\n" == dedent("""
        Curves of v7

        Curve     Points  First step  Last step    Last   Least   Most
        ────────  ──────  ──────────  ─────────  ──────  ──────  ─────
        loss           2           0         10  0.0909  0.0909   1.00
        val_loss       2           0         10   0.500   0.500  0.500
        """)
    nothing = plain(stored(()), Look())
    assert nothing.startswith("Nothing was logged while this version was trained.")


@pytest.mark.parametrize("count", [5, 60, 400])
def test_a_saved_output_stays_small_and_keeps_every_curve_whole(count: int) -> None:
    rows = ((s, {f"layer_{i}": math.sin(i + s / 99) for i in range(count)}) for s in range(500))
    made = bundle(stored(rows))
    size = len(json.dumps(made, indent=1, ensure_ascii=False).encode())
    assert size < 50_000
    data = made[MIME]
    data = json.loads(data["packed"]) if "packed" in data else data
    lines = [line for chart in data["items"] for line in chart["lines"]]
    assert {(line["steps"][0], line["steps"][-1]) for line in lines} == {(0, 499)}
    assert data["total"] == count
    # Of many the list is cut, and says so; no curve is.
    assert ("cut" in data) == (count > 5)


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", "\u202eloss", "\x1b[2Jloss"])
def test_a_hostile_name_stays_text(evil: str) -> None:
    made = bundle(stored([(0, {evil: 0.1})], evil))
    assert "<script" not in made["text/html"]
    told = made["text/html"] + made["text/plain"] + str(made[MIME])
    assert not set("\u202e\x1b") & set(told)
