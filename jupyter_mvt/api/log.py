"""Questions to the whole history: log, leaderboard, SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.compare import side
from jupyter_mvt.compare.metrics import diff_metrics
from jupyter_mvt.display import bind
from jupyter_mvt.history.log import entry
from jupyter_mvt.history.log import log as plain_log
from jupyter_mvt.history.naming import labels_by_version
from jupyter_mvt.metrics.leaderboard import Leaderboard
from jupyter_mvt.metrics.leaderboard import leaderboard as rank
from jupyter_mvt.metrics.query import sql as run_sql
from jupyter_mvt.metrics.rebuild import index_stats
from jupyter_mvt.metrics.rebuild import rebuild as make_anew
from jupyter_mvt.metrics.where import matching
from jupyter_mvt.objects.evaluation import measured_since
from jupyter_mvt.objects.remark import remark_counts
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.history.results import Log, LogEntry
    from jupyter_mvt.metrics.rebuild import IndexStats
    from jupyter_mvt.metrics.result import SqlResult
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = ["entries", "index", "leaderboard", "log", "sql"]


def log(
    handle: Handle, revision: str | None = None, *, where: str | None = None,
    limit: int | None = 200, skip: int = 0,
) -> Log:  # fmt: skip
    """List versions, newest first, each with what got worse against its first parent.

    Parameters
    ----------
    revision
        Only this version and what it follows; everything by default.
    where
        A filter over metrics, params and words: ``"accuracy > 0.9 and author = 'ana'"``.
    limit
        At most so many; ``Log.total`` counts all.
    skip
        Leave out so many of the newest: the next page.
    """
    among = None if where is None else matching(handle.store, where)
    found = plain_log(handle, revision, limit=limit, skip=skip, among=among)
    view = oplog.current(handle.store)
    measured = measured_since(view)
    judged = tuple(_judged(handle, view, measured, entry) for entry in found.entries)
    return replace(found, entries=judged)


def entries(handle: Handle, ids: Sequence[ObjectId]) -> tuple[LogEntry, ...]:
    """Return single versions as a log tells them, in the order given."""
    view = oplog.current(handle.store)
    measured = measured_since(view)
    known = labels_by_version(view), remark_counts(view), measured
    found = (entry(handle, view, oid, *known) for oid in ids)
    return tuple(_judged(handle, view, measured, one) for one in found)


def _judged(
    handle: Handle, view: View, measured: Mapping[str, Mapping[str, str]], entry: LogEntry
) -> LogEntry:
    if not entry.version.parents:
        return entry
    parent = side(handle, view, entry.version.parents[0], measured)
    judged = diff_metrics(parent, side(handle, view, entry.version.id, measured))
    worse = (
        tuple((c.name, c.slice) for c in judged.changes if c.verdict == "worse") if judged else ()
    )
    return replace(entry, regressions=worse)


def leaderboard(handle: Handle, by: str | None = None, **choice: Any) -> Leaderboard:
    """Rank versions; see `metrics.leaderboard.leaderboard` for the choices."""
    return bind(rank(handle.store, oplog.current(handle.store), by=by, **choice), handle)


def index(handle: Handle, *, rebuild: bool) -> IndexStats:
    """Return what the metric store holds; see `metrics.rebuild`."""
    return make_anew(handle.store) if rebuild else index_stats(handle.store)


def sql(handle: Handle, statement: str, params: Mapping[str, Any] | tuple[Any, ...]) -> SqlResult:
    """Run one query over the metric store; see `metrics.sql.sql`."""
    return run_sql(handle.store, statement, params)
