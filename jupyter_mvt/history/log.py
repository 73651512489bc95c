"""List versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.history.graph import ancestors, tips
from jupyter_mvt.history.handle import Handle, branch_of
from jupyter_mvt.history.naming import labels_by_version, version_ref
from jupyter_mvt.history.results import Log, LogEntry
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyter_mvt.objects.commit import Commit
    from jupyter_mvt.objects.ids import ObjectId

__all__ = ["log"]


def log(
    handle: Handle,
    revision: str | None = None,
    *,
    limit: int | None = 200,
    among: Collection[str] | None = None,
) -> Log:
    """Return versions, newest first.

    Parameters
    ----------
    revision
        Only this version and what it follows; all branches, tags and labels by default.
    limit
        At most so many entries; `Log.total` counts all.
    among
        Only versions whose ids are in here (what a filter has found).
    """
    view = oplog.current(handle.store)
    marks = labels_by_version(view)
    starts = tips(view) if revision is None else [resolve(handle, view, revision)]
    total = 0

    def fitting() -> list[tuple[ObjectId, Commit]]:
        nonlocal total
        kept = []
        for oid, commit in ancestors(handle.store, view, starts):
            if among is not None and oid not in among:
                continue
            total += 1
            if limit is None or total <= limit:
                kept.append((oid, commit))
        return kept

    entries = tuple(
        LogEntry(
            version=version_ref(handle.store, view, oid, marks),
            metrics=commit.content.metrics,
            model_class=commit.content.primary.cls if commit.content.primary else "",
            new_bytes=commit.new_bytes,
        )
        for oid, commit in fitting()
    )
    return Log(
        repository=handle.name,
        entries=entries,
        total=total,
        branches=dict(view.branches),
        head=branch_of(handle, view),
    )
