"""Branches: lines of candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import ConflictError
from jupyter_mvt.history.graph import is_ancestor
from jupyter_mvt.history.handle import Handle, branch_of
from jupyter_mvt.history.naming import labels_by_version, name_of, version_ref
from jupyter_mvt.history.refs import existing, moved, refuse_taken
from jupyter_mvt.history.results import Moved, RefList, RefRow
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.history.transaction import Plan, transact
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.refs import DEFAULT, check_name, ref
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.objects.view import View

__all__ = ["create", "delete", "listing", "rename"]


def listing(handle: Handle) -> RefList:
    """Return all branches with their tips; `current` marks HEAD's."""
    view = oplog.current(handle.store)
    marks = labels_by_version(view)
    head = branch_of(handle, view)
    rows = tuple(
        RefRow(kind="branch", name=name, current=name == head,
               version=version_ref(handle.store, view, oid, marks))
        for name, oid in view.branches.items()
    )  # fmt: skip
    return RefList(kind="branch", rows=rows)


def create(handle: Handle, name: str, start: str = "HEAD") -> Moved:
    """Make branch `name` at the version `start`."""
    name = check_name("branch", name)
    view = oplog.current(handle.store)
    oid = resolve(handle, view, start)
    text = f"Branch {name} starts at {name_of(view, oid)}."
    return moved(handle, "branch create", "branch", name, oid, text)


def delete(handle: Handle, name: str, *, force: bool = False) -> Moved:
    """Remove branch `name`; its versions stay reachable by number, id and undo.

    Raises
    ------
    ConflictError
        HEAD stands on it, it is the default, or it holds versions that no other ref reaches and
        `force` was not given (codes ``branch-in-use``, ``branch-not-merged``).
    """
    view = oplog.current(handle.store)
    name, oid = existing(view, "branch", name)
    if name in {branch_of(handle, view), view.default}:
        here = name == branch_of(handle, view)
        msg = f"{name} is {'the branch HEAD stands on' if here else 'the default branch'}."
        other = next((other for other in view.branches if other != name), "-c other")
        raise ConflictError(msg, hint=f"mvt switch {other}", code="branch-in-use")
    others = {value for other, value in view.branches.items() if other != name}
    others |= set(view.tags.values()) | set(view.labels.values())
    if not force and not any(is_ancestor(handle.store, view, oid, other) for other in others):
        msg = f"{name} holds versions that no other branch, tag or label reaches."
        raise ConflictError(msg, hint=f"mvt branch delete {name} --force", code="branch-not-merged")
    text = f"Branch {name} is gone; it was at {name_of(view, oid)}."
    return moved(handle, "branch delete", "branch", name, None, text, expect=oid)


def rename(handle: Handle, old: str, new: str) -> Moved:
    """Give branch `old` the name `new`."""
    new = check_name("branch", new)
    stored, oid = existing(oplog.current(handle.store), "branch", old)

    def plan(view: View) -> Plan:
        if view.branches.get(stored) != oid:
            msg = f"{stored} has moved or is gone."
            raise ConflictError(msg, hint="mvt branch list", code="ref-moved")
        refuse_taken(view, "branch", new)
        changes = [Change(ref("branch", stored), oid, None), Change(ref("branch", new), None, oid)]
        if view.default == stored:
            changes.append(Change(DEFAULT, stored, new))
        return Plan(changes=tuple(changes))

    operation, view = transact(handle, "branch rename", plan)
    session = handle.session
    if session.branch == stored:
        session.branch = new
    if stored in session.seen:
        session.seen[new] = session.seen.pop(stored)
    at = version_ref(handle.store, view, oid)
    return Moved(verb="branch rename", kind="branch", name=new, old=at, new=at,
                 text=f"Branch {stored} is now called {new}.",
                 undo=f"mvt undo {operation.number}", operation=operation.number)  # fmt: skip
