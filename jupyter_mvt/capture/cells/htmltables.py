"""Tables of an HTML text, as rows of plain text; nothing of the markup is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from jupyter_mvt.objects.output import MOST_COLUMNS, MOST_ROWS, Grid

__all__ = ["Found", "read_tables"]

_LONGEST = 200
"""Characters of one cell."""

# Told beside their tables by pandas, and by polars.
_TOLD = (re.compile(r"(\d+) rows × (\d+) columns"), re.compile(r"shape: \(([\d_]+), ([\d_]+)\)"))
_ROW = re.compile(r"<tr[\s>]", re.IGNORECASE)
_PIECE = 16_384
_HEADS = 20
"""Rows of titles at the most."""

_UNSEEN = frozenset({"style", "script", "template", "title"})


@dataclass(frozen=True, slots=True)
class Found:
    """A table with its caption, and how many rows and columns it has in all.

    `cut` tells that rows or columns of the text were left out here.
    """

    grid: Grid
    caption: str
    rows: int
    columns: int
    cut: bool


@dataclass(slots=True)
class _Cell:
    head: bool
    across: int
    down: int
    text: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    cells: list[_Cell] = field(default_factory=list)
    in_head: bool = False


@dataclass(slots=True)
class _Open:
    rows: list[_Row] = field(default_factory=list)
    caption: list[str] = field(default_factory=list)
    in_head: bool = False
    further: int = 0


class _Reader(HTMLParser):
    """Gathers the outermost tables; what is folded away in ``<details>`` was not shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Open] = []
        self.beside: list[str] = []
        self._depth = 0
        self._folded = 0
        self._unseen = 0
        self._into: list[str] | None = None

    @property
    def is_long(self) -> bool:
        """Whether the table that is open has more rows than are kept."""
        return self._depth == 1 and len(self.tables[-1].rows) > MOST_ROWS + _HEADS

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._folded += tag == "details"
        self._unseen += tag in _UNSEEN
        if self._folded or self._unseen:
            return
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append(_Open())
        elif self._depth == 1:
            self._inside(self.tables[-1], tag, dict(attrs))
        elif tag == "br" and self._into is not None:
            self._into.append(" ")

    def _inside(self, table: _Open, tag: str, attrs: dict[str, str | None]) -> None:
        if tag in {"thead", "tbody", "tfoot"}:
            table.in_head = tag == "thead"
        elif tag == "caption":
            self._into = table.caption
        elif tag == "tr":
            table.rows.append(_Row(in_head=table.in_head))
            self._into = None
        elif tag in {"td", "th"}:
            if not table.rows:
                table.rows.append(_Row(in_head=table.in_head))
            cell = _Cell(tag == "th", _span(attrs.get("colspan"), MOST_COLUMNS + 1),
                         _span(attrs.get("rowspan"), MOST_ROWS + 1))  # fmt: skip
            table.rows[-1].cells.append(cell)
            self._into = cell.text
        elif tag in {"br", "p", "div", "li"} and self._into is not None:
            self._into.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self._folded = max(self._folded - 1, 0)
        elif tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif self._folded or self._unseen:
            return
        elif tag == "table":
            self._depth = max(self._depth - 1, 0)
            self._into = self._into if self._depth else None
        elif self._depth == 1 and tag in {"td", "th", "tr", "caption"}:
            self._into = None
        elif self._depth == 1 and tag == "thead":
            self.tables[-1].in_head = False

    def handle_data(self, data: str) -> None:
        if self._folded or self._unseen:
            return
        if self._into is not None:
            self._into.append(data)
        elif not self._depth:
            self.beside.append(data)


