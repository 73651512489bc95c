"""Compare versions of a repository."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyter_mvt.compare.side import Side
from jupyter_mvt.compare.versions import compare
from jupyter_mvt.display import bind
from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.history.naming import version_ref
from jupyter_mvt.history.refs import require_whole
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.objects.evaluation import marks_of
from jupyter_mvt.store import oplog
from jupyter_mvt.store.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from jupyter_mvt.compare.diff import Diff
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = ["between", "diff", "side"]

_WITHOUT_WEIGHTS = "mvt diff --only metrics --only params --only data --only code"


def side(
    handle: Handle, view: View, oid: ObjectId,
    measured: Mapping[str, Mapping[str, str]] | None = None,
) -> Side:  # fmt: skip
    """Return a version as one side of a comparison.

    `measured` is `measured_since` of the view, for callers that need many sides.
    """
    return Side(
        ref=version_ref(handle.store, view, oid),
        commit=oplog.commit_object(handle.store, oid),
        objects=handle.store,
        evaluations=marks_of(view, oid) if measured is None else measured.get(oid, {}),
        examples=partial(read_table, handle.store),
    )


def between(
    handle: Handle, view: View, base: ObjectId, other: ObjectId,
    only: Collection[str] | None = None,
) -> Diff:  # fmt: skip
    """Return what differs between two versions given by id.

    Raises
    ------
    RestoreError
        The weights of a thin version were asked for (code ``thin-version``).
    """
    if only is None or "weights" in only:
        for oid in (base, other):
            require_whole(view, oid, hint=_WITHOUT_WEIGHTS)
    return bind(compare(side(handle, view, base), side(handle, view, other), only=only), handle)


def diff(
    handle: Handle, base: str = "HEAD~1", other: str = "HEAD",
    *, only: Collection[str] | None = None,
) -> Diff:  # fmt: skip
    """Return what differs between two revisions.

    Raises
    ------
    NotFoundError
        A revision names nothing (code ``unknown-revision``); ``HEAD~1`` of a first version says
        that there is nothing before it (code ``no-parent``).
    """
    view = oplog.current(handle.store)
    newer = resolve(handle, view, other)
    if base == "HEAD~1" and other == "HEAD":
        parents = oplog.commit_object(handle.store, newer).parents
        if not parents:
            msg = f"v{view.commits[newer].number} is the first version: nothing came before it."
            raise NotFoundError(msg, hint="mvt show", code="no-parent")
    return between(handle, view, resolve(handle, view, base), newer, only)
