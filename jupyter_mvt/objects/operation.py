"""Operations: the records of the log that is the only mutable thing in a repository."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jupyter_mvt.objects.ids import ObjectId

__all__ = ["Change", "Operation"]


@dataclass(frozen=True, slots=True)
class Change:
    """One ref's move. ``None`` means "does not exist" before or after.

    `ref` is a full ref (see `objects.refs`); `old` and `new` are commit ids, branch names for
    the ref ``default``, texts for marks (see `View.marks`).
    """

    ref: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One record of the log, immutable once published.

    Attributes
    ----------
    number
        Position in the log, from 1.
    prev
        Id of the previous record's bytes; empty for the first.
    token
        Random, recognises our own record when the answer to a write was lost.
    time_us
        Microseconds since 1970 UTC, by the writer's clock (not trusted for order).
    actor
        Who, as the interface was told.
    tool
        Which program and version wrote it.
    verb
        What was done: ``commit``, ``label move``, ``undo`` …
    reason
        The person's words, may be empty.
    session
        Random id of the kernel or process session.
    changes
        The refs that moved, together.
    commit
        The commit object (builtins, see `objects.commit`) that this operation published.
    detail
        Verb-specific facts: the operation that an undo reverts, a verdict, what the session
        started from.
    """

    number: int
    prev: str
    token: str
    time_us: int
    actor: str
    tool: str
    verb: str
    reason: str = ""
    session: str = ""
    changes: tuple[Change, ...] = ()
    commit: dict[str, Any] | None = None
    commit_id: ObjectId | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    format: int = 1
