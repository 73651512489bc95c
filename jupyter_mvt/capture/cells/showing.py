"""From what cells showed to what a version keeps of it, and what was left out."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mvt.capture.cells.htmltables import Found, read_tables
from jupyter_mvt.capture.cells.outputs import MOST_BYTES
from jupyter_mvt.capture.secrets import REDACTED, is_secret, redact_text
from jupyter_mvt.objects.commit import Note
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.output import MOST_COLUMNS, MOST_OUTPUTS, MOST_ROWS, TABLE, Grid
from jupyter_mvt.objects.snapshot import OutputDraft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt.capture.cells.outputs import OutputLog, Shown
    from jupyter_mvt.objects.commit import NoteKind

__all__ = ["pixels", "take_outputs"]

_SVG = "image/svg+xml"
_HEAD = 100_000
_NUMBER = re.compile(r"[\s\d.,:%()±+\-−eE…]*")
_LONGEST_TITLE = 200
_SVG_ROOT = re.compile(r"<svg\b[^>]*>", re.IGNORECASE)
_SVG_LENGTH = r"""\b{}\s*=\s*["']\s*([\d.]+)\s*(px|pt)?\s*["']"""
_SVG_BOX = re.compile(
    r"""\bviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)"""
)
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def take_outputs(log: OutputLog | None) -> tuple[tuple[OutputDraft, ...], tuple[Note, ...]]:
    """Return the outputs of the next version, in the order in which they were shown, and notes.

    A cell that still runs gives what it has shown so far; the log of cells has to have numbered
    it (`CellLog.entries`).
    """
    if log is None:
        return (), ()
    drafts: list[OutputDraft] = []
    notes: list[Note] = []
    for shown in log.pending():
        drafts += (
            _table_drafts(shown, notes) if shown.mime == "text/html" else _figure(shown, notes)
        )
    crowded = sum(log.crowded.values()) + max(len(drafts) - MOST_OUTPUTS, 0)
    if crowded:
        said = "1 earlier figure or table was" if crowded == 1 else (
            f"{crowded:,} earlier figures and tables were")  # fmt: skip
        notes.append(
            _note("skipped", f"{said} left out: a version keeps the newest {MOST_OUTPUTS}")
        )
    return tuple(drafts[-MOST_OUTPUTS:]), tuple(notes)


def _note(kind: NoteKind, text: str) -> Note:
    return Note(kind=kind, about="outputs", text=text)


def _figure(shown: Shown, notes: list[Note]) -> Iterator[OutputDraft]:
    order = shown.run.order
    body = b"" if shown.body is None else _bytes(shown.mime, shown.body)
    if shown.body is None or len(body) > MOST_BYTES:
        notes.append(_note("skipped", f"a figure of cell [{order}] is larger than 1 MB: left out"))
    elif shown.mime == _SVG and redact_text(body.decode("utf-8", "replace"))[1]:
        text = f"a figure of cell [{order}] holds a secret-like text, and was not stored"
        notes.append(_note("redacted", text))
    elif body and (size := pixels(shown.mime, body)) is not None:
        yield OutputDraft(kind="figure", mime=shown.mime, body=body, cell=order,
                          cell_id=_cell_id(shown), width=size[0], height=size[1])  # fmt: skip
    else:
        text = f"a figure of cell [{order}] is no {shown.mime} that can be read: left out"
        notes.append(_note("skipped", text))


def _cell_id(shown: Shown) -> str:
    # Without ids the key is the cell's text, which the version has elsewhere.
    return "" if shown.cell == shown.run.source else shown.cell[:200]


def _bytes(mime: str, body: str | bytes) -> bytes:
    if isinstance(body, bytes):
        return body
    if mime == _SVG:
        return body.encode("utf-8", "replace")
    try:
        return base64.b64decode(body, validate=False)
    except (binascii.Error, ValueError):
        return b""


def _table_drafts(shown: Shown, notes: list[Note]) -> Iterator[OutputDraft]:
    order, hidden = shown.run.order, 0
    for found in read_tables(str(shown.body or ""))[:MOST_OUTPUTS]:
        grid, count = _without_secrets(found.grid)
        title, more = redact_text(found.caption)
        hidden += count + more
        if found.cut or shown.cut:
            text = f"a table of cell [{order}] keeps {_kept(found)}"
            notes.append(_note("skipped", text))
        yield OutputDraft(kind="table", mime=TABLE, body=encode(grid), cell=order,
                          cell_id=_cell_id(shown), width=found.columns, height=found.rows,
                          title=title[:_LONGEST_TITLE])  # fmt: skip
    if hidden:
        text = f"{hidden} secret-like text(s) in tables of cell [{order}] were not stored"
        notes.append(_note("redacted", text))


def _kept(found: Found) -> str:
    said = []
    if found.rows > len(found.grid.rows):
        said.append(f"its first {MOST_ROWS} of {found.rows:,} rows")
    if found.columns + found.grid.labels > MOST_COLUMNS:
        said.append(f"its first {MOST_COLUMNS} columns")
    return " and ".join(said) or "only its beginning"


def _without_secrets(grid: Grid) -> tuple[Grid, int]:
    hidden = 0
    names = [" ".join(column) for column in zip(*grid.head, strict=True)] if grid.head else []

    def clean(row: tuple[str, ...], heads: bool) -> tuple[str, ...]:
        nonlocal hidden
        made = []
        for i, text in enumerate(row):
            if _NUMBER.fullmatch(text):
                made.append(text)
                continue
            found, count = redact_text(text)
            # A column, or the label of a row, may say what the value is.
            named = (names[i : i + 1] if i >= grid.labels else []) + list(row[: grid.labels])
            if not heads and i >= grid.labels and any(is_secret(name, found) for name in named):
                found, count = REDACTED, 1
            hidden += count
            made.append(found)
        return tuple(made)

    head = tuple(clean(row, True) for row in grid.head)
    return replace(grid, head=head, rows=tuple(clean(row, False) for row in grid.rows)), hidden


def pixels(mime: str, body: bytes) -> tuple[int, int] | None:
    """Return width and height of a figure, zeros where it does not say, ``None`` if it is none."""
    if mime == "image/png":
        if body[:8] != b"\x89PNG\r\n\x1a\n" or body[12:16] != b"IHDR" or len(body) < 24:
            return None
        wide, high = struct.unpack(">II", body[16:24])
        return int(wide), int(high)
    if mime == "image/jpeg":
        return _jpeg(body)
    root = _SVG_ROOT.search(body[:_HEAD].decode("utf-8", "replace"))
    return None if root is None else _svg(root[0])


def _jpeg(body: bytes) -> tuple[int, int] | None:
    if body[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 < len(body) and body[at] == 0xFF:
        if body[at + 1] in _JPEG_FRAMES:
            high, wide = struct.unpack(">HH", body[at + 5 : at + 9])
            return int(wide), int(high)
        at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
    return 0, 0


def _svg(root: str) -> tuple[int, int]:
    def length(name: str) -> int:
        match = re.search(_SVG_LENGTH.format(name), root)
        if match is None:
            return 0
        scale = 4 / 3 if match[2] == "pt" else 1
        return _whole(match[1], scale)

    wide, high = length("width"), length("height")
    box = _SVG_BOX.search(root)
    if box is not None and not (wide and high):
        return _whole(box[1]), _whole(box[2])
    return wide, high


def _whole(text: str, scale: float = 1) -> int:
    try:
        return round(min(float(text) * scale, 100_000))
    except ValueError:
        return 0
