"""What a verification found: one sentence when all is sound, else a table of faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.views import escape, format, notice, parts, tables, wire

if TYPE_CHECKING:
    from jupyter_mvt.store.faults import FsckReport, Problem
    from jupyter_mvt.views import html, text

__all__ = ["as_html", "as_text", "payload"]


def payload(report: FsckReport) -> wire.NoticeView | wire.TableView:
    """Return the wire form of a report."""
    read = ", ".join(
        (
            format.plural(report.files, "file"),
            format.plural(report.operations, "operation"),
            format.plural(report.objects, "object"),
            format.size(report.bytes),
        )
    )
    if report.ok:
        return {"view": "notice", "schema": parts.SCHEMA, "kind": "done",
                "title": "Every byte is as it was written.", "text": f"Read and verified: {read}.",
                "command": ""}  # fmt: skip
    found = format.plural(len(report.problems), "fault")
    heads = [tables.column("Fault"), tables.column("What is the case"), tables.column("Touches")]
    return {"view": "table", "schema": parts.SCHEMA, "title": f"{found} in {read}",
            "columns": heads, "rows": [_row(problem) for problem in report.problems],
            "total": len(report.problems), "empty": "", "command": ""}  # fmt: skip


def _row(problem: Problem) -> list[wire.Cell]:
    touched = [escape.line(label) for label in problem.labels]
    if problem.commits:
        touched.append(format.plural(len(problem.commits), "version"))
    return [
        {"text": escape.line(problem.kind), "kind": "code"},
        {"text": escape.line(problem.text, 400)},
        {"text": ", ".join(touched) or "no version"},
    ]


def as_text(view: Any, look: text.Look) -> str:
    """Return a report for a terminal."""
    return notice.as_text(view, look) if view["view"] == "notice" else tables.as_text(view, look)


def as_html(view: Any) -> html.Safe:
    """Return a report as static HTML."""
    return notice.as_html(view) if view["view"] == "notice" else tables.as_html(view)
