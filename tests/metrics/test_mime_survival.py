"""Metrics of a notebook's output are, in JavaScript, the numbers that were logged."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.display import MIME
from jupyter_mvt.views.register import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_mvt.api.repo import Repo

FINITE = {"zero": -0.0, "tiny": 5e-324, "huge": 1e308, "third": 1 / 3, "safe": 2**53 - 1}
WHOLE = {"odd": 2**53 + 1, "tokens": 10**18 + 7, "low": -(2**60) - 1}
OTHERS = {"nan": (math.nan, "NaN"), "inf": (math.inf, "∞"), "ninf": (-math.inf, "−∞")}

ROWS = """
const output = JSON.parse(require("fs").readFileSync(0, "utf8"));
const told = (value) => value === null ? "null" : Object.is(value, -0) ? "-0" : String(value);
const points = Object.entries(output.rows[0].points);
const digits = (point) => point.exact ?? point.text;
const rows = points.map(([key, point]) => [key, [told(point.value), digits(point)]]);
console.log(JSON.stringify(Object.fromEntries(rows)));
"""


class Model:
    def predict(self, x: float) -> float:
        return x


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_through_the_saved_output(tmp_path: Path, proved: Callable[..., None]) -> None:
    repo = mvt.init(tmp_path)
    others = {name: value for name, (value, _) in OTHERS.items()}
    repo.commit(Model(), metrics=FINITE | others)
    told = _in_javascript(repo)
    found = {name: float(told[name][0]) for name in FINITE}
    assert {name: (value, math.copysign(1, value)) for name, value in found.items()} == {
        name: (value, math.copysign(1, value)) for name, value in FINITE.items()
    }
    assert {name: told[name] for name in OTHERS} == {
        name: ["null", text] for name, (_, text) in OTHERS.items()
    }
    proved("16", "metrics through a notebook's output into JavaScript", len(told), "values")


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_whole_numbers_too_large_for_javascript_keep_their_digits(tmp_path: Path) -> None:
    repo = mvt.init(tmp_path)
    repo.commit(Model(), metrics=WHOLE)
    told = _in_javascript(repo)
    # The nearest number is there to draw and sort by, and the digits beside it.
    assert {name: (float(told[name][0]), int(told[name][1])) for name in WHOLE} == {
        name: (float(value), value) for name, value in WHOLE.items()
    }


def _in_javascript(repo: Repo) -> dict[str, list[str]]:
    """Return name → what JavaScript makes of the number, and its digits or its text."""
    shown: Any = render(repo.log())
    sent = json.dumps(shown[MIME], allow_nan=False)
    done = subprocess.run(
        ["node", "-e", ROWS], input=sent, capture_output=True, text=True, check=True
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found
