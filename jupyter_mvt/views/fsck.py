"""What a verification found: one sentence when all is sound, else a table of faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.views import escape, format, notice, parts, tables, text, wire

if TYPE_CHECKING:
    from jupyter_mvt.store.faults import FsckReport, Problem
    from jupyter_mvt.views import html

__all__ = ["as_html", "as_text", "payload"]

_ABSENT, _PACKS = "missing-object", ("corrupt-pack", "not-a-file")
_UNREADABLE = frozenset({"corrupt-record", "missing-operation"})
"""Faults of operations: what such a one changed is nowhere else."""
_INDEX = "corrupt-index"
_LEFT = ("corrupt-run", "unknown-file")
"""Faults of what nobody reads; whose it is, is not known here, so that no repair deletes it."""
_NAMED = 8
"""Versions that a fault names; of more it tells how many."""


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
            "columns": heads, "rows": [_row(problem, report) for problem in report.problems],
            "total": len(report.problems), "empty": "",
            "command": _command(report)}  # fmt: skip


def _command(report: FsckReport) -> str:
    """Return what repairs: a lost operation mostly has to come from another repository."""
    if any(problem.kind in _UNREADABLE and not problem.copy for problem in report.problems):
        return "%mvt fsck --repair --from FOLDER"
    kinds = {problem.kind for problem in report.problems}
    if kinds - {_INDEX, *_LEFT}:
        return "%mvt fsck --repair"
    return "%mvt index rebuild" if _INDEX in kinds else ""


def _names(labels: tuple[str, ...], versions: tuple[str, ...]) -> list[str]:
    more = len(versions) - _NAMED
    some = [*map(escape.line, labels), *versions[:_NAMED]]
    return [*some, format.plural(more, "more version")] if more > 0 else some


def _row(problem: Problem, report: FsckReport) -> list[wire.Cell]:
    touched = _names(problem.labels, problem.versions)
    missing = [one for one in report.problems if one.kind == _ABSENT]
    if not touched and missing and problem.kind in _PACKS:  # nothing else tells what was in it
        labels = dict.fromkeys(label for one in missing for label in one.labels)
        versions = dict.fromkeys(name for one in missing for name in one.versions)
        touched = _names(tuple(labels), tuple(versions))
        touched[:1] = [f"perhaps {touched[0] if touched else 'what is missing'}"]
    if not touched and problem.kind in _UNREADABLE:
        touched.append("what cannot be told")
    return [
        {"text": escape.line(problem.kind), "kind": "code"},
        {"text": escape.line(problem.text, 400)},
        {"text": ", ".join(touched) or "no version"},
    ]


def as_text(view: Any, look: text.Look) -> str:
    """Return a report for a terminal."""
    if view["view"] == "notice":
        return notice.as_text(view, look)
    # Not as a table: what names the file and the versions is longer than a line, and all of it
    # is needed.
    faults = [
        f"{look.wrap(f'{kind}: {said}', '! ')}\n{look.wrap(f'Touches {touched}.', '  ')}"
        for kind, said, touched in ([cell["text"] for cell in row] for row in view["rows"])
    ]
    blocks = [view["title"], *faults, *text.tail([], view.get("cut"), look)]
    if view["command"]:
        blocks.append(f"  {look.typed(view['command'])}")
    return "\n\n".join(blocks)


def as_html(view: Any) -> html.Safe:
    """Return a report as static HTML."""
    return notice.as_html(view) if view["view"] == "notice" else tables.as_html(view)
