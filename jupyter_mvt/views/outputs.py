"""Figures and tables of two versions beside each other, and those of one version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_mvt.display import owner_of
from jupyter_mvt.errors import MvtError
from jupyter_mvt.objects.ids import short
from jupyter_mvt.views import escape, format, html, pictures, text, wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_mvt.compare.diff import Diff
    from jupyter_mvt.compare.outputs import OutputChange, OutputsDiff, Shown
    from jupyter_mvt.objects.output import Grid, Output
    from jupyter_mvt.objects.version import VersionRef

__all__ = [
    "Pictures",
    "as_html",
    "as_text",
    "counted",
    "illustrations",
    "listed",
    "placed",
    "section",
]

Pictures: TypeAlias = dict[tuple[str, int], tuple[str, str, bool]]
"""Version and number of an output → MIME type, base64, whether it is a smaller copy."""

_EDITS = 12
_TEXT_EDITS = 5
_MOST_SAVED = 6
"""Changes whose figures are tried to be saved."""

_FORMS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/svg+xml": "SVG"}
_CELL = 120


def section(found: OutputsDiff, base: VersionRef, other: VersionRef) -> wire.OutputsSection:
    """Return what differs, both sides of each."""
    count = f"{format.count(len(found.changes))} of {format.plural(found.total, 'output')} differ"
    return {
        "text": count + ("s" if len(found.changes) == 1 else ""),
        "command": f'mvt.open().diff("{base.name}", "{other.name}").widget()',
        "rows": [_row(change, base, other) for change in found.changes],
        "equal": [_named(output, 0) for output in found.equal],
    }


def _row(change: OutputChange, base: VersionRef, other: VersionRef) -> wire.OutputRow:
    said = {"added": f"only in {other.name}", "removed": f"only in {base.name}"}
    main = change.other or change.base
    row: wire.OutputRow = {
        "title": "" if main is None else _named(main.output, main.nth),
        "kind": change.kind,
        "text": said.get(change.presence, "changed"),
        "edits": [_edit(change, i) for i in range(min(len(change.edits), _EDITS))],
    }
    more = len(change.edits) - _EDITS
    if more > 0:
        row["edits"].append(f"and {format.plural(more, 'more cell')}")
    if change.base is not None:
        row["base"] = _side(change.base, base)
    if change.other is not None:
        row["other"] = _side(change.other, other)
    return row


def _edit(change: OutputChange, at: int) -> str:
    edit = change.edits[at]
    names = ", ".join(escape.line(name, 60) for name in (edit.row, edit.column))
    old, new = (escape.line(side, 60) or "empty" for side in (edit.base, edit.other))
    return f"{names}: {old} → {new}"


def _named(output: Output, nth: int) -> str:
    """Return ``Figure 2 of cell [5]``, with its caption in front."""
    number = f" {nth}" if nth else ""
    if output.title:
        return f"{escape.line(output.title, 80)}, {output.kind}{number} of cell [{output.cell}]"
    return f"{output.kind.capitalize()}{number} of cell [{output.cell}]"


def _side(shown: Shown, ref: VersionRef) -> wire.OutputSide:
    output = shown.output
    side: wire.OutputSide = {"name": ref.name, "text": _about(output)}
    if shown.grid is not None:
        side["grid"] = _grid(shown.grid, shown.marks)
    else:
        side["picture"] = {
            "version": escape.line(short(ref.id)),
            "number": shown.number,
            "mime": output.mime if output.mime in _FORMS else "",
            "width": max(output.width, 0),
            "height": max(output.height, 0),
            "alt": f"{_named(output, shown.nth)} in {ref.name}",
        }
    return side


def _about(output: Output) -> str:
    size = format.size(output.nbytes)
    if output.kind == "table":
        rows, columns = format.plural(output.height, "row"), format.plural(output.width, "column")
        return f"{rows} × {columns}"
    form = _FORMS.get(output.mime, "figure")
    if output.width and output.height:
        return f"{format.count(output.width)} × {format.count(output.height)} {form}, {size}"
    return f"{form}, {size}"


def _grid(grid: Grid, marks: Sequence[tuple[int, int]]) -> wire.Grid:
    places: dict[int, list[int]] = {}
    for i, j in marks:
        places.setdefault(i, []).append(j)
    return {
        "head": [[escape.line(cell, _CELL) for cell in row] for row in grid.head],
        "rows": [
            {"cells": [escape.line(cell, _CELL) for cell in row], "marks": places.get(i, [])}
            for i, row in enumerate(grid.rows)
        ],
        "labels": grid.labels,
    }


def illustrations(diff: Diff) -> Iterator[Pictures]:
    """Yield, one change after the other, its figures as they may be saved; reads them verified.

    A figure that cannot be read is left out: a live view tells why.
    """
    owner: Any = owner_of(diff)
    if owner is None or diff.outputs is None:
        return
    drawn = [change for change in diff.outputs.changes if change.kind == "figure"]
    for change in drawn[:_MOST_SAVED]:
        found: Pictures = {}
        for ref, shown in ((diff.base, change.base), (diff.other, change.other)):
            if shown is None or shown.output.mime not in _FORMS:
                continue
            try:
                made = pictures.small(shown.output.mime, owner.store.blob(shown.output.body))
            except MvtError:
                made = None
            if made is not None:
                found[escape.line(short(ref.id)), shown.number] = made
        if found:
            yield found


def placed(view: wire.DiffView, found: Pictures) -> wire.DiffView:
    """Return `view` with figures in it."""
    if "outputs" not in view:
        return view
    rows: list[wire.OutputRow] = []
    for row in view["outputs"]["rows"]:
        new = row.copy()
        if "base" in row:
            new["base"] = _with_picture(row["base"], found)
        if "other" in row:
            new["other"] = _with_picture(row["other"], found)
        rows.append(new)
    return {**view, "outputs": {**view["outputs"], "rows": rows}}


def _with_picture(side: wire.OutputSide, found: Pictures) -> wire.OutputSide:
    picture = side.get("picture")
    made = None if picture is None else found.get((picture["version"], picture["number"]))
    if picture is None or made is None:
        return side
    mime, data, reduced = made
    filled: wire.Picture = {**picture, "mime": mime, "data": data}
    if reduced:
        filled["reduced"] = True
    return {**side, "picture": filled}


def as_text(found: wire.OutputsSection, look: text.Look) -> str:
    """Return what differs for a terminal."""
    lines = [look.wrap(found["text"], "Outputs  ")]
    for row in found["rows"]:
        lines.append(look.wrap(_told(row), "  "))
        edits = row["edits"]
        lines += [look.wrap(edit, "    ") for edit in edits[:_TEXT_EDITS]]
        if len(edits) > _TEXT_EDITS:
            lines.append(f"    and {format.count(len(edits) - _TEXT_EDITS)} more")
    if found["equal"]:
        lines.append(look.wrap(f"equal: {', '.join(found['equal'])}", "  "))
    return "\n".join(lines)


def _told(row: wire.OutputRow) -> str:
    sides = [side["text"] for side in (row.get("base"), row.get("other")) if side is not None]
    said = " → ".join(dict.fromkeys(sides))
    return f"{row['title']} {row['text']}, {said}"


def as_html(found: wire.OutputsSection) -> html.Safe:
    """Return what differs as static HTML, both sides in two columns."""
    blocks: list[html.Child] = [html.heading("Outputs"), html.quiet(found["text"])]
    left_out = False
    for row in found["rows"]:
        blocks.append(html.p(html.b(row["title"]), f" {row['text']}"))
        sides = [side for side in (row.get("base"), row.get("other")) if side is not None]
        left_out |= any("picture" in side and "data" not in side["picture"] for side in sides)
        shown = [html.join(html.quiet(f"{side['name']} · {side['text']}"), _html_side(side))
                 for side in sides]  # fmt: skip
        blocks.append(html.beside(shown))
    if left_out:
        blocks.append(html.p("Figures that are left out of this saved output are shown by ",
                             html.code(found["command"])))  # fmt: skip
    if found["equal"]:
        blocks.append(html.quiet(f"equal: {', '.join(found['equal'])}"))
    return html.join(*blocks)


def _html_side(side: wire.OutputSide) -> html.Safe | None:
    if "grid" in side:
        return _html_grid(side["grid"])
    picture = side.get("picture")
    if picture is None or "data" not in picture:
        return None
    return html.picture(pictures.data_uri(picture["mime"], picture["data"]), picture["alt"])


def _html_grid(grid: wire.Grid) -> html.Safe:
    left = "text-align:left;vertical-align:top"
    head = [
        html.element("tr", *(html.element("th", cell, scope="col", style=left) for cell in row))
        for row in grid["head"]
    ]
    rows = []
    for row in grid["rows"]:
        cells = [
            html.element("th", cell, scope="row", style=left) if j < grid["labels"]
            else html.element("td", html.b(cell) if j in row["marks"] else cell, style=left)
            for j, cell in enumerate(row["cells"])
        ]  # fmt: skip
        rows.append(html.element("tr", *cells))
    top = html.element("thead", *head) if head else None
    return html.element("table", top, html.element("tbody", *rows), style="margin:4px 0")


def listed(found: Sequence[Output]) -> wire.SectionTable:
    """Return the outputs of one version as a table."""
    heads = [_column("#", numeric=True), _column("Output"), _column("What it is")]
    rows: list[list[wire.Cell]] = [
        [
            {"text": str(number), "value": float(number)},
            {"text": _named(output, 0)},
            {"text": _about(output), "kind": "quiet"},
        ]
        for number, output in enumerate(found)
    ]
    return {"title": "Outputs", "columns": heads, "rows": rows}


def counted(found: Sequence[Output]) -> str:
    """Return ``2 figures, 1 table``."""
    kinds = [output.kind for output in found]
    said = [format.plural(kinds.count(kind), kind) for kind in ("figure", "table") if kind in kinds]
    return ", ".join(said)


def _column(title: str, *, numeric: bool = False) -> wire.Column:
    return {"key": title.lower(), "title": title, "kind": "text", "lower": False,
            "numeric": numeric}  # fmt: skip
