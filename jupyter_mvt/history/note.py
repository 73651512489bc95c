"""Notes: what somebody says about a version after it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.history.naming import name_of, version_ref
from jupyter_mvt.history.results import Moved, RemarkList
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.history.transaction import Plan, transact
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.remark import NOTE, Remark, remark_ref, remark_text, remarks_of
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = ["add", "delete", "listing"]


def listing(handle: Handle, revision: str = "HEAD") -> RemarkList:
    """Return the notes on a version, oldest first."""
    view = oplog.current(handle.store)
    oid = resolve(handle, view, revision)
    return RemarkList(version=version_ref(handle.store, view, oid), rows=remarks_of(view, oid))


def add(handle: Handle, revision: str, text: str) -> Moved:
    """Write a note on the version `revision`.

    Raises
    ------
    UsageError
        The note is empty or too long (code ``bad-note``).
    """
    oid = resolve(handle, oplog.current(handle.store), revision)
    made = Remark(author=handle.actor, time_us=handle.clock.now_us(), text=text.strip()).check()

    def plan(view: View) -> Plan:
        number = max(remarks_of(view, oid), default=0) + 1
        changes = (Change(remark_ref(oid, number), None, remark_text(made)),)
        return Plan(changes=changes, reason=made.text[:200])

    return _told(handle, "note", oid, plan, "{name} has a note.")


def delete(handle: Handle, revision: str, number: int) -> Moved:
    """Take note `number` of a version away; undo brings it back.

    Raises
    ------
    NotFoundError
        There is none (code ``unknown-note``).
    """
    oid = resolve(handle, oplog.current(handle.store), revision)

    def plan(view: View) -> Plan:
        ref = remark_ref(oid, number)
        old = view.marks.get(ref)
        if old is None:
            name = name_of(view, oid)
            msg = f"{name} has no note {number}."
            raise NotFoundError(msg, hint=f"mvt note {name}", code="unknown-note")
        return Plan(changes=(Change(ref, old, None),))

    return _told(handle, "note delete", oid, plan, f"Note {number} on {{name}} is gone.")


def _told(
    handle: Handle, verb: str, oid: ObjectId, plan: Callable[[View], Plan], text: str
) -> Moved:
    operation, view = transact(handle, verb, plan)
    at = version_ref(handle.store, view, oid)
    return Moved(verb=verb, kind=NOTE, name=at.name, old=at, new=at, text=text.format(name=at.name),
                 undo=f"mvt undo {operation.number}", operation=operation.number)  # fmt: skip
