"""Tell the operation log."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from jupyter_mvt.history.naming import name_of
from jupyter_mvt.history.results import OperationLog, OperationRow
from jupyter_mvt.history.undo import undone
from jupyter_mvt.objects.evaluation import EVALUATION
from jupyter_mvt.objects.ids import short
from jupyter_mvt.objects.remark import NOTE
from jupyter_mvt.objects.settings import SETTINGS
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.operation import Change
    from jupyter_mvt.objects.view import View

__all__ = ["THERE", "operations"]

THERE = "there"
"""In place of a value that says nothing to a person: only whether it is there matters."""

_ABOUT = {NOTE: "note", EVALUATION: "evaluation"}


def operations(handle: Handle, limit: int | None = 50) -> OperationLog:
    """Return the newest `limit` operations, newest first; all with ``None``."""
    view = oplog.current(handle.store)
    # What takes an operation back is newer than it: the newest ones tell all about themselves.
    shown = list(islice(oplog.operations(handle.store), limit))
    gone = undone(shown)
    rows = tuple(
        OperationRow(
            number=op.number,
            time_us=op.time_us,
            actor=op.actor,
            verb=op.verb,
            reason=op.reason,
            changes=tuple(_told(view, change) for change in op.changes),
            undone_by=gone.get(op.number, 0),
        )
        for op in shown
    )
    return OperationLog(rows=rows, total=view.number)


def _told(view: View, change: Change) -> tuple[str, str, str]:
    kind, _, name = change.ref.partition("/")
    old, new = THERE if change.old else "", THERE if change.new else ""
    if kind in _ABOUT:
        version, _, number = name.partition("/")
        return f"{_ABOUT[kind]} {number} of {name_of(view, version)}", old, new
    if kind == "thin":
        return f"{name_of(view, name)} made thin", old, new
    if kind == "trash":
        return f"{short(name.rpartition('-')[2])} in the trash", old, new
    if change.ref == SETTINGS:
        # Each change is the settings whole; which of them differ is told when they are set.
        return change.ref, THERE, THERE
    return change.ref, name_of(view, change.old), name_of(view, change.new)
