"""Status: what would be committed now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import as_typed
from jupyter_mvt.views import escape, format, html, parts, text, wire

if TYPE_CHECKING:
    from jupyter_mvt.api.results import Status

__all__ = ["as_html", "as_text", "payload"]

BADGES = {"added": "A", "changed": "M", "removed": "D", "equal": "="}


def payload(status: Status) -> wire.StatusView:
    """Return the wire form of a status, changed parts first."""
    rows = sorted(status.rows, key=lambda row: row.badge == "equal")
    return {
        "view": "status",
        "schema": parts.SCHEMA,
        "title": _title(status),
        "branch": escape.line(status.branch),
        "text": _text(status),
        "rows": [
            {
                "badge": row.badge,
                "part": escape.line(row.part, 80),
                "text": escape.line(row.text),
                "size": "" if not row.nbytes else f"{format.size(row.nbytes)} new",
            }
            for row in rows
        ],
        "notes": parts.notes(status.notes),
        "command": _command(status),
    }


def _title(status: Status) -> str:
    if status.problem:
        return "Nothing to commit yet"
    if status.head is None:
        return "No versions here yet" if status.repository else "No repository here yet"
    if not status.rows:
        return f"HEAD is {status.head.name}"
    if not status.changed:
        return f"Nothing changed since {status.head.name}"
    return f"{format.plural(status.changed, 'thing')} changed since {status.head.name}"


def _text(status: Status) -> str:
    if status.problem:
        return escape.line(status.problem, 400)
    if not status.rows:
        return "no live session here, so what changed since is not known"
    said = [] if status.repository else ["the first commit makes one in this folder"]
    if status.changed or status.head is None:
        said.append(f"the next version would be v{status.next_number}")
    if status.chosen:
        said.append(escape.line(status.chosen))
    fresh = sum(row.nbytes or 0 for row in status.rows)
    if fresh:
        said.append(format.size(fresh))
    return " · ".join(said)


def _command(status: Status) -> str:
    if status.problem:
        return escape.line(as_typed(status.hint, "%mvt"), 400)
    if status.head is None:
        return '%mvt commit -m "first"' if status.rows else ""
    return '%mvt commit -m "what changed"' if status.changed else ""


def as_text(view: wire.StatusView, look: text.Look) -> str:
    """Return the status for a terminal."""
    said = " · ".join(part for part in (view["branch"], view["text"]) if part)
    blocks = [f"{view['title']}\n{look.wrap(said)}"]
    rows = [(BADGES[row["badge"]], row["part"], row["text"], row["size"]) for row in view["rows"]]
    blocks.append(
        text.table(rows, (False, False, False, True), look, head=False, give=2, indent="  ")
    )
    blocks += text.tail(view["notes"], view.get("cut"), look)
    if view["command"]:
        blocks.append("  " + look.typed(view["command"]))
    return "\n\n".join(block for block in blocks if block)


def as_html(view: wire.StatusView) -> html.Safe:
    """Return the status as static HTML."""
    rows = [
        (html.code(BADGES[row["badge"]]), html.b(row["part"]), row["text"], row["size"])
        for row in view["rows"]
    ]
    said = " · ".join(part for part in (view["branch"], view["text"]) if part)
    return html.card(
        html.p(html.b(view["title"])),
        html.quiet(said) if said else None,
        html.table(("", "", "", ""), rows, (False, False, False, True)) if rows else None,
        *html.tail(view["notes"], view.get("cut")),
        html.p(html.code(view["command"])) if view["command"] else None,
    )
