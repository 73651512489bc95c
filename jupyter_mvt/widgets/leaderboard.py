"""``repo.leaderboard().widget()``: a ranking of any size, live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.views import board as view
from jupyter_mvt.widgets.live import LiveView, module, number, text

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.metrics.leaderboard import Leaderboard
    from jupyter_mvt.views import wire

__all__ = ["LeaderboardWidget"]

_ROWS, _KEYS = 200, 80


class LeaderboardWidget(LiveView):
    """A leaderboard whose rows and columns are fetched where they are looked at.

    Parameters
    ----------
    value
        The ranking.
    handle
        The repository, where it is known.
    """

    def __init__(self, value: Leaderboard, handle: Handle | None) -> None:
        self._esm = module("leaderboard")
        super().__init__(value, handle)
        self._board = view.Board(value)
        self._answers["page"] = self._page
        self._show(view.live(self._board))

    def _page(self, question: dict[str, Any]) -> wire.BoardPage:
        order = self._board.order(
            text(question, "sort"), question.get("descending") is True, text(question, "query")
        )
        start = number(question, "start", len(order))
        stop = min(number(question, "stop", len(order)), start + _ROWS)
        asked = question.get("keys")
        keys = [str(key) for key in asked[:_KEYS]] if isinstance(asked, list) else []
        return view.page(self._board, order, keys, start, stop)
