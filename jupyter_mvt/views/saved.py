"""Outputs that are saved in notebooks stay small: what is too long is cut, and says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from jupyter_mvt.display import MIME
from jupyter_mvt.views import format, wire
from jupyter_mvt.views.text import Look

__all__ = ["Drawing", "bundle"]

_JSON, _HTML, _TEXT = 26_000, 14_000, 8_000
"""Bytes of the three forms; together, with what JSON adds in the file, below 50 KB."""

_STEPS = (500, 300, 200, 150, 110, 80, 60, 45, 34, 25, 19, 14, 10, 7, 5, 3, 2, 1)
_ROWS = {"log": "versions", "leaderboard": "versions", "table": "rows"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """The three projections of one type of result."""

    payload: Callable[[Any], Any]
    as_text: Callable[[Any, Look], str]
    as_html: Callable[[Any], str]


def bundle(drawing: Drawing, value: object) -> dict[str, Any]:
    """Return the MIME bundle of `value`, below 50 KB whatever its length."""
    view = drawing.payload(value)
    look = Look()
    return {
        MIME: _fitting(view, lambda cut: cut, _JSON),
        # A plain str: Safe is nobody else's business.
        "text/html": _fitting(view, lambda cut: str(drawing.as_html(cut)), _HTML),
        "text/plain": _fitting(view, lambda cut: drawing.as_text(cut, look), _TEXT),
    }


def _fitting(view: Any, form: Callable[[Any], Any], budget: int) -> Any:
    """Return the form of as much of `view` as fits."""
    made = form(view)
    for most in _STEPS:
        if _size(made) <= budget:
            break
        made = form(_cut(view, most))
    return made


def _size(made: Any) -> int:
    # As notebooks are written: UTF-8, strict JSON.
    return len(json.dumps(made, ensure_ascii=False, allow_nan=False).encode())


def _cut(view: wire.Payload, most: int) -> Any:
    """Return `view` with no list longer than `most`, and a sentence that says so."""
    shorter: dict[str, Any] = cast("dict[str, Any]", _shortened(view, most, top=True))
    if shorter == view:
        return view
    kind = view["view"]
    total = cast("dict[str, Any]", view).get("total", 0)
    if kind in _ROWS:
        shown = len(shorter["rows"])
        which = "newest" if kind == "log" else "first"
        shorter["cut"] = (
            f"Saved output: the {which} {format.count(shown)} of {format.count(total)}"
            f" {_ROWS[kind]}. Ask for fewer, or run the cell again and use the value."
        )
    else:
        shorter["cut"] = (
            "Saved output: long lists are cut. to_dict() of the result holds all of it."
        )
    return shorter


def _shortened(value: Any, most: int, *, top: bool = False) -> Any:
    if isinstance(value, dict):
        return {
            key: item if top and key in {"columns", "metrics"} and isinstance(item, list)
            and len(item) <= 16 else _shortened(item, most)
            for key, item in value.items()
        }  # fmt: skip
    if isinstance(value, list):
        # Bins, marks and the cells of a row are short and belong together.
        limit = max(most, 10) if value and not isinstance(value[0], dict) else most
        return [_shortened(item, most) for item in value[:limit]]
    if isinstance(value, str) and most < 10 and len(value) > 200:
        return value[:199] + "…"
    return value
