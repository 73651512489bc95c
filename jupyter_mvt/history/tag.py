"""Tags: immutable names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.history.naming import labels_by_version, name_of, version_ref
from jupyter_mvt.history.refs import existing, moved
from jupyter_mvt.history.results import Moved, RefList, RefRow
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.objects.refs import check_name
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle

__all__ = ["create", "delete", "listing"]


def listing(handle: Handle) -> RefList:
    """Return all tags, in order of creation."""
    view = oplog.current(handle.store)
    marks = labels_by_version(view)
    rows = tuple(
        RefRow(kind="tag", name=name, version=version_ref(handle.store, view, oid, marks))
        for name, oid in view.tags.items()
    )
    return RefList(kind="tag", rows=rows)


def create(handle: Handle, name: str, revision: str = "HEAD") -> Moved:
    """Name the version `revision` for ever; a tag does not move."""
    name = check_name("tag", name)
    view = oplog.current(handle.store)
    oid = resolve(handle, view, revision)
    text = f"{name_of(view, oid)} is tagged {name}."
    return moved(handle, "tag create", "tag", name, oid, text)


def delete(handle: Handle, name: str) -> Moved:
    """Remove a tag; undo brings it back."""
    view = oplog.current(handle.store)
    name, oid = existing(view, "tag", name)
    text = f"Tag {name} is gone; it named {name_of(view, oid)}."
    return moved(handle, "tag delete", "tag", name, None, text, expect=oid)
