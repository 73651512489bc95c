"""Make content a version: one operation that carries the commit object itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mvt.history.evaluation import beside
from jupyter_mvt.history.handle import Handle, branch_of
from jupyter_mvt.history.transaction import Plan, transact
from jupyter_mvt.objects.commit import Commit, Content, Note, Trigger, commit_id, tree_id
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.refs import ref
from jupyter_mvt.store import oplog, trash

if TYPE_CHECKING:
    from jupyter_mvt.objects.evaluation import Evaluation
    from jupyter_mvt.objects.view import View

__all__ = ["Draft", "Published", "commit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a commit will say; its content is already stored, in `packs`."""

    content: Content
    message: str
    trigger: Trigger = "manual"
    notes: tuple[Note, ...] = ()
    total_bytes: int = 0
    new_bytes: int = 0
    timings_ms: dict[str, float] = field(default_factory=dict)
    packs: tuple[str, ...] = ()
    evaluation: Evaluation | None = None
    """What was measured of it; published in the same operation, its examples are stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A version that is now in the log, and the view that holds it."""

    id: ObjectId
    commit: Commit
    view: View


def commit(handle: Handle, draft: Draft) -> Published:
    """Put `draft` on top of HEAD's branch as it is at the moment of publication.

    Never fails because another session was faster: the newer tip becomes the parent, and
    ``derived_from`` keeps what this session had started from.

    Raises
    ------
    ConflictError
        Content was freed after it was found to be stored (code ``freed-meanwhile``).
    """
    seen = handle.session.seen

    def plan(view: View) -> Plan:
        branch = branch_of(handle, view)
        tip = view.branches.get(branch)
        started = seen.get(branch, tip)
        made = Commit(
            parents=() if tip is None else (tip,),
            tree_id=tree_id(draft.content),
            branch=branch,
            message=draft.message,
            author=handle.actor,
            time_us=handle.clock.now_us(),
            trigger=draft.trigger,
            session=handle.session.id,
            content=draft.content,
            notes=draft.notes,
            derived_from=(started or "") if started != tip else "",
            total_bytes=draft.total_bytes,
            new_bytes=draft.new_bytes,
            timings_ms=draft.timings_ms,
        )
        oid = commit_id(made)
        change = Change(ref("branch", branch), tip, oid)
        measured = () if draft.evaluation is None else beside(view, oid, draft.evaluation)
        changes = (change, *measured, *trash.rescue(view, draft.packs))
        return Plan(changes=changes, commit=made, reason=draft.message[:200])

    operation, view = transact(handle, "commit", plan)
    change = operation.changes[0]
    oid = ObjectId(change.new or "")
    branch = change.ref.partition("/")[2]
    seen[branch] = oid
    return Published(id=oid, commit=oplog.commit_object(handle.store, oid), view=view)
