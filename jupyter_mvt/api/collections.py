"""Branches, tags and labels of a repository as mappings from name to version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from jupyter_mvt.api.agreement import Agreement, agreement
from jupyter_mvt.api.version import Version
from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.history import branch, label, note, rollback, tag
from jupyter_mvt.history.refs import existing
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.history.results import LabelHistory, Moved, RefList, RemarkList
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.refs import Kind
    from jupyter_mvt.objects.view import View

__all__ = ["Branches", "Labels", "Notes", "Tags"]


class _Refs(Mapping[str, Version]):
    kind: Kind

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def __getitem__(self, name: str) -> Version:
        _, oid = existing(self._view(), self.kind, name)
        return Version(self._handle, oid)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._table()))

    def __len__(self) -> int:
        return len(self._table())

    def __contains__(self, name: object) -> bool:
        try:
            return isinstance(name, str) and bool(existing(self._view(), self.kind, name))
        except NotFoundError:
            return False

    def __repr__(self) -> str:
        view = self._view()
        rows = (f"{name}: v{view.commits[oid].number}" for name, oid in self._table().items())
        return f"<{type(self).__name__} {', '.join(rows) or 'none'}>"

    def _view(self) -> View:
        return oplog.current(self._handle.store)

    def _table(self) -> Mapping[str, ObjectId]:
        view = self._view()
        return {"branch": view.branches, "tag": view.tags, "label": view.labels}[self.kind]


class Branches(_Refs):
    """Branch → its newest version."""

    kind = "branch"

    def list(self) -> RefList:
        """Return all branches as a value to show."""
        return branch.listing(self._handle)

    def create(self, name: str, start: str | Version = "HEAD") -> Moved:
        """Make a branch at the version `start`."""
        return branch.create(self._handle, name, str(start))

    def delete(self, name: str, *, force: bool = False) -> Moved:
        """Remove a branch; `force` also when nothing else reaches its versions."""
        return branch.delete(self._handle, name, force=force)

    def rename(self, old: str, new: str) -> Moved:
        """Give a branch another name."""
        return branch.rename(self._handle, old, new)


class Tags(_Refs):
    """Tag → its version."""

    kind = "tag"

    def list(self) -> RefList:
        """Return all tags as a value to show."""
        return tag.listing(self._handle)

    def create(self, name: str, revision: str | Version = "HEAD") -> Moved:
        """Name a version for ever."""
        return tag.create(self._handle, name, str(revision))

    def delete(self, name: str) -> Moved:
        """Remove a tag."""
        return tag.delete(self._handle, name)


class Labels(_Refs):
    """Label → the version that it is on now."""

    kind = "label"

    def list(self) -> RefList:
        """Return all labels, with their histories, as a value to show."""
        return label.listing(self._handle)

    def move(
        self, name: str, revision: str | Version = "HEAD", *, reason: str = "",
        expect: str | None = None,
    ) -> Moved:  # fmt: skip
        """Put a label on a version; see `history.label.move`."""
        return label.move(self._handle, name, str(revision), reason=reason, expect=expect)

    def remove(self, name: str, *, reason: str = "") -> Moved:
        """Take a label away."""
        return label.remove(self._handle, name, reason=reason)

    def previous(self, name: str) -> Version:
        """Return the version that a label rolls back to; see `history.label.previous`."""
        return Version(self._handle, rollback.target(self._handle, name))

    def agreement(self, name: str) -> Agreement | None:
        """Tell how alike the version held and the one rolled back to predict, as far as stored."""
        return agreement(self._handle, self[name].id, self.previous(name).id)

    def history(self, name: str) -> LabelHistory:
        """Return one label with all of its moves, newest first."""
        return label.history(self._handle, name)


class Notes:
    """What people wrote on versions after they were made."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def list(self, revision: str | Version = "HEAD") -> RemarkList:
        """Return the notes on a version, oldest first, as a value to show."""
        return note.listing(self._handle, str(revision))

    def add(self, revision: str | Version, text: str) -> Moved:
        """Write a note on a version."""
        return note.add(self._handle, str(revision), text)

    def delete(self, revision: str | Version, number: int) -> Moved:
        """Take note `number` of a version away."""
        return note.delete(self._handle, str(revision), number)
