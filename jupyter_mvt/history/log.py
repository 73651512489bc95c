"""List versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.history.graph import line, tips
from jupyter_mvt.history.handle import Handle, branch_of
from jupyter_mvt.history.naming import labels_by_version, version_ref
from jupyter_mvt.history.results import Log, LogEntry
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.objects.evaluation import measured_since, metrics_of
from jupyter_mvt.objects.remark import remark_counts
from jupyter_mvt.store import oplog
from jupyter_mvt.store.trash import is_thin

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = ["entry", "log"]


def log(
    handle: Handle,
    revision: str | None = None,
    *,
    limit: int | None = 200,
    skip: int = 0,
    among: Collection[str] | None = None,
) -> Log:
    """Return versions, newest first.

    Parameters
    ----------
    revision
        Only this version and what it follows; all branches, tags and labels by default.
    limit
        At most so many entries; `Log.total` counts all.
    skip
        Leave out so many of the newest.
    among
        Only versions whose ids are in here (what a filter has found).
    """
    view = oplog.current(handle.store)
    known = labels_by_version(view), remark_counts(view), measured_since(view)
    starts = tips(view) if revision is None else [resolve(handle, view, revision)]
    among = None if among is None else set(among)
    found = line(handle.store, view, starts)
    if among is not None:
        found = [oid for oid in found if oid in among]
    shown = found[skip : None if limit is None else skip + limit]
    entries = tuple(entry(handle, view, oid, *known) for oid in shown)
    first = dict.fromkeys(e.version.parents[0] for e in entries if e.version.parents)
    here = set(shown)
    others = [oid for oid in first if oid not in here]
    return Log(
        repository=handle.name,
        entries=entries,
        total=len(found),
        branches=dict(view.branches),
        head=branch_of(handle, view),
        parents=tuple(entry(handle, view, oid, *known) for oid in others),
    )


def entry(
    handle: Handle, view: View, oid: ObjectId,
    marks: dict[str, tuple[tuple[str, ...], tuple[str, ...]]], counts: Mapping[str, int],
    measured: Mapping[str, Mapping[str, str]],
) -> LogEntry:  # fmt: skip
    """Return one version as a log tells it.

    What many need is told by the caller: `naming.labels_by_version`, `remark_counts` and
    `measured_since`.
    """
    commit = oplog.commit_object(handle.store, oid)
    return LogEntry(
        version=version_ref(handle.store, view, oid, marks),
        metrics=metrics_of(commit.content.metrics, measured.get(oid, {})),
        model_class=commit.content.primary.cls if commit.content.primary else "",
        new_bytes=commit.new_bytes,
        remarks=counts.get(oid, 0),
        thin=is_thin(view, oid),
    )
