"""What a checkout holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.views import escape, format, parts, wire
from jupyter_mvt.views.tables import column

if TYPE_CHECKING:
    from jupyter_mvt.api.checkout import Checkout
    from jupyter_mvt.api.stash import Popped, StashList

__all__ = ["payload", "popped", "stashes"]


def payload(found: Checkout) -> wire.TableView:
    """Return the wire form of a checkout: its names, what they are, and which were set."""
    rows: list[list[wire.Cell]] = [
        [
            {"text": escape.line(name), "kind": "code"},
            {"text": escape.line(type(value).__qualname__)},
            {"text": _role(found, name), "kind": "quiet"},
        ]
        for name, value in found.values.items()
    ]
    rows += [
        [{"text": escape.line(path), "kind": "code"}, {"text": "file"}, {"text": "written"}]
        for path in found.saved
    ]
    rows += [
        [
            {"text": escape.line(name), "kind": "code"},
            {"text": "random numbers"},
            {"text": "set" if done else "not imported here", "kind": "quiet"},
        ]
        for name, done in found.chance.items()
    ]
    into = bool(found.placed or found.kept)
    where = "into your names" if into else "beside your own"
    command = "%mvt stash pop" if found.stashed else ""
    if found.kept:
        command = f"%mvt checkout {found.version.name} --into-namespace --overwrite"
    return {"view": "table", "schema": parts.SCHEMA,
            "title": f"Restored from {found.version.name}, {where}",
            "columns": [column("Name"), column("Type"), column("Role")], "rows": rows,
            "total": len(rows), "empty": f"{found.version.name} holds no model and no variable.",
            "command": command, "counted": ""}  # fmt: skip


def _role(found: Checkout, name: str) -> str:
    said = ["primary model"] if name == found.primary else []
    if name in found.kept:
        said.append("yours was kept")
    elif name in found.stashed:
        said.append("set, yours is stashed")
    elif name in found.placed:
        said.append("set")
    return ", ".join(said)


def stashes(found: StashList) -> wire.TableView:
    """Return the wire form of what checkouts have replaced in this session."""
    rows: list[list[wire.Cell]] = [
        [
            {"text": format.count(stash.number)},
            {"text": escape.line(", ".join(stash.values)), "kind": "code"},
            {"text": f"replaced by {escape.line(stash.version)}", "kind": "quiet"},
        ]
        for stash in found.stashes
    ]
    return {"view": "table", "schema": parts.SCHEMA, "title": "Stashed in this session",
            "columns": [column("Number"), column("Names"), column("Why")], "rows": rows,
            "total": len(rows), "empty": "Nothing is stashed.",
            "command": "%mvt stash pop" if rows else ""}  # fmt: skip


def popped(found: Popped) -> wire.NoticeView:
    """Return the wire form of a stash that was taken back."""
    names = escape.line(", ".join(found.stash.values))
    return {"view": "notice", "schema": parts.SCHEMA, "kind": "done",
            "title": f"Stash {found.stash.number} is yours again: {names}.",
            "text": f"Their values of {escape.line(found.stash.version)} are still stored:",
            "command": f"%mvt checkout {escape.line(found.stash.version)}"}  # fmt: skip
