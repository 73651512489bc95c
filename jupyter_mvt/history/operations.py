"""Tell the operation log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.history.naming import name_of
from jupyter_mvt.history.results import OperationLog, OperationRow
from jupyter_mvt.history.undo import undone
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle

__all__ = ["operations"]


def operations(handle: Handle, limit: int | None = 50) -> OperationLog:
    """Return the newest `limit` operations, newest first; all with ``None``."""
    view = oplog.current(handle.store)
    every = list(oplog.operations(handle.store))
    gone = undone(every)
    rows = tuple(
        OperationRow(
            number=op.number,
            time_us=op.time_us,
            actor=op.actor,
            verb=op.verb,
            reason=op.reason,
            changes=tuple((c.ref, name_of(view, c.old), name_of(view, c.new)) for c in op.changes),
            undone_by=gone.get(op.number, 0),
        )
        for op in (every if limit is None else every[:limit])
    )
    return OperationLog(rows=rows, total=len(every))
