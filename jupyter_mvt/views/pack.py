"""A long log as columns: what repeats is said once, so that far more of it fits into an output.

Texts of a column are joined by line ends, because a quote costs two bytes inside a JSON text;
few different ones become a table and places in it. Numbers are differences from the row above.
js/src/views/packed.ts puts the rows together again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.views import wire

__all__ = ["columns"]

_LETTERS = {
    "better": "b",
    "worse": "w",
    "same": "s",
    "changed": "c",
    "inconclusive": "u",
    "incomparable": "i",
    None: "n",
}
_DIGITS = 6
"""Of a value that is drawn or sorted; the text beside it is as it was formatted."""


def columns(view: wire.LogView, metrics: int) -> dict[str, Any]:
    """Return a log's payload with its rows as columns, and at most so many of its metrics."""
    kept = view["metrics"][:metrics]
    rows = view["rows"]
    versions = [row["version"] for row in rows]
    places = {version["id"]: at for at, version in enumerate(versions)}
    parents, outside = _parents(versions, places)
    packed = {
        "count": len(rows),
        "id": "\n".join(version["id"] for version in versions),
        "number": _steps([version["number"] for version in versions]),
        "minutes": _steps([version["time_ms"] // 60_000 for version in versions]),
        "message": _texts([version["message"] for version in versions]),
        "branch": _texts([version["branch"] for version in versions]),
        "author": _texts([version["author"] for version in versions]),
        "model": _texts([row["model"] for row in rows]),
        "parents": parents,
        "outside": outside,
        "labels": _rare([version["labels"] for version in versions]),
        "tags": _rare([version["tags"] for version in versions]),
        "regressed": _rare([row["regressed"] for row in rows]),
        "remarks": {str(at): row["remarks"] for at, row in enumerate(rows) if "remarks" in row},
        "thin": [at for at, row in enumerate(rows) if row.get("thin")],
        "points": {column["key"]: _points(rows, column["key"]) for column in kept},
    }
    return {**view, "metrics": kept, "rows": packed}


def _steps(numbers: Sequence[int]) -> list[int]:
    return [number - before for number, before in zip(numbers, [0, *numbers], strict=False)]


def _texts(texts: Sequence[str]) -> Any:
    """Return one text of them all, or a table and places where few differ."""
    plain = [text.replace("\n", " ") for text in texts]
    table = list(dict.fromkeys(plain))
    if len(table) * 3 > len(plain) and len(table) > 1:
        return "\n".join(plain)
    place = {text: at for at, text in enumerate(table)}
    return {"of": "\n".join(table), "at": [place[text] for text in plain]}


def _rare(lists: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    return {str(at): list(found) for at, found in enumerate(lists) if found}


def _parents(
    versions: Sequence[wire.Version], places: dict[str, int]
) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
    """Return parents as distances down the list, and those outside of it by id.

    Most versions follow the next one in the list: that needs no word.
    """
    inside: dict[str, list[int]] = {}
    outside: dict[str, list[str]] = {}
    for at, version in enumerate(versions):
        down = [places[oid] - at for oid in version["parents"] if oid in places]
        away = [oid for oid in version["parents"] if oid not in places]
        if away:
            outside[str(at)] = away
        follows = [1] if at + 1 < len(versions) and not away else []
        if down != follows:
            inside[str(at)] = down
    return inside, outside


def _points(rows: Sequence[wire.LogRow], key: str) -> dict[str, Any]:
    points = [row["points"].get(key) for row in rows]
    return {
        "text": "\n".join("" if one is None else one["text"] for one in points),
        "change": _texts(["" if one is None else one["change"] for one in points]),
        "verdict": "".join(map(_letter, points)),
        "value": [
            None if one is None or one["value"] is None else float(f"{one['value']:.{_DIGITS}g}")
            for one in points
        ],
    }


def _letter(point: wire.Point | None) -> str:
    return "-" if point is None else _LETTERS[point["verdict"]]
