"""Plain text for terminals: aligned, no wider than asked, readable without colour."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_mvt.views import format, parts, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "SHAPES",
    "Look",
    "facts",
    "metric_table",
    "own_table",
    "table",
    "tail",
    "title_of",
    "version_head",
    "width_of",
]

SHAPES: dict[wire.Verdict, str] = {
    "better": "✓",
    "worse": "◆",
    "same": "=",
    "changed": "•",
    "inconclusive": "?",
    "incomparable": "?",
}
_GAP = "  "
_NARROWEST = 8
_REASON = 16
"""Columns that a verdict has at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who looks: columns at hand, and the present time if it may be spoken of.

    Without `now_ms` times are absolute, as in a saved output that is read much later.
    """

    width: int = 88
    now_ms: int | None = None
    zone: tzinfo = UTC
    command: str = "%mvt"
    """How commands are written there. Only our own words are rewritten, never people's."""

    def time(self, time_ms: int) -> str:
        """Return a time as it is said here."""
        return format.when(time_ms, self.now_ms, self.zone)

    def typed(self, text: str) -> str:
        """Return words of ours with commands as they are typed here."""
        return text.replace("%mvt ", f"{self.command} ")

    def wrap(self, text: str, lead: str = "") -> str:
        """Return `text` in lines of at most `width`, hanging under `lead`."""
        # textwrap breaks at no-break spaces too on no account: they are not in its whitespace.
        return textwrap.fill(
            text,
            self.width,
            initial_indent=lead,
            subsequent_indent=" " * width_of(lead),
            break_on_hyphens=False,
        )


@lru_cache(maxsize=4096)
def width_of(text: str) -> int:
    """Return the columns that `text` takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) or char in "\u200c\u200d"
        else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )  # fmt: skip


def fit(text: str, width: int) -> str:
    """Return `text` cut to `width` columns."""
    if width_of(text) <= width:
        return text
    kept = ""
    for char in text:
        if width_of(kept + char) > width - 1:
            break
        kept += char
    return kept + "…"


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` filled with spaces to `width` columns."""
    fill = " " * (width - width_of(text))
    return fill + text if right else text + fill


def table(
    rows: Sequence[Sequence[str]],
    right: Sequence[bool],
    look: Look,
    *,
    head: bool = True,
    give: int | None = None,
    indent: str = "",
) -> str:
    """Return aligned columns; too wide a table takes from column `give`, then from the widest.

    Parameters
    ----------
    rows
        Cells, the first row being the head when `head`.
    right
        Which columns are set flush right.
    """
    if not rows:
        return ""
    widths = [max(width_of(row[i]) for row in rows) for i in range(len(right))]
    over = sum(widths) + len(_GAP) * (len(widths) - 1) + len(indent) - look.width
    if give is not None and over > 0:
        cut = min(over, max(widths[give] - _NARROWEST, 0))
        widths[give] -= cut
        over -= cut
    while over > 0 and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
        over -= 1
    lines = []
    for row in rows:
        cells = [
            pad(fit(cell, width), width, right=flush)
            for cell, width, flush in zip(row, widths, right, strict=True)
        ]
        lines.append((indent + _GAP.join(cells)).rstrip())
    if head:
        lines.insert(1, (indent + _GAP.join("─" * width for width in widths)).rstrip())
    return "\n".join(fit(line, look.width) for line in lines)


def title_of(metric: wire.Metric) -> str:
    """Return ``Recall, region=south``."""
    return ", ".join(part for part in (metric["title"], metric["slice"], metric["split"]) if part)


def metric_table(rows: Sequence[wire.Metric], look: Look, base: str, other: str) -> str:
    """Return metrics of two sides with change, its interval where one is known, and judgement."""
    known = any("interval" in row for row in rows)
    body = [
        (
            title_of(row),
            row["base"]["text"],
            row["other"]["text"],
            format.with_unit(row["change"], row["unit"]),
            *([row.get("interval", "")] if known else []),
            f"{SHAPES[row['verdict']]} {row['word']}"
            + (f": {row['why']}" if row["why"] and row["verdict"] == "incomparable" else ""),
        )
        for row in rows
    ]
    head = ("Metric", base, other, "Change", *(["95 %"] if known else []), "")
    right = (False, *[True] * (len(head) - 2), False)
    # A long reason gives way before the names do.
    reasons = max((width_of(row[-1]) for row in body), default=0)
    give = len(head) - 1 if reasons > _REASON else 0
    return table([head, *body], right, look, give=give, indent="  ")


def own_table(rows: Sequence[wire.Metric], look: Look) -> str:
    """Return metrics of one version."""
    body = [(title_of(row), row["other"]["text"]) for row in rows]
    return table([("Metric", "Value"), *body], (False, True), look, indent="  ")


def version_head(version: wire.Version, look: Look, parents: Sequence[str]) -> str:
    """Return number and message, and below it id, branch, author, time and parents."""
    message = f"{_GAP}{version['message']}" if version["message"] else ""
    meta = [version["id"], version["branch"], version["author"], look.time(version["time_ms"])]
    if parents:
        meta.append(f"parent{'s' if len(parents) > 1 else ''} {', '.join(parents)}")
    marks = [f"[{label}]" for label in version["labels"]]
    marks += [f"tag {tag}" for tag in version["tags"]]
    said = " · ".join(part for part in [*meta, *marks] if part)
    return f"{fit(version['name'] + message, look.width)}\n{look.wrap(said)}"


def facts(rows: Sequence[wire.Fact], look: Look) -> str:
    """Return ``Model  RandomForestClassifier, 118,402 weights``, a fact a line."""
    return table([(row["key"], row["text"]) for row in rows], (False, False), look, head=False,
                 give=1)  # fmt: skip


def tail(notes: Sequence[wire.NoteRow], cut: str | None, look: Look) -> list[str]:
    """Return the blocks that end a view: capture notes, and that something was left out."""
    blocks = []
    if notes:
        blocks.append("\n".join(look.wrap(look.typed(note_text(note)), "! ") for note in notes))
    if cut:
        blocks.append(look.wrap(look.typed(cut)))
    return blocks


def note_text(note: wire.NoteRow) -> str:
    """Return a note with what it is about, said once."""
    about = note["about"]
    named = not about or parts.mentions(note["text"], about)
    return note["text"] if named else f"{about}: {note['text']}"
