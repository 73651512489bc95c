"""Take an operation back, by a further operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import ConflictError, NotFoundError, UsageError
from jupyter_mvt.history.gc import GC, reversal
from jupyter_mvt.history.naming import name_of, version_ref
from jupyter_mvt.history.results import Moved, span
from jupyter_mvt.history.transaction import Plan, transact
from jupyter_mvt.objects.evaluation import EVALUATION
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.operation import Change, Operation
from jupyter_mvt.objects.refs import split
from jupyter_mvt.objects.remark import NOTE
from jupyter_mvt.objects.settings import SETTINGS
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.version import VersionRef
    from jupyter_mvt.objects.view import View

__all__ = ["redo", "undo", "undone"]

_ABOUT = {NOTE: "The note on", EVALUATION: "The evaluation of"}


def undone(operations: list[Operation]) -> dict[int, int]:
    """Return number of each undone operation → number of the undo that still stands.

    `operations` newest first. An undo that was itself taken back (by redo) does not count.
    """
    dead: set[int] = set()
    found: dict[int, int] = {}
    for operation in operations:
        target = operation.detail.get("undoes")
        if target is None or operation.number in dead:
            continue
        if operation.verb == "redo":
            dead.add(target)
        else:
            found.setdefault(target, operation.number)
    return found


def undo(handle: Handle, number: int | None = None) -> Moved:
    """Undo operation `number`, or this session's newest that is not yet undone.

    Raises
    ------
    NotFoundError
        There is nothing to undo, or no such operation (code ``nothing-to-undo``).
    ConflictError
        A ref has moved on since (code ``undo-conflict``), or it is undone already.
    """
    operations = list(oplog.operations(handle.store))
    gone = undone(operations)
    if number is None:
        candidates = [
            op for op in operations
            if op.number not in gone and _undoable(op) and "undoes" not in op.detail
        ]  # fmt: skip
        mine = [op for op in candidates if op.session == handle.session.id]
        chosen = next(iter(mine or candidates), None)
    else:
        chosen = next((op for op in operations if op.number == number), None)
    if chosen is None:
        msg = "There is nothing to undo." if number is None else f"There is no operation {number}."
        raise NotFoundError(msg, hint="mvt oplog", code="nothing-to-undo")
    if chosen.number in gone:
        msg = f"Operation {chosen.number} is undone already, by operation {gone[chosen.number]}."
        raise ConflictError(msg, hint="mvt redo", code="already-undone")
    if "undoes" in chosen.detail:
        msg = f"Operation {chosen.number} is itself an {chosen.verb}."
        raise UsageError(msg, hint="mvt redo", code="not-undoable")
    if not _undoable(chosen):
        msg = f"Operation {chosen.number} ({chosen.verb}) only changed how versions are stored: "
        msg += "there is nothing to take back."
        raise UsageError(msg, hint="mvt oplog", code="not-undoable")
    if chosen.verb == GC:
        return _undo_gc(handle, chosen)
    return _reverse(handle, "undo", chosen, f"Undid operation {chosen.number} ({chosen.verb}).")


def _undoable(operation: Operation) -> bool:
    """Tell whether an operation did more than move packs to the trash or out of it."""
    if operation.verb == GC:
        return bool(operation.changes)
    return any(not change.ref.startswith("trash/") for change in operation.changes)


def redo(handle: Handle) -> Moved:
    """Take back the newest undo that still stands.

    Raises
    ------
    NotFoundError
        Nothing was undone (code ``nothing-to-redo``).
    """
    operations = list(oplog.operations(handle.store))
    standing = set(undone(operations).values())
    newest = next((op for op in operations if op.number in standing), None)
    if newest is None:
        msg = "There is no undo to take back."
        raise NotFoundError(msg, hint="mvt oplog", code="nothing-to-redo")
    if any(change.ref.startswith(("thin/", "trash/")) for change in newest.changes):
        msg = "A gc is not redone: what may go now may be something else."
        raise UsageError(msg, hint="mvt gc --dry-run", code="not-redoable")
    return _reverse(handle, "redo", newest, f"Did operation {newest.detail['undoes']} again.")


def _reverse(handle: Handle, verb: str, target: Operation, text: str) -> Moved:
    # A commit that took packs out of the trash does not put them back.
    moved = [change for change in target.changes if not change.ref.startswith("trash/")]

    def plan(view: View) -> Plan:
        for change in moved:
            if view.ref(change.ref) != change.new:
                _, name = split(change.ref)
                msg = f"{name or 'the default branch'} has moved on since operation"
                msg += f" {target.number}."
                hint = "mvt oplog"
                raise ConflictError(msg, hint=hint, code="undo-conflict")
        changes = tuple(Change(c.ref, c.new, c.old) for c in reversed(moved))
        return Plan(changes=changes, detail={"undoes": target.number})

    operation, view = transact(handle, verb, plan)
    _stand(handle, view, operation)
    first = moved[0]
    kind, name = split(first.ref)
    return Moved(verb=verb, kind=kind, name=name or first.old or "",
                 old=_named(handle, view, first.new), new=_named(handle, view, first.old),
                 text=f"{text} {_told(view, first, verb)}", operation=operation.number,
                 undo="mvt redo" if verb == "undo" else "mvt undo")  # fmt: skip


def _undo_gc(handle: Handle, target: Operation) -> Moved:
    def plan(view: View) -> Plan:
        return Plan(changes=reversal(handle, view, target), detail={"undoes": target.number})

    operation, view = transact(handle, "undo", plan)
    thin = [c.old for c in operation.changes if c.ref.startswith("thin/") and c.old]
    names = span(view.commits[ObjectId(oid)].number for oid in thin)
    again = f" {names} {'is' if len(thin) == 1 else 'are'} whole again." if thin else ""
    return Moved(verb="undo", kind="gc", name="", old=None, new=None,
                 text=f"Undid operation {target.number} (gc).{again}",
                 undo="mvt gc --dry-run", operation=operation.number)  # fmt: skip


def _stand(handle: Handle, view: View, operation: Operation) -> None:
    """Let the session stand where the refs now are; with a branch that got its old name back."""
    session = handle.session
    if session.branch is not None and session.branch not in view.branches:
        refs = [split(change.ref) for change in operation.changes if change.old is None]
        session.branch = next((name for kind, name in refs if kind == "branch"), None)
    for name in session.seen:
        session.seen[name] = view.branches.get(name)


def _told(view: View, change: Change, verb: str) -> str:
    kind, name = split(change.ref)
    if kind == SETTINGS:
        return (
            "Its settings apply again."
            if verb == "redo"
            else "The settings are as they were before."
        )
    if kind in _ABOUT:
        version = name_of(view, name.partition("/")[0])
        return f"{_ABOUT[kind]} {version} is {'gone' if change.old is None else 'there'} again."
    if not name:
        return f"The default branch is {change.old} again."
    if change.old is None:
        return f"{name} is gone again."
    return f"{name} is at {name_of(view, change.old)} again."


def _named(handle: Handle, view: View, value: str | None) -> VersionRef | None:
    if value is None or value not in view.commits:
        return None
    return version_ref(handle.store, view, ObjectId(value))
