"""Static HTML for readers without our renderer: tables and text, no controls, no scripts.

Elements are built, never pasted: whatever is not `Safe` is escaped. Styles are inline and few
(sanitisers drop style sheets), without backgrounds or text colours, so that light and dark
pages both stay readable; only the shapes of verdicts are tinted, in tones that show on either.
"""

from __future__ import annotations

from html import escape as quote
from typing import TYPE_CHECKING

from jupyter_mvt.views import format, wire
from jupyter_mvt.views.text import SHAPES, note_text, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Safe",
    "b",
    "beside",
    "card",
    "code",
    "element",
    "facts",
    "heading",
    "join",
    "metric_table",
    "own_table",
    "p",
    "picture",
    "pre",
    "quiet",
    "shape",
    "table",
    "tail",
    "time",
    "version_head",
]

_VOID = frozenset({"br", "img"})
_TINTS: dict[str, str] = {"better": "#11908f", "worse": "#d2581f"}
_LEFT = "text-align:left;vertical-align:top"
_RIGHT = "text-align:right;vertical-align:top;white-space:nowrap"


class Safe(str):
    """HTML made by this module; anything else is escaped when it is put into an element."""

    __slots__ = ()


Child = Safe | str | None


def element(name: str, *children: Child, **attributes: str) -> Safe:
    """Return an element; text is escaped, ``None`` is left out."""
    written = "".join(
        f' {key.rstrip("_")}="{quote(value)}"' for key, value in attributes.items() if value
    )
    if name in _VOID:
        return Safe(f"<{name}{written}>")
    return Safe(f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: Child) -> Safe:
    """Return children one after the other."""
    return Safe(
        "".join(
            child if isinstance(child, Safe) else quote(child)
            for child in children
            if child is not None
        )
    )


def card(*children: Child) -> Safe:
    """Return the frame of a view."""
    return element("div", *children, style="font-variant-numeric:tabular-nums")


def p(*children: Child) -> Safe:
    """Return a paragraph."""
    return element("p", *children, style="margin:4px 0")


def quiet(*children: Child) -> Safe:
    """Return a paragraph in lighter ink."""
    return element("p", *children, style="margin:4px 0;opacity:.72")


def b(*children: Child) -> Safe:
    """Return bold text."""
    return element("b", *children)


def code(text: str) -> Safe:
    """Return text in code type."""
    return element("code", text)


def pre(text: str) -> Safe:
    """Return preformatted text."""
    return element("pre", text, style="margin:4px 0;overflow-x:auto")


def heading(*children: Child) -> Safe:
    """Return the title of a section."""
    return element("p", b(*children), style="margin:12px 0 4px")


def time(time_ms: int) -> Safe:
    """Return an absolute time that programs can read as well."""
    said = format.moment(time_ms)
    iso = format.moment_iso(time_ms)
    return element("time", said, datetime=iso, style="white-space:nowrap")


def shape(verdict: wire.Verdict) -> Safe:
    """Return the shape of a verdict; its word has to stand beside it."""
    tint = _TINTS.get(verdict, "")
    return element("span", SHAPES[verdict], style=f"color:{tint}" if tint else "")


def table(head: Sequence[str], rows: Sequence[Sequence[Child]], right: Sequence[bool] = ()) -> Safe:
    """Return a table; `right` tells which columns are set flush right."""
    flush = [*right, *[False] * (len(head) - len(right))]
    styles = [_RIGHT if is_right else _LEFT for is_right in flush]
    top = [
        element("th", title, scope="col", style=style)
        for title, style in zip(head, styles, strict=True)
    ]
    body = [
        element(
            "tr",
            *(element("td", cell, style=style) for cell, style in zip(row, styles, strict=True)),
        )
        for row in rows
    ]
    shown = element("thead", element("tr", *top)) if any(head) else None
    return element("table", shown, element("tbody", *body), style="margin:4px 0")


def beside(parts: Sequence[Child]) -> Safe:
    """Return parts in columns."""
    style = f"{_LEFT};padding:0 24px 0 0"
    cells = [element("td", part, style=style) for part in parts]
    return element("table", element("tbody", element("tr", *cells)), style="margin:4px 0")


def picture(source: str, alt: str) -> Safe:
    """Return an image; `source` is the address of its own content."""
    return element("img", src=source, alt=alt, style="max-width:100%")


def metric_table(rows: Sequence[wire.Metric], base: str, other: str) -> Safe | None:
    """Return metrics of two sides with change, its interval where one is known, and judgement."""
    if not rows:
        return None
    known = any("interval" in row for row in rows)
    body = [
        (
            title_of(row),
            row["base"]["text"],
            row["other"]["text"],
            b(format.with_unit(row["change"], row["unit"])),
            *([row.get("interval", "")] if known else []),
            join(shape(row["verdict"]), f" {row['word']}", _why(row)),
        )
        for row in rows
    ]
    head = ("Metric", base, other, "Change", *(["95 %"] if known else []), "Verdict")
    return table(head, body, (False, *[True] * (len(head) - 2), False))


def _why(row: wire.Metric) -> str:
    return f": {row['why']}" if row["why"] and row["verdict"] == "incomparable" else ""


def own_table(rows: Sequence[wire.Metric]) -> Safe:
    """Return metrics of one version."""
    body = [(title_of(row), row["other"]["text"]) for row in rows]
    return table(("Metric", "Value"), body, (False, True))


def version_head(version: wire.Version, parents: Sequence[str]) -> Safe:
    """Return number and message, and below it id, branch, author, time and parents."""
    meta: list[Child] = [code(version["id"])]
    said = [version["branch"], version["author"]]
    for part in filter(None, said):
        meta += [" · ", part]
    meta += [" · ", time(version["time_ms"])]
    if parents:
        meta.append(f" · parent{'s' if len(parents) > 1 else ''} {', '.join(parents)}")
    for label in version["labels"]:
        meta.append(f" · [{label}]")
    for tag in version["tags"]:
        meta.append(f" · tag {tag}")
    title = element(
        "p", b(version["name"]), f" {version['message']}", style="margin:4px 0;font-size:115%"
    )
    return join(title, quiet(*meta))


def facts(rows: Sequence[wire.Fact]) -> Safe | None:
    """Return ``Model TabularNet, 118,402 weights`` …, one after the other."""
    if not rows:
        return None
    said: list[Child] = []
    for row in rows:
        said += [" · " if said else None, b(row["key"]), " ", row["text"]]
    return p(*said)


def tail(notes: Sequence[wire.NoteRow], cut: str | None) -> list[Safe]:
    """Return what ends a view: capture notes, and that something was left out."""
    lines = [p("⚠ ", note_text(note)) for note in notes]
    if cut:
        lines.append(quiet(cut))
    return lines