def read_tables(text: str) -> list[Found]:
    """Return the tables of `text`, in order; those without a cell are left out.

    Header rows are those of ``<thead>``, and leading ones of nothing but ``<th>``. Cells that
    span several places are repeated in each. At most `MOST_ROWS` × `MOST_COLUMNS` are kept.
    """
    reader = _Reader()
    at = 0
    while at < len(text):
        # Whole tags: what the reader has not come to yet can then be counted.
        end = text.find(">", at + _PIECE) + 1 or len(text)
        reader.feed(text[at:end])
        at = _past(reader, text, end)
    reader.close()
    found = [made for table in reader.tables if (made := _found(table)) is not None]
    told = _told(" ".join(reader.beside))
    if told is None or len(found) != 1:
        return found
    (only,) = found
    return [replace(only, rows=max(only.rows, told[0]), columns=max(only.columns, told[1]))]


def _past(reader: _Reader, text: str, at: int) -> int:
    """Return where to read on: rows beyond those that are kept are only counted."""
    if not reader.tables or not reader.is_long:
        return at
    end = text.find("</table", at)
    end = len(text) if end < 0 else end
    if end > at:
        table = reader.tables[-1]
        # The last row may have been begun, and its cells be among those that are passed over.
        table.further += len(_ROW.findall(text, at, end)) + (not table.rows[-1].cells)
    return max(end, at)


def _told(text: str) -> tuple[int, int] | None:
    for pattern in _TOLD:
        match = pattern.search(text[:10_000])
        if match:
            rows, columns = (int(part.replace("_", "")[:15]) for part in match.groups())
            return rows, columns
    return None


def _found(table: _Open) -> Found | None:
    rows = [row for row in table.rows if row.cells]
    if not rows:
        return None
    texts, heads = _laid_out(rows[: MOST_ROWS + _HEADS])
    columns = max(*map(len, texts), *(sum(c.across for c in row.cells) for row in rows))
    head = next((i for i, row in enumerate(rows[: len(texts)]) if not _heads(row)), len(texts))
    labels = min((_labels(marks) for marks in heads[head : head + MOST_ROWS]), default=0)
    wide = [(row + [""] * columns)[: min(columns, MOST_COLUMNS)] for row in texts]
    kept = [tuple(row) for row in wide]
    grid = Grid(head=tuple(kept[:head]), rows=tuple(kept[head : head + MOST_ROWS]),
                labels=min(labels, MOST_COLUMNS))  # fmt: skip
    body = len(rows) - head + table.further
    return Found(
        grid=grid,
        caption=_clean(table.caption),
        rows=body,
        columns=columns - grid.labels,
        cut=body > len(grid.rows) or columns > MOST_COLUMNS,
    )


def _laid_out(rows: list[_Row]) -> tuple[list[list[str]], list[list[bool]]]:
    """Return texts, and which of them are heads, with every span filled."""
    texts: list[list[str]] = []
    heads: list[list[bool]] = []
    hanging: dict[int, tuple[int, str, bool]] = {}
    for row in rows:
        line: list[str] = []
        marks: list[bool] = []
        for cell in row.cells:
            _fill(line, marks, hanging)
            text = _clean(cell.text)
            for _ in range(cell.across):
                if len(line) > MOST_COLUMNS:
                    break
                if cell.down > 1:
                    hanging[len(line)] = (cell.down - 1, text, cell.head)
                line.append(text)
                marks.append(cell.head)
        _fill(line, marks, hanging)
        texts.append(line)
        heads.append(marks)
    return texts, heads


def _fill(line: list[str], marks: list[bool], hanging: dict[int, tuple[int, str, bool]]) -> None:
    """Repeat what cells of rows above span into this place."""
    while len(line) <= MOST_COLUMNS and len(line) in hanging:
        at = len(line)
        left, text, head = hanging.pop(at)
        if left > 1:
            hanging[at] = (left - 1, text, head)
        line.append(text)
        marks.append(head)


def _heads(row: _Row) -> bool:
    return row.in_head or all(cell.head for cell in row.cells)


def _labels(marks: list[bool]) -> int:
    """Return how many cells at the left are heads."""
    return next((i for i, head in enumerate(marks) if not head), len(marks))


def _clean(parts: list[str]) -> str:
    text = " ".join("".join(parts).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _span(value: str | None, most: int) -> int:
    text = (value or "").strip()
    if not (text.isascii() and text.isdigit()):
        return 1
    return max(1, min(int(text[:9]), most))
