"""The small graph at the left of a log, drawn with characters as git does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Lane", "lanes"]

_MOST = 8
"""Lanes that are drawn; a history wider than this is cut at the right."""

_CORNERS = {"╯": ("┴", "╰"), "╮": ("┬", "╭"), "┤": ("┼", "├")}
"""Right end of an edge → the same in the middle, and at the left end."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the graph; `commit` tells whether it carries a version."""

    text: str
    commit: bool


def lanes(rows: Sequence[tuple[str, Sequence[str]]], marks: Sequence[str]) -> list[Lane]:
    """Return the lines of the graph of `rows`, (id, parents) from new to old.

    Parameters
    ----------
    marks
        The character of each version.
    """
    present = {oid for oid, _ in rows}
    open_: list[str | None] = []
    lines: list[Lane] = []
    for (oid, parents), mark in zip(rows, marks, strict=True):
        at = _place(open_, oid)
        ends = [i for i, waiting in enumerate(open_) if waiting == oid and i != at]
        if ends:
            lines.append(_joint(open_, at, ends, "╯"))
            for i in ends:
                open_[i] = None
        lines.append(Lane(_drawn([mark if i == at else "│" if waiting else " "
                                  for i, waiting in enumerate(open_)]), commit=True))  # fmt: skip
        known = [parent for parent in parents if parent in present]
        open_[at] = known[0] if known else None
        starts = []
        for parent in known[1:]:
            if parent in open_:
                # The other side's lane is there already: an edge to it, which goes on below.
                lines.append(_joint(open_, at, [open_.index(parent)], "┤"))
            else:
                spot = _free(open_)
                open_[spot] = parent
                starts.append(spot)
        if starts:
            lines.append(_joint(open_, at, starts, "╮"))
        while open_ and open_[-1] is None:
            open_.pop()
    return lines


def _place(open_: list[str | None], oid: str) -> int:
    if oid in open_:
        return open_.index(oid)
    spot = _free(open_)
    open_[spot] = oid
    return spot


def _free(open_: list[str | None]) -> int:
    if None in open_:
        return open_.index(None)
    open_.append(None)
    return len(open_) - 1


def _joint(open_: list[str | None], at: int, others: list[int], corner: str) -> Lane:
    low, high = min([at, *others]), max([at, *others])
    cells = []
    for i, waiting in enumerate(open_):
        if i == at:
            cells.append(
                "├" if high > at and low == at else "┤" if low < at and high == at else "┼"
            )
        elif i in others:
            inner, left = _CORNERS[corner]
            cells.append(corner if i == high else left if i == low else inner)
        elif low < i < high:
            cells.append("┼" if waiting else "─")
        else:
            cells.append("│" if waiting else " ")
    text = cells[0]
    for i, cell in enumerate(cells[1:], start=1):
        text += ("─" if low < i <= high else " ") + cell
    return Lane(text[: 2 * _MOST].rstrip(), commit=False)


def _drawn(cells: list[str]) -> str:
    return " ".join(cells)[: 2 * _MOST].rstrip()
