"""Every other list is a table: branches, tags, labels, operations, rows of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from jupyter_mvt.history.operations import THERE
from jupyter_mvt.views import escape, format, html, parts, text, wire

if TYPE_CHECKING:
    from jupyter_mvt.history.results import (
        LabelHistory,
        LabelMove,
        OperationLog,
        RefList,
        RemarkList,
    )

__all__ = ["as_html", "as_text", "column", "history", "operations", "refs", "remarks"]

_TITLES = {"branch": "Branches", "tag": "Tags", "label": "Labels"}
_EMPTY = {
    "branch": ("No branches yet. The first commit makes main.", '%mvt commit -m "first"'),
    "tag": ("No tags yet. A tag names a version for good.", "%mvt tag create 1.0.0"),
    "label": (
        "No labels yet. A label says which version is live.",
        "%mvt label move production HEAD",
    ),
}


def column(
    title: str, *, key: str = "", numeric: bool = False, kind: Literal["text", "time"] = "text"
) -> wire.Column:
    """Return a column of a plain table; by default its title is its key."""
    return {"key": key or title.lower(), "title": title, "kind": kind, "lower": False,
            "numeric": numeric}  # fmt: skip


def refs(found: RefList) -> wire.TableView:
    """Return the wire form of branches, tags or labels."""
    empty, command = _EMPTY[found.kind]
    heads = [column("Name"), column("Version"), column("Message"), column("Author"),
             column("Time", kind="time")]  # fmt: skip
    if found.kind == "label":
        heads.append(column("Moved"))
    rows = []
    for row in found.rows:
        name = escape.line(row.name) + (" (here)" if row.current else "")
        cells: list[wire.Cell] = [
            {"text": name, "kind": found.kind},
            {"text": row.version.name, "value": float(row.version.number), "kind": "version"},
            {"text": escape.line(row.version.message)},
            {"text": escape.line(row.version.author, 80), "kind": "quiet"},
            _time(row.version.time_us),
        ]
        if found.kind == "label":
            cells.append({"text": _moved(row.history), "kind": "quiet"} if row.history
                         else {"text": ""})  # fmt: skip
        rows.append(cells)
    return {"view": "table", "schema": parts.SCHEMA, "title": _TITLES[found.kind],
            "columns": heads, "rows": rows, "total": len(rows), "empty": empty,
            "command": "" if rows else command, "counted": format.count(len(rows))}  # fmt: skip


def history(row: LabelHistory) -> wire.TableView:
    """Return the wire form of where a label has been, newest first."""
    heads = [column("Version"), column("Before"), column("Reason"), column("Who"),
             column("Time", kind="time")]  # fmt: skip
    rows: list[list[wire.Cell]] = [
        [
            {"text": move.new.name if move.new else "taken away", "kind": "version"},
            {"text": move.old.name if move.old else "none", "kind": "quiet"},
            {"text": escape.line(move.reason)},
            {"text": escape.line(move.actor, 80), "kind": "quiet"},
            _time(move.time_us),
        ]
        for move in row.moves
    ]
    return {"view": "table", "schema": parts.SCHEMA, "title": f"History of {escape.line(row.name)}",
            "columns": heads, "rows": rows, "total": len(rows), "empty": "It never moved.",
            "command": "", "counted": format.plural(len(rows), "move")}  # fmt: skip


def _moved(history: tuple[LabelMove, ...]) -> str:
    return format.plural(len(history), "move")


def _time(time_us: int) -> wire.Cell:
    time_ms = time_us // 1000
    return {"text": format.moment(time_ms), "value": float(time_ms), "kind": "time"}


def remarks(found: RemarkList) -> wire.TableView:
    """Return the wire form of the notes on a version, oldest first."""
    heads = [column("#", numeric=True), column("Note"), column("Who"), column("Time", kind="time")]
    rows: list[list[wire.Cell]] = [
        [
            {"text": str(number), "value": float(number)},
            {"text": escape.block(remark.text, 4_000)},
            {"text": escape.line(remark.author, 80), "kind": "quiet"},
            _time(remark.time_us),
        ]
        for number, remark in found.rows.items()
    ]
    name = found.version.name
    return {"view": "table", "schema": parts.SCHEMA, "title": f"Notes on {name}", "columns": heads,
            "rows": rows, "total": len(rows), "empty": f"Nobody wrote a note on {name} yet.",
            "command": "" if rows else f'%mvt note {name} "what to remember"',
            "counted": format.count(len(rows))}  # fmt: skip


def operations(found: OperationLog) -> wire.TableView:
    """Return the wire form of the operation log."""
    rows: list[list[wire.Cell]] = []
    for row in found.rows:
        changes = ", ".join(_change(*change) for change in row.changes[:6])
        undone = f", undone by {row.undone_by}" if row.undone_by else ""
        rows.append(
            [
                {"text": str(row.number), "value": float(row.number)},
                {"text": escape.line(row.verb, 60) + undone},
                {"text": changes},
                {"text": escape.line(row.reason), "kind": "quiet"},
                {"text": escape.line(row.actor, 80), "kind": "quiet"},
                _time(row.time_us),
            ]
        )
    counted = format.count(len(rows))
    if len(rows) < found.total:
        counted = f"the newest {counted} of {format.count(found.total)}"
    heads = [column("#", numeric=True), column("Verb"), column("Changes"), column("Reason"),
             column("Who"), column("Time", kind="time")]  # fmt: skip
    return {"view": "table", "schema": parts.SCHEMA, "title": "Operations", "columns": heads,
            "rows": rows, "total": found.total, "empty": "Nothing was recorded yet.",
            "command": "", "counted": counted}  # fmt: skip


def _change(ref: str, old: str, new: str) -> str:
    if THERE in {old, new}:
        return escape.line(f"{ref}{'' if new else ', taken back'}")
    kind, _, name = ref.partition("/")
    # Branches and labels are known by their names; what the verb is says which they are.
    shown = name if kind in ("branch", "label") else f"{kind} {name}".rstrip()
    if not new:
        return escape.line(f"{shown} gone from {old}")
    return escape.line(f"{shown} {old} → {new}" if old else f"{shown} → {new}")


def as_text(view: wire.TableView | wire.TreemapView | wire.CurvesView, look: text.Look) -> str:
    """Return a table for a terminal."""
    if not view["rows"]:
        command = view["command"] and f"  {look.typed(view['command'])}"
        return "\n".join(part for part in (look.wrap(view["empty"]), command) if part)
    head = [column["title"] for column in view["columns"]]
    body = [[_cell(cell, look) for cell in row] for row in view["rows"]]
    right = [column["numeric"] for column in view["columns"]]
    blocks = [view["title"], text.table([head, *body], right, look)]
    blocks += text.tail([], view.get("cut"), look)
    blocks.append(view["command"] and f"  {look.typed(view['command'])}")
    return "\n\n".join(block for block in blocks if block)


def _cell(cell: wire.Cell, look: text.Look) -> str:
    value = cell.get("value")
    if cell.get("kind") == "time" and value is not None:
        return look.time(int(value))
    return cell["text"]


def as_html(view: wire.TableView | wire.TreemapView | wire.CurvesView) -> html.Safe:
    """Return a table as static HTML."""
    if not view["rows"]:
        return html.card(
            html.p(view["empty"]), html.p(html.code(view["command"])) if view["command"] else None
        )
    head = [column["title"] for column in view["columns"]]
    right = [column["numeric"] for column in view["columns"]]
    rows = [[_html(cell) for cell in row] for row in view["rows"]]
    title = html.p(html.b(view["title"])) if view["title"] else None
    command = html.p(html.code(view["command"])) if view["command"] else None
    tail = html.tail([], view.get("cut"))
    return html.card(title, html.table(head, rows, right), *tail, command)


def _html(cell: wire.Cell) -> html.Child:
    kind, value = cell.get("kind"), cell.get("value")
    if kind == "time" and value is not None:
        return html.time(int(value))
    if kind in {"version", "label", "tag", "branch"}:
        return html.b(cell["text"])
    return html.code(cell["text"]) if kind == "code" else cell["text"]
