"""Questions to the metric store: leaderboard, SQL, and what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.display import bind
from jupyter_mvt.errors import if_interrupted
from jupyter_mvt.metrics.leaderboard import leaderboard as rank
from jupyter_mvt.metrics.query import sql as run_sql
from jupyter_mvt.metrics.rebuild import index_stats
from jupyter_mvt.metrics.rebuild import rebuild as make_anew
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.metrics.leaderboard import Leaderboard
    from jupyter_mvt.metrics.rebuild import IndexStats
    from jupyter_mvt.metrics.result import SqlResult

__all__ = ["index", "leaderboard", "sql"]


def leaderboard(handle: Handle, by: str | None = None, **choice: Any) -> Leaderboard:
    """Rank versions; see `metrics.leaderboard.leaderboard` for the choices."""
    return bind(rank(handle.store, oplog.current(handle.store), by=by, **choice), handle)


def index(handle: Handle, *, rebuild: bool) -> IndexStats:
    """Return what the metric store holds; see `metrics.rebuild`."""
    if not rebuild:
        return index_stats(handle.store)
    with if_interrupted("Interrupted: every version is as it was, and the next query finds it."):
        return make_anew(handle.store)


def sql(handle: Handle, statement: str, params: Mapping[str, Any] | tuple[Any, ...]) -> SqlResult:
    """Run one query over the metric store; see `metrics.sql.sql`."""
    return run_sql(handle.store, statement, params)
