"""Two small answers: what a checkout holds, and what a check of the repository found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.views import escape, format, html, notice, parts, tables, text, wire
from jupyter_mvt.views.tables import column

if TYPE_CHECKING:
    from jupyter_mvt.api.checkout import Checkout
    from jupyter_mvt.store.fsck import FsckReport

__all__ = ["as_html", "as_text", "checkout", "fsck"]


def checkout(found: Checkout) -> wire.TableView:
    """Return the wire form of a checkout: its names and what they are."""
    rows: list[list[wire.Cell]] = [
        [
            {"text": escape.line(name), "kind": "code"},
            {"text": escape.line(type(value).__qualname__)},
            {"text": "primary model" if name == found.primary else "", "kind": "quiet"},
        ]
        for name, value in found.values.items()
    ]
    return {"view": "table", "schema": parts.SCHEMA,
            "title": f"Restored from {found.version.name}, beside your own",
            "columns": [column("Name"), column("Type"), column("Role")], "rows": rows,
            "total": len(rows), "empty": f"{found.version.name} holds no model and no variable.",
            "command": ""}  # fmt: skip


def fsck(report: FsckReport) -> wire.NoticeView | wire.TableView:
    """Return the wire form of a check: a sentence when all is sound, else the faults."""
    read = (
        f"{format.plural(report.files, 'file')}, {format.plural(report.objects, 'object')}, "
        f"{format.plural(report.operations, 'operation')}, {format.size(report.bytes)}"
    )
    if not report.problems:
        return {"view": "notice", "schema": parts.SCHEMA, "kind": "done",
                "title": "Every byte is what its id says.", "text": f"Read and verified: {read}.",
                "command": ""}  # fmt: skip
    rows: list[list[wire.Cell]] = [
        [
            {"text": problem.kind, "kind": "code"},
            {"text": escape.line(problem.text)},
            {"text": escape.line(problem.key), "kind": "code"},
            {"text": str(len(problem.commits)), "value": float(len(problem.commits))},
            {"text": escape.line(", ".join(problem.labels))},
        ]
        for problem in report.problems
    ]
    heads = [column("Kind"), column("What is wrong"), column("File"),
             column("Versions touched", numeric=True), column("Labels touched")]  # fmt: skip
    return {"view": "table", "schema": parts.SCHEMA,
            "title": f"{format.plural(len(rows), 'problem')} found in {read}",
            "columns": heads, "rows": rows, "total": len(rows), "empty": "", "command": ""}  # fmt: skip


def as_text(view: wire.NoticeView | wire.TableView, look: text.Look) -> str:
    """Return either form for a terminal."""
    if view["view"] == "notice":
        return notice.as_text(view, look)
    return tables.as_text(view, look)


def as_html(view: wire.NoticeView | wire.TableView) -> html.Safe:
    """Return either form as static HTML."""
    return notice.as_html(view) if view["view"] == "notice" else tables.as_html(view)
