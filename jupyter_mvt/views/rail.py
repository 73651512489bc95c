"""The graph beside a list of versions, laid out row by row so that a page can be cut from it.

A line keeps its column until the row of the version it leads to, and turns into that within one
row; column 0 is the first branch's. The browser lays out short histories by the same rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Rail"]

_MOST = 6
"""Columns are lanes while these few suffice; then the first free one is taken."""


@dataclass(slots=True)
class Rail:
    """Rows newest first; `parents` are places in them, `lanes` the branches' numbers.

    Attributes
    ----------
    columns
        The column of each row's dot, as far as it was laid out.
    segments
        (from, to, lane) of what runs between row i and row i + 1.
    """

    parents: Sequence[Sequence[int]]
    lanes: Sequence[int]
    columns: list[int] = field(default_factory=list)
    segments: list[list[list[int]]] = field(default_factory=list)
    _waiting: list[tuple[int, int] | None] = field(default_factory=list)

    def reach(self, stop: int) -> None:
        """Lay out the rows up to `stop`; earlier ones are kept."""
        # One more: a line turns on the row above the version that it leads to.
        for i in range(len(self.columns), min(stop + 1, len(self.parents))):
            self._row(i)

    def _row(self, i: int) -> None:
        lane = self.lanes[i]
        mine = [c for c, wait in enumerate(self._waiting) if wait and wait[0] == i]
        own = lane if lane in mine else (mine[0] if mine else self._free(lane))
        self.columns.append(own)
        if i:
            for segment in self.segments[i - 1]:
                if segment[1] in mine:
                    segment[1] = own
        for column in mine:
            self._waiting[column] = None
        turns: dict[int, int] = {}
        joined: set[int] = set()
        for nth, target in enumerate(self.parents[i]):
            there = self._leading(target) if nth else -1
            column = own if nth == 0 else there if there >= 0 else self._free(self.lanes[target])
            if there < 0:
                self._put(column, (target, lane if nth == 0 else self.lanes[target]))
            else:
                joined.add(column)
            turns[column] = own
        self.segments.append(self._below(turns, joined))

    def _below(self, turns: dict[int, int], joined: set[int]) -> list[list[int]]:
        found = []
        for column, wait in enumerate(self._waiting):
            if wait is None:
                continue
            start = turns.get(column, column)
            if start == column or column in joined:
                found.append([column, column, wait[1]])
            if start != column:
                found.append([start, column, wait[1]])
        return found

    def _leading(self, target: int) -> int:
        return next((c for c, wait in enumerate(self._waiting) if wait and wait[0] == target), -1)

    def _free(self, lane: int) -> int:
        def taken(column: int) -> bool:
            return column < len(self._waiting) and self._waiting[column] is not None

        column = lane if lane < _MOST and not taken(lane) else 1
        while taken(column):
            column += 1
        return column

    def _put(self, column: int, wait: tuple[int, int]) -> None:
        self._waiting += [None] * (column + 1 - len(self._waiting))
        self._waiting[column] = wait
