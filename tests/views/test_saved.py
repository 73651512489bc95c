"""Bundles: complete, strict JSON, small, and in step with what the browser's tests draw."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import accumulate
from typing import Any

import pytest

from jupyter_mvt.compare.diff import CellChange, CodeDiff, Diff, Line, ParamChange, ParamsDiff
from jupyter_mvt.display import MIME
from jupyter_mvt.objects.commit import Param
from jupyter_mvt.views import register, wire
from jupyter_mvt.views.saved import bundle
from tests.views import samples
from tests.views.write_fixtures import FOLDER, fixtures

LIMIT = 50_000


def made(value: Any) -> dict[str, Any]:
    return bundle(register.drawing_of(value), value)


def unpacked(view: dict[str, Any]) -> dict[str, Any]:
    """Return a payload as the browser reads it: a long one is compact JSON in one text."""
    if "packed" not in view:
        return view
    assert set(view) == {"view", "schema", "packed"}
    loose: dict[str, Any] = json.loads(view["packed"])
    assert (loose["view"], loose["schema"]) == (view["view"], view["schema"])
    return loose


def written(value: dict[str, Any]) -> int:
    """Return the bytes that a notebook file needs."""
    lines = {k: v.splitlines(keepends=True) if isinstance(v, str) else v for k, v in value.items()}
    output = {"cells": [{"outputs": [{"data": lines}]}]}
    return len(json.dumps(output, indent=1, ensure_ascii=False, allow_nan=False).encode())


def huge_diff() -> Diff:
    lines = tuple(Line(kind="added", base=0, other=i, text=f"x = {i}" * 9) for i in range(3000))
    params = tuple(ParamChange(name=f"p{i}", base=i, other=i + 1) for i in range(5000))
    return replace(
        samples.full_diff(),
        params=ParamsDiff(changes=params, total=9000),
        code=CodeDiff(cells=(CellChange(presence="added", other_order=1, lines=lines),) * 50,
                      total=90),
    )  # fmt: skip


def huge_version() -> Any:
    details = samples.details()
    params = tuple(Param(name=f"p{i}", value="v" * 300) for i in range(2000))
    content = replace(details.commit.content, params=params)
    cells = tuple((i, "y = 1\n" * 400) for i in range(300))
    return replace(details, commit=replace(details.commit, content=content), cells=cells)


@pytest.mark.parametrize("name", samples.everything())
def test_every_result_has_three_forms(name: str) -> None:
    found = made(samples.everything()[name])
    assert set(found) == {MIME, "text/html", "text/plain"}
    assert found["text/plain"].strip()
    assert written(found) < LIMIT


@pytest.mark.parametrize("value", [samples.long_log(), huge_diff(), huge_version()])
def test_long_results_are_cut_and_say_so(value: Any) -> None:
    found = made(value)
    assert written(found) < LIMIT
    cut = unpacked(found[MIME])["cut"]
    assert cut.startswith("Saved output: ")
    # The text wraps it, the HTML escapes nothing of it.
    assert "Saved output: " in found["text/plain"]
    assert "Saved output: " in found["text/html"]


def test_a_long_log_keeps_the_newest_and_counts_all() -> None:
    view = unpacked(made(samples.long_log())[MIME])
    rows = view["rows"]
    shown = rows["count"]
    assert shown >= 200
    assert list(accumulate(rows["number"])) == list(range(10_000, 10_000 - shown, -1))
    assert view["total"] == 10_000
    assert f"the newest {shown} of 10,000 versions" in view["cut"]


def test_the_fixtures_of_the_browser_tests_are_in_step() -> None:
    """Else run ``python -m tests.views.write_fixtures``."""
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    made_now = fixtures()
    assert {name: there.get(name) for name in made_now} == made_now


@pytest.mark.parametrize("name", samples.everything())
def test_payloads_have_exactly_the_keys_of_the_wire(name: str) -> None:
    view = made(samples.everything()[name])[MIME]
    shape = {cls.__name__: cls for cls in wire.Payload.__args__}[  # type: ignore[attr-defined]
        f"{view['view'].capitalize()}View"
    ]
    known = set(shape.__annotations__)
    optional = {key for key, hint in shape.__annotations__.items()
                if "NotRequired" in str(hint)}  # fmt: skip
    assert known - optional <= set(view) <= known


def test_figures_that_are_no_numbers_have_no_value() -> None:
    rows = made(samples.log())[MIME]["rows"]
    assert rows[-2]["points"]["accuracy|test"] == {
        "text": "NaN", "value": None, "change": "", "verdict": None,
    }  # fmt: skip
