"""A leaderboard of any size: sorted and searched here, sent in blocks of rows and columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mvt.views import leaderboard, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.metrics.leaderboard import Leaderboard, Ranked

__all__ = ["Board", "live", "page"]

_ROWS, _KEYS, _ORDERS = 60, 24, 8


@dataclass(slots=True)
class Board:
    """A leaderboard with the orders that were asked for lately."""

    value: Leaderboard
    frame: leaderboard.Frame = field(init=False)
    _orders: dict[tuple[str, bool, str], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        value = self.value
        metrics = [name for name in value.metrics if name != value.by]
        self.frame = leaderboard.frame(value, metrics, list(value.params))

    def order(self, sort: str, descending: bool, query: str) -> list[int]:
        """Return places of rows, sorted by a column's key, of those that a search leaves."""
        key = (sort, descending, query)
        found = self._orders.pop(key, None)
        if found is None:
            rows = self.value.rows
            fitting = [i for i, row in enumerate(rows) if _fits(row, query)]
            found = self._sorted(fitting, sort, descending) if sort else fitting
        self._orders[key] = found
        while len(self._orders) > _ORDERS:
            self._orders.pop(next(iter(self._orders)))
        return found

    def _sorted(self, places: list[int], sort: str, descending: bool) -> list[int]:
        keyed = [(self._key(self.value.rows[i], sort), i) for i in places]
        known = [(key, i) for key, i in keyed if key is not None]
        missing = [i for key, i in keyed if key is None]
        known.sort(key=lambda pair: pair[0], reverse=descending)
        return [i for _, i in known] + missing

    def _key(self, row: Ranked, sort: str) -> Any:
        if sort == "version":
            return 0, row.version.number, ""
        if sort == self.frame.by:
            return 0, row.value, ""
        cell = leaderboard.cell(self.frame, row, sort)
        if cell is None or (cell["value"] is None and sort.startswith("m:")):
            return None
        value = cell["value"]
        return (0, value, "") if value is not None else (1, 0.0, cell["text"].casefold())


def _fits(row: Ranked, query: str) -> bool:
    version = row.version
    hay = "\n".join([version.name, version.id[:10], version.message, version.branch, version.author,
                     *version.labels, *version.tags]).casefold()  # fmt: skip
    return all(word in hay for word in query.casefold().split())


def live(board: Board) -> wire.LeaderboardView:
    """Return how a live leaderboard begins: all columns' names, its first block."""
    begins = leaderboard.payload(board.value, most=_ROWS)
    columns = leaderboard.columns(board.frame)
    keys = [column["key"] for column in columns[:_KEYS]]
    first = page(board, board.order("", False, ""), keys, 0, _ROWS)
    begins.update({"columns": columns, "rows": first["rows"], "live": True})
    begins.pop("cut", None)
    return begins


def page(
    board: Board, order: Sequence[int], keys: list[str], start: int, stop: int
) -> wire.BoardPage:
    """Return the rows [start, stop) of an order with the cells of some columns."""
    rows = [board.value.rows[i] for i in order[start:stop]]
    return {
        "start": start,
        "total": len(order),
        "keys": keys,
        "rows": [leaderboard.row(board.frame, row, keys) for row in rows],
    }
