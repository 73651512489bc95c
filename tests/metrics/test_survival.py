"""What was logged is what is read: from the store, by SQL, as JSON, and in JavaScript."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.errors import MvtError
from jupyter_mvt.metrics.query import metric_value
from jupyter_mvt.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

METRICS: dict[str, Any] = {
    "nan": math.nan, "inf": math.inf, "ninf": -math.inf, "none": None, "true": True, "zero": -0.0,
    "tiny": 5e-324, "huge": 1e308, "third": 1 / 3, "int": 7, "large": 2**53 + 1,
}  # fmt: skip
PARAMS: dict[str, Any] = {
    "nan": math.nan, "inf": -math.inf, "none": None, "false": False, "int": -3,
    "large": 2**53 + 1, "larger": -(2**70), "float": 1e-7, "text": "a\u2028b\\\"é\ud800",
}  # fmt: skip
MANY = {f"p{i}": i / 7 for i in range(10_000)}

REVIVE = """
const fs = require("fs");
const lines = fs.readFileSync(process.argv[1], "utf8").split("\\n");
const revive = (key, value) => {
  if (value && typeof value === "object" && !Array.isArray(value)) {
    if ("$float" in value) return { nan: NaN, inf: Infinity, "-inf": -Infinity }[value.$float];
    if ("$int" in value) return BigInt(value.$int);
  }
  return value;
};
const content = JSON.parse(lines[1], revive).commit.content;
const told = (value) => typeof value === "bigint" ? `int ${value}`
  : typeof value === "number" ? `number ${Object.is(value, -0) ? "-0" : value}`
  : typeof value === "string" ? `text ${encodeURIComponent(value.toWellFormed?.() ?? "")}`
  : String(value);
const pairs = (rows) => Object.fromEntries(rows.map((row) => [row.name, told(row.value)]));
console.log(JSON.stringify({ metrics: pairs(content.metrics), params: pairs(content.params) }));
"""


class Model:
    def predict(self, x: float) -> float:
        return x


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.copysign(1, one) == math.copysign(1, other) and repr(one) == repr(other)
    return type(one) is type(other) and one == other


@pytest.fixture
def repo(tmp_path: Path) -> mvt.Repo:
    repo = mvt.init(tmp_path)
    repo.commit(Model(), metrics=METRICS, params={**PARAMS, **MANY})
    return mvt.open(tmp_path)


def test_from_the_store(repo: mvt.Repo, proved: Callable[..., None]) -> None:
    content = repo["v1"].commit.content
    metrics = {metric.name: metric.value for metric in content.metrics}
    params = {param.name: param.value for param in content.params}
    assert {name for name in METRICS if not equal_number(metrics[name], METRICS[name])} == set()
    assert {name for name in PARAMS if not same(params[name], PARAMS[name])} == set()
    assert all(same(params[name], value) for name, value in MANY.items())
    proved("16", "values equal after store, DuckDB, JSON and JavaScript", len(MANY), "values")


def equal_number(found: Any, logged: Any) -> bool:
    """A metric is a number: True is 1, and 2**53 + 1 is exactly that."""
    if logged is None or (isinstance(logged, float) and math.isnan(logged)):
        return repr(found) == repr(logged)
    return found == logged and math.copysign(1, found) == math.copysign(1, logged)


def test_by_sql(repo: mvt.Repo) -> None:
    rows = repo.sql("select name, value, exact from metrics").rows()
    found = {name: metric_value(value, exact) for name, value, exact in map(tuple, rows)}
    assert {name for name in METRICS if not equal_number(found[name], METRICS[name])} == set()
    count = repo.sql("select count(*), sum(num) from params where name like 'p%'")
    assert [tuple(row) for row in count.rows()] == [(10_000, pytest.approx(sum(MANY.values())))]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_in_javascript(repo: mvt.Repo) -> None:
    path = repo.path
    assert path is not None
    done = subprocess.run(
        ["node", "-e", REVIVE, path / layout.operation(1)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    numbers = {"nan": "number NaN", "inf": "number Infinity", "ninf": "number -Infinity",
               "none": "null", "zero": "number -0", "tiny": "number 5e-324",
               "huge": "number 1e+308", "third": f"number {1 / 3!r}", "int": "number 7",
               "large": "int 9007199254740993"}  # fmt: skip
    assert {name: told["metrics"][name] for name in numbers} == numbers
    assert told["metrics"]["true"] in {"true", "number 1"}
    params = {"nan": "number NaN", "inf": "number -Infinity", "none": "null", "false": "false",
              "int": "number -3", "large": "int 9007199254740993",
              "larger": f"int {-(2**70)}", "float": "number 1e-7"}  # fmt: skip
    assert {name: told["params"][name] for name in params} == params
    assert told["params"]["p9999"] == f"number {9999 / 7!r}"


@pytest.mark.parametrize("value", [1 + 2j, complex("nan"), object(), b"12"])
def test_what_is_no_number_is_refused_or_left_out_in_words(tmp_path: Path, value: Any) -> None:
    repo = mvt.init(tmp_path)
    try:
        made = repo.commit(Model(), metrics={"odd": value, "loss": 0.5})
    except MvtError as error:
        assert "odd" in error.message
        assert error.code
        return
    assert {metric.name for metric in made.commit.content.metrics} == {"loss"}
    assert any("odd" in note.text for note in made.commit.notes)
