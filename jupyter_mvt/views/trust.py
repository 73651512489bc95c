"""What is trusted, and what trusting a version lets run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.objects.ids import short
from jupyter_mvt.views import escape, format, parts, tables, wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.api.trust import TrustList, TrustMoved
    from jupyter_mvt.objects.ids import ObjectId

__all__ = ["listed", "moved"]

_MOST = 12
_HOW = {"made": "made here", "told": "told"}


def moved(move: TrustMoved) -> wire.NoticeView:
    """Return the wire form of a version that is trusted now, or no longer."""
    name = short(move.id) if move.version is None else move.version.name
    if not move.trusted:
        return _notice(f"{name} is not trusted any more.", "Its code does not run.", "")
    revoke = f"%mvt trust --revoke {name}"
    if not move.runs:
        return _notice(f"{name} is trusted.", "It is all data: restoring it runs nothing.", revoke)
    said = [escape.line(text) for text in move.runs[:_MOST]]
    if len(move.runs) > _MOST:
        said.append(f"and {format.plural(len(move.runs) - _MOST, 'more thing')}")
    text = f"Restoring it runs {'; '.join(said)}. To take that back:"
    return _notice(f"{name} is trusted, exactly as it is.", text, revoke)


def _notice(title: str, text: str, command: str) -> wire.NoticeView:
    return {"view": "notice", "schema": parts.SCHEMA, "kind": "done", "title": title,
            "text": text, "command": command}  # fmt: skip


def listed(found: TrustList) -> wire.TableView:
    """Return the wire form of what is trusted."""
    heads = [tables.column("Version"), tables.column("How"), tables.column("Repository"),
             tables.column("Message"), tables.column("Author"),
             tables.column("Time", kind="time")]  # fmt: skip
    rows: list[list[wire.Cell]] = []
    for row in found.rows:
        time_ms = row.time_us // 1000
        rows.append(
            [
                _which(row.id, found.names),
                {"text": _HOW[row.how]},
                {"text": escape.line(row.repository, 80)},
                {"text": escape.line(row.message), "kind": "quiet"},
                {"text": escape.line(row.author, 80), "kind": "quiet"},
                {"text": format.moment(time_ms), "value": float(time_ms), "kind": "time"},
            ]
        )
    return {"view": "table", "schema": parts.SCHEMA, "title": "Trusted on this account",
            "columns": heads, "rows": rows, "total": len(rows),
            "empty": "Nothing is trusted yet. What you commit here will be.",
            "command": "", "counted": format.plural(len(rows), "version")}  # fmt: skip


def _which(oid: ObjectId, names: Mapping[str, str]) -> wire.Cell:
    """Return a version by its name where it has one here, else by its id."""
    if oid in names:
        return {"text": names[oid], "kind": "version"}
    return {"text": short(oid), "kind": "code"}
