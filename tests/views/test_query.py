"""Rows of a query, typed and hostile."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pyarrow as pa

from jupyter_mvt.display import MIME, bundle, provide_renderers
from jupyter_mvt.metrics.result import SqlResult
from jupyter_mvt.views.register import plain
from jupyter_mvt.views.text import Look

provide_renderers("jupyter_mvt.views.register")


def result(**columns: Any) -> SqlResult:
    return SqlResult(table=pa.table(columns), statement="select")


def test_values_keep_their_kind() -> None:
    found = result(
        name=["accuracy", "<b>\x1b[0m", None],
        value=[0.8965, float("nan"), None],
        n=[8000, None, 2026],
        at=[datetime(2026, 11, 20, 14, 3), None, None],
    )
    assert plain(found, Look()).split("\n") == [
        "Query",
        "",
        "name      value     n  at",
        "────────  ─────  ────  ───────────────────",
        "accuracy  0.897  8000  2026-11-20 14:03:00",
        "<b>␛[0m     NaN  NULL  NULL",
        "NULL       NULL  2026  NULL",
    ]
    made = bundle(found)
    assert "&lt;b&gt;␛[0m" in made["text/html"]
    assert made[MIME]["rows"][1][1] == {"text": "NaN", "value": None}


def test_long_and_empty_answers_say_so() -> None:
    made = bundle(result(i=list(range(100_000))))
    view = json.loads(made[MIME]["packed"])
    assert (len(view["rows"]), view["total"]) == (500, 100_000)
    assert view["cut"] == (
        "Shown are the first 500 of 100,000 rows. All of them: .df() of the result."
    )
    assert bundle(result(i=pa.array([], pa.int64())))["text/plain"] == "The query has no rows."
