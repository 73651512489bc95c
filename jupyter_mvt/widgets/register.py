"""Registers the widget of each type of result; imported on the first ``.widget()``."""

from __future__ import annotations

from jupyter_mvt.api.timeline import Timeline
from jupyter_mvt.compare.diff import Diff
from jupyter_mvt.display import owner_of, widget
from jupyter_mvt.metrics.leaderboard import Leaderboard
from jupyter_mvt.widgets.diff import DiffWidget
from jupyter_mvt.widgets.leaderboard import LeaderboardWidget
from jupyter_mvt.widgets.timeline import TimelineWidget

__all__: list[str] = []


@widget.register(Timeline)
def _(value: Timeline) -> TimelineWidget:
    return TimelineWidget(value, value._handle)


@widget.register(Diff)
def _(value: Diff) -> DiffWidget:
    return DiffWidget(value, owner_of(value))


@widget.register(Leaderboard)
def _(value: Leaderboard) -> LeaderboardWidget:
    return LeaderboardWidget(value, owner_of(value))
