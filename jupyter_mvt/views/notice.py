"""One thing that happened: a ref moved, a repository was made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mvt.views import escape, format, html, parts, text, wire

if TYPE_CHECKING:
    from jupyter_mvt.api.results import Initialised
    from jupyter_mvt.api.watching import Watching
    from jupyter_mvt.history.results import Moved

__all__ = ["as_html", "as_text", "initialised", "moved", "watching"]


def moved(move: Moved) -> wire.NoticeView:
    """Return the wire form of a move, with what it was before and how to take it back."""
    before = ""
    if move.old is not None and move.new is not None and move.old.id != move.new.id:
        # A sentence that names it already is not said twice.
        named = re.search(rf"\b{move.old.name}\b", move.text)
        before = "" if named else f"It was {move.old.name} before."
    # Values name commands as a shell does; what is shown here is read in a notebook.
    undo = "%" + escape.line(move.undo, 400) if move.undo else ""
    return {
        "view": "notice",
        "schema": parts.SCHEMA,
        "kind": "done",
        "title": escape.line(move.text, 400),
        "text": " ".join(part for part in (before, "You can undo this:" if undo else "") if part),
        "command": undo,
    }


def initialised(made: Initialised) -> wire.NoticeView:
    """Return the wire form of a new repository."""
    return {
        "view": "notice",
        "schema": parts.SCHEMA,
        "kind": "done",
        "title": f"A repository is at {escape.line(made.path, 400)}.",
        "text": f"Versions go to {escape.line(made.branch)}. Train a model, then keep it:",
        "command": '%mvt commit model -m "first"',
    }


def watching(state: Watching) -> wire.NoticeView:
    """Return the wire form of how automatic versions stand."""
    made = f" {format.plural(state.made, 'version')} so far." if state.made else ""
    said = (
        f"After a cell that trains a model, a version is made by itself.{made}"
        if state.on
        else f"Versions are made when you ask for them.{made and ' By itself:' + made}"
    )
    return {
        "view": "notice",
        "schema": parts.SCHEMA,
        "kind": "info",
        "title": f"Watching is {'on' if state.on else 'off'}.",
        "text": said,
        "command": f"%mvt watch {'off' if state.on else 'on'}",
    }


def as_text(view: wire.NoticeView, look: text.Look) -> str:
    """Return a notice for a terminal."""
    lead = {"done": "✓ ", "info": "", "warning": "! "}[view["kind"]]
    lines = [look.wrap(view["title"], lead)]
    if view["text"]:
        lines.append(look.wrap(view["text"], " " * len(lead)))
    if view["command"]:
        lines.append(f"{' ' * (len(lead) + 2)}{look.typed(view['command'])}")
    return "\n".join(lines)


def as_html(view: wire.NoticeView) -> html.Safe:
    """Return a notice as static HTML."""
    return html.card(
        html.p(html.b(view["title"])),
        html.p(view["text"]) if view["text"] else None,
        html.p(html.code(view["command"])) if view["command"] else None,
    )
