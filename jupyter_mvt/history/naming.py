"""From ids to versions as people name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.version import VersionRef
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["labels_by_version", "name_of", "version_ref"]


def name_of(view: View, oid: str | None) -> str:
    """Return ``"v9"`` for a commit id, the value itself for anything else, ``""`` for None."""
    if oid is None:
        return ""
    where = view.commits.get(ObjectId(oid))
    return oid if where is None else f"v{where.number}"


def labels_by_version(view: View) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return commit id → (labels, tags), for every version that has any."""
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for name, oid in view.labels.items():
        labels, tags = found.get(oid, ((), ()))
        found[oid] = ((*labels, name), tags)
    for name, oid in view.tags.items():
        labels, tags = found.get(oid, ((), ()))
        found[oid] = (labels, (*tags, name))
    return found


def version_ref(
    store: Store,
    view: View,
    oid: ObjectId,
    marks: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] | None = None,
) -> VersionRef:
    """Return the version `oid` as named to a person; `marks` saves work for many."""
    commit = oplog.commit_object(store, oid)
    labels, tags = (labels_by_version(view) if marks is None else marks).get(oid, ((), ()))
    return VersionRef(
        id=oid,
        number=view.commits[oid].number,
        message=commit.message,
        branch=commit.branch,
        author=commit.author,
        time_us=commit.time_us,
        parents=commit.parents,
        labels=labels,
        tags=tags,
    )
