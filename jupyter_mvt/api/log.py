"""The log, with what got worse from version to version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from jupyter_mvt.api.compare import side
from jupyter_mvt.compare.metrics import diff_metrics
from jupyter_mvt.history.log import entry
from jupyter_mvt.history.log import log as plain_log
from jupyter_mvt.history.naming import labels_by_version
from jupyter_mvt.objects.evaluation import measured_since
from jupyter_mvt.objects.remark import remark_counts
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.history.results import Log, LogEntry
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["entries", "log"]

_MOST_KNOWN = 20_000
_fallen: WeakKeyDictionary[Store, dict[tuple[Any, ...], tuple[tuple[str, str], ...]]] = (
    WeakKeyDictionary()
)
"""What got worse between two commits and their evaluations, which never changes: every refresh of
a panel asks for the same versions."""


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
    among: set[str] | None = None
    if where is not None:
        from jupyter_mvt.metrics.where import matching

        among = matching(handle.store, where)
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
    two = entry.version.parents[0], entry.version.id
    known = _fallen.setdefault(handle.store, {})
    key = *two, *(tuple(measured.get(oid, {}).items()) for oid in two)
    worse = known.get(key)
    if worse is None:
        judged = diff_metrics(*(side(handle, view, oid, measured) for oid in two))
        changes = judged.changes if judged else ()
        worse = tuple((c.name, c.slice) for c in changes if c.verdict == "worse")
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[key] = worse
    return replace(entry, regressions=worse) if worse else entry
