"""Evaluations: how good a version was found to be, published beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.history.transaction import Plan, transact
from jupyter_mvt.objects.evaluation import evaluation_ref, evaluation_text, evaluations_of
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.store import layout, trash

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.evaluation import Evaluation
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = ["add", "beside"]


def beside(view: View, oid: ObjectId, made: Evaluation) -> tuple[Change, ...]:
    """Return the changes that put an evaluation beside version `oid`, behind those it has."""
    number = max(evaluations_of(view, oid), default=0) + 1
    change = Change(evaluation_ref(oid, number), None, evaluation_text(made))
    return (change, *trash.rescue(view, [layout.table(made.examples)]))


def add(handle: Handle, oid: ObjectId, made: Evaluation) -> int:
    """Publish an evaluation of version `oid`; return the number of the operation.

    Raises
    ------
    ConflictError
        A gc deletes the file of its examples (code ``freed-meanwhile``): store it again.
    """

    def plan(view: View) -> Plan:
        rows = "1 row" if made.rows == 1 else f"{made.rows:,} rows"
        reason = f"{rows} of {made.split or 'data'}"
        return Plan(changes=beside(view, oid, made), reason=reason)

    operation, _ = transact(handle, "evaluate", plan)
    return operation.number
