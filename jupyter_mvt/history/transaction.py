"""The only way to change refs: a plan against the present view, recorded as one operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mvt.objects.commit import Commit, commit_id
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.operation import Change, Operation
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.view import View

__all__ = ["Plan", "transact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an operation will change, as worked out against one view."""

    changes: tuple[Change, ...]
    reason: str = ""
    commit: Commit | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def transact(handle: Handle, verb: str, plan: Callable[[View], Plan]) -> tuple[Operation, View]:
    """Publish one operation.

    `plan` is asked again, against the newer view, whenever another session was faster; it raises
    `ConflictError` when what the caller expected no longer holds.
    """

    def draft(view: View) -> Operation:
        made = plan(view)
        commit = made.commit
        return Operation(
            number=view.number + 1,
            prev=view.head,
            token=handle.clock.token(),
            time_us=handle.clock.now_us(),
            actor=handle.actor,
            tool=handle.tool,
            verb=verb,
            reason=made.reason,
            session=handle.session.id,
            changes=made.changes,
            commit=None if commit is None else to_data(commit),
            commit_id=None if commit is None else commit_id(commit),
            detail=made.detail,
        )

    return oplog.append(handle.store, draft)
