"""What branch, tag and label verbs share: taking names, moving refs, saying what is the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import ConflictError, NotFoundError, RestoreError
from jupyter_mvt.history.naming import name_of, version_ref
from jupyter_mvt.history.results import Moved
from jupyter_mvt.history.transaction import Plan, transact
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.refs import Kind, fold, ref
from jupyter_mvt.store.trash import is_thin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = ["existing", "moved", "refuse_taken", "require_whole"]


def require_whole(view: View, version: ObjectId, *, hint: str = "") -> None:
    """Raise `RestoreError` (code ``thin-version``) if the content of a version was dropped."""
    if is_thin(view, version):
        name = name_of(view, version)
        msg = f"{name} is thin: its models and variables were dropped, what describes it is kept."
        raise RestoreError(msg, code="thin-version", hint=hint or f"mvt show {name}")


def existing(view: View, kind: Kind, name: str) -> tuple[str, ObjectId]:
    """Return the stored spelling and the value of a ref.

    Raises
    ------
    NotFoundError
        There is none (code ``unknown-branch``, ``unknown-tag``, ``unknown-label``).
    """
    table = {"branch": view.branches, "tag": view.tags, "label": view.labels}[kind]
    for stored, oid in table.items():
        if fold(stored) == fold(name):
            return stored, oid
    shown = name if len(name) <= 60 else name[:57] + "..."
    msg = f"There is no {kind} {shown!r}."
    raise NotFoundError(msg, hint=f"mvt {kind} list", code=f"unknown-{kind}")


def refuse_taken(view: View, kind: Kind, name: str) -> None:
    """Raise `ConflictError` (code ``name-taken``) if any ref is called `name` in some spelling."""
    tables: dict[Kind, Mapping[str, ObjectId]] = {
        "branch": view.branches, "tag": view.tags, "label": view.labels,
    }  # fmt: skip
    for other, table in tables.items():
        for stored in table:
            if fold(stored) == fold(name):
                msg = f"There is already a {other} {stored!r}."
                hint = f"mvt switch {stored}" if other == kind == "branch" else f"mvt {other} list"
                raise ConflictError(msg, hint=hint, code="name-taken")
    if kind != "branch" and fold(view.default) == fold(name):
        msg = f"{name!r} is the name of the default branch."
        raise ConflictError(msg, hint="mvt branch list", code="name-taken")


def moved(
    handle: Handle, verb: str, kind: Kind, name: str, plan_new: ObjectId | None, text: str,
    *, reason: str = "", expect: ObjectId | None = None,
) -> Moved:  # fmt: skip
    """Move one ref from `expect` to `plan_new` and tell it.

    Raises
    ------
    ConflictError
        The ref is no longer at `expect` (code ``ref-moved``).
    """

    def plan(view: View) -> Plan:
        present = view.ref(ref(kind, name))
        # Two sessions may both mean to make a label: the second was not refused a name, it lost.
        if expect is None and not (kind == "label" and present):
            refuse_taken(view, kind, name)
        if present != expect:
            msg = f"{name} is no longer at {name_of(view, expect) or 'no version'}: somebody moved"
            msg += f" it to {name_of(view, present) or 'no version'}."
            raise ConflictError(msg, hint=f"mvt {kind} list", code="ref-moved")
        if kind == "label" and plan_new is not None:
            require_whole(view, plan_new)
        return Plan(changes=(Change(ref(kind, name), expect, plan_new),), reason=reason)

    operation, view = transact(handle, verb, plan)
    return Moved(
        verb=verb,
        kind=kind,
        name=name,
        old=None if expect is None else version_ref(handle.store, view, expect),
        new=None if plan_new is None else version_ref(handle.store, view, plan_new),
        text=text,
        undo=f"mvt undo {operation.number}",
        operation=operation.number,
    )
