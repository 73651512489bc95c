"""Move HEAD to another branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import NotFoundError, UsageError
from jupyter_mvt.history import branch as branches
from jupyter_mvt.history.handle import Handle, branch_of
from jupyter_mvt.history.naming import version_ref
from jupyter_mvt.history.refs import existing
from jupyter_mvt.history.results import Moved
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.history.transaction import Plan, transact
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.refs import DEFAULT, fold, is_name
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.objects.view import View

__all__ = ["switch"]


def switch(handle: Handle, name: str, *, create: bool = False, start: str = "HEAD") -> Moved:
    """Stand on branch `name`; with `create`, make it first at the version `start`.

    A session with its own HEAD (a kernel) only moves itself. Elsewhere (the command line) the
    repository's default branch is what moves, and that is an operation.

    Raises
    ------
    NotFoundError
        No such branch (code ``unknown-branch``).
    UsageError
        `name` is a version but not a branch (code ``not-a-branch``).
    """
    view = oplog.current(handle.store)
    if create:
        branches.create(handle, name, start)
        view = oplog.current(handle.store)
    name = _branch(handle, view, name)
    was = branch_of(handle, view)
    old, new = view.branches.get(was), view.branches.get(name)
    number = 0
    if handle.session.own_head:
        handle.session.branch = name
    elif name != view.default:
        number = _move_default(handle, name)
    handle.session.seen[name] = new
    return Moved(
        verb="switch",
        kind="branch",
        name=name,
        old=None if old is None else version_ref(handle.store, view, old),
        new=None if new is None else version_ref(handle.store, view, new),
        text=f"HEAD is on {name}." if name != was else f"HEAD already is on {name}.",
        undo=f"mvt switch {was}" if name != was else "",
        operation=number,
    )


def _branch(handle: Handle, view: View, name: str) -> str:
    if fold(name) == fold(view.default):
        return view.default
    if any(fold(stored) == fold(name) for stored in view.branches):
        return existing(view, "branch", name)[0]
    try:
        resolve(handle, view, name)
    except NotFoundError:
        msg = f"There is no branch {name[:60]!r}."
        hint = f"mvt switch -c {name}" if is_name(name) else "mvt branch list"
        raise NotFoundError(msg, hint=hint, code="unknown-branch") from None
    msg = f"{name} is a version, not a branch; HEAD stands on branches."
    raise UsageError(msg, hint=f"mvt switch -c from-{name} {name}", code="not-a-branch")


def _move_default(handle: Handle, name: str) -> int:
    def plan(view: View) -> Plan:
        return Plan(changes=(Change(DEFAULT, view.default, name),))

    operation, _ = transact(handle, "switch", plan)
    return operation.number
