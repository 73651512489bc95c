"""Tell the operation log."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from jupyter_mvt.history.naming import name_of
from jupyter_mvt.history.results import OperationLog, OperationRow
from jupyter_mvt.history.undo import undone
from jupyter_mvt.objects.ids import is_id, short
from jupyter_mvt.objects.remark import NOTE
from jupyter_mvt.objects.settings import SETTINGS
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.operation import Change
    from jupyter_mvt.objects.view import View

__all__ = ["operations"]


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
    if kind == NOTE:
        version, _, number = name.partition("/")
        told = f"{kind}/{name_of(view, version)}/{number}"
        return told, "said" if change.old else "", "said" if change.new else ""
    if is_id(name):  # a thin version, or a pack in the trash
        known = name_of(view, name)
        name = short(name) if known == name else known
        return f"{kind}/{name}", "yes" if change.old else "", "yes" if change.new else ""
    if change.ref == SETTINGS:
        return change.ref, "before" if change.old else "", "changed" if change.new else ""
    return change.ref, name_of(view, change.old), name_of(view, change.new)
