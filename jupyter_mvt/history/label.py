"""Labels: movable notes such as ``production``, each with its own history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import ConflictError, NotFoundError
from jupyter_mvt.history.naming import labels_by_version, name_of, version_ref
from jupyter_mvt.history.refs import existing, moved
from jupyter_mvt.history.results import LabelHistory, LabelMove, Moved, RefList, RefRow
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.refs import check_name, fold
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.version import VersionRef
    from jupyter_mvt.objects.view import Move, View

__all__ = ["history", "listing", "move", "previous", "remove"]


def listing(handle: Handle) -> RefList:
    """Return all labels with their histories, newest move first."""
    view = oplog.current(handle.store)
    marks = labels_by_version(view)
    rows = tuple(_row(handle, view, name, oid, marks) for name, oid in view.labels.items())
    return RefList(kind="label", rows=rows)


def history(handle: Handle, name: str) -> LabelHistory:
    """Return all moves of a label, newest first; a label that was removed keeps its history."""
    view = oplog.current(handle.store)
    stored = next((other for other in view.label_moves if fold(other) == fold(name)), None)
    if stored is None:
        stored, _ = existing(view, "label", name)
    return LabelHistory(name=stored, moves=_moves(handle, view, stored, labels_by_version(view)))


def move(
    handle: Handle, name: str, revision: str = "HEAD", *, reason: str = "",
    expect: str | None = None,
) -> Moved:  # fmt: skip
    """Put label `name` on the version `revision`, making the label if there is none.

    `expect` is the revision that it must hold now; another session's move in between is refused.
    """
    name = check_name("label", name)
    view = oplog.current(handle.store)
    name = next((stored for stored in view.labels if fold(stored) == fold(name)), name)
    oid = resolve(handle, view, revision)
    old = view.labels.get(name)
    if expect is not None and resolve(handle, view, expect) != old:
        msg = f"{name} does not hold {expect}: it holds {name_of(view, old) or 'no version'}."
        raise ConflictError(msg, hint="mvt label list", code="ref-moved")
    if old == oid:
        msg = f"{name} already is {name_of(view, oid)}."
        raise ConflictError(msg, hint=f"mvt label history {name}", code="already-there")
    text = f"{name} is now {name_of(view, oid)}."
    return moved(handle, "label move", "label", name, oid, text, reason=reason, expect=old)


def remove(handle: Handle, name: str, *, reason: str = "") -> Moved:
    """Take a label away; its history is kept."""
    view = oplog.current(handle.store)
    name, oid = existing(view, "label", name)
    text = f"Label {name} is gone; it was on {name_of(view, oid)}."
    return moved(handle, "label remove", "label", name, None, text, reason=reason, expect=oid)


def previous(view: View, name: str) -> ObjectId:
    """Return the version to which `name` rolls back.

    The moves are read as a stack: going back to a version that it held before drops what came
    after, so that rolling back twice goes back two steps, not back and forth.

    Raises
    ------
    NotFoundError
        It never held another (code ``nothing-to-roll-back``).
    """
    stack: list[str] = []
    for step in view.label_moves.get(name, ()):
        if step.new is None:
            continue
        if step.new in stack:
            del stack[stack.index(step.new) + 1 :]
        else:
            stack.append(step.new)
    if len(stack) < 2:
        msg = f"{name} never held another version."
        raise NotFoundError(msg, hint=f"mvt label history {name}", code="nothing-to-roll-back")
    return ObjectId(stack[-2])


def _row(
    handle: Handle, view: View, name: str, oid: ObjectId,
    marks: dict[str, tuple[tuple[str, ...], tuple[str, ...]]],
) -> RefRow:  # fmt: skip
    return RefRow(kind="label", name=name, history=_moves(handle, view, name, marks),
                  version=version_ref(handle.store, view, oid, marks))  # fmt: skip


def _moves(
    handle: Handle, view: View, name: str,
    marks: dict[str, tuple[tuple[str, ...], tuple[str, ...]]],
) -> tuple[LabelMove, ...]:  # fmt: skip
    def named(value: str | None) -> VersionRef | None:
        return None if value is None else version_ref(handle.store, view, ObjectId(value), marks)

    def told(step: Move) -> LabelMove:
        return LabelMove(time_us=step.time_us, actor=step.actor, reason=step.reason,
                         old=named(step.old), new=named(step.new))  # fmt: skip

    return tuple(told(step) for step in reversed(view.label_moves.get(name, ())))
