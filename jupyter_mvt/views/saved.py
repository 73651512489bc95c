"""Outputs that are saved in notebooks stay small: what is too long is cut, and says so."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from jupyter_mvt.display import MIME
from jupyter_mvt.views import format, outputs, pack, wire
from jupyter_mvt.views.text import Look

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.views.drawing import Drawing

__all__ = ["bundle"]

_ALL, _HTML, _TEXT = 48_000, 10_000, 5_000
"""Bytes in the notebook's file: of all forms together, and of those for other readers."""

_FIRST, _MOST = 32, 512
"""Longest lists that are tried first, and at all."""

_WANTED = 200
"""Versions that a saved log should hold, even if it costs some of its metrics."""

_METRICS = (8, 5, 3, 2, 1)

_DEPTH = 5
"""How deep a bundle lies in a notebook's JSON, which is indented by a blank a level."""

_ROWS = {
    "log": "versions",
    "leaderboard": "versions",
    "table": "rows",
    "treemap": "rows",
    "curves": "curves",
}


def bundle(drawing: Drawing, value: object) -> dict[str, Any]:
    """Return the MIME bundle of `value`, below 50 KB whatever its length."""
    view = drawing.payload(value)
    look = Look()
    # A plain str: Safe is nobody else's business.
    html = _fitting(view, lambda cut: str(drawing.as_html(cut)), _HTML)
    text = _fitting(view, lambda cut: drawing.as_text(cut, look), _TEXT)
    left = _ALL - _size(html) - _size(text)
    data = view if _cut(view, _MOST) is view and _size(view) <= left else _tightly(view, left)
    if drawing.pictures is not None:
        data, html = _illustrated(drawing, value, data, html, _ALL - _size(text))
    return {MIME: data, "text/html": html, "text/plain": text}


def _illustrated(
    drawing: Drawing, value: object, data: Any, html: str, budget: int
) -> tuple[Any, str]:
    """Put in as many figures as fit: for every reader, else only for ours."""
    if drawing.pictures is None:
        return data, html
    plain = json.loads(data["packed"]) if "packed" in data else data
    chosen: outputs.Pictures = {}
    shared: outputs.Pictures = {}
    for found in drawing.pictures(value):
        for mine, every in ((chosen | found, shared | found), (chosen | found, shared)):
            made = _packed(outputs.placed(plain, mine))
            # A page that was cut short stays as it is: it has no room.
            page = str(drawing.as_html(outputs.placed(plain, every))) if every else html
            if _size(made) + _size(page) <= budget:
                chosen, shared, data, html = mine, every, made, page
                break
    return data, html


def _tightly(view: Any, budget: int) -> wire.Packed:
    """Return as much of a long payload as fits, as one text."""
    if view["view"] != "log":
        return cast("wire.Packed", _fitting(view, _packed, budget))
    # Versions are what a log is read for: of its metrics it keeps as many as still leave room.
    for metrics in _METRICS:
        made = cast("wire.Packed", _fitting(view, partial(_as_columns, metrics), budget))
        if metrics == _METRICS[-1] or _shown(made) >= min(_WANTED, len(view["rows"])):
            return made
    raise AssertionError


def _as_columns(metrics: int, view: Any) -> wire.Packed:
    return _packed(pack.columns(view, metrics))


def _shown(made: wire.Packed) -> int:
    return int(json.loads(made["packed"])["rows"]["count"])


def _packed(view: Any) -> wire.Packed:
    """Return a long payload as one compact text: notebooks indent JSON, which doubles it."""
    text = json.dumps(view, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return wire.Packed(view=view["view"], schema=view["schema"], packed=text)


def _fitting(view: Any, form: Callable[[Any], Any], budget: int) -> Any:
    """Return the form of as much of `view` as fits."""
    # Doubling from below, then halving: what is tried stays about as large as what fits.
    fits, too_long = 1, _FIRST
    while _size(form(_cut(view, too_long))) <= budget:
        if too_long >= _MOST or _cut(view, too_long) is view:
            return form(_cut(view, too_long))
        fits, too_long = too_long, 2 * too_long
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if _size(form(_cut(view, middle))) <= budget:
            fits = middle
        else:
            too_long = middle
    return form(_cut(view, fits))


def _size(made: Any) -> int:
    # As notebooks are written: UTF-8, indented, text as a list of its lines.
    lines = made.splitlines(keepends=True) if isinstance(made, str) else made
    text = json.dumps(lines, ensure_ascii=False, allow_nan=False, indent=1)
    return len(text.encode()) + _DEPTH * text.count("\n")


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
        if all(item is None or isinstance(item, (int, float)) for item in value):
            # Half of a curve would be another curve; who draws one says how long it may be.
            return value
        # Bins, marks and the cells of a row are short and belong together.
        limit = max(most, 10) if value and not isinstance(value[0], dict) else most
        return [_shortened(item, most) for item in value[:limit]]
    if isinstance(value, str) and most < 10 and len(value) > 200:
        return value[:199] + "…"
    return value
