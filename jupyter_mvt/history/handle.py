"""The context that every verb takes first, and where its session stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mvt.objects.clock import Clock

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store
    from jupyter_mvt.store.trusted import TrustBook

__all__ = ["Handle", "Session", "branch_of", "tip_of"]


@dataclass(slots=True)
class Session:
    """One kernel's or program's place in a repository; the only mutable thing here.

    Attributes
    ----------
    id
        Random, recorded with each of its operations.
    own_head
        A kernel has its own HEAD; the command line follows the repository's default branch.
    branch
        Branch of an own HEAD; ``None`` until the first switch, which means the default one.
    seen
        Branch → tip when this session last stood on it: tells when somebody else was faster.
    made
        Versions that this session made: their code is its own.
    """

    id: str
    own_head: bool = True
    branch: str | None = None
    seen: dict[str, ObjectId | None] = field(default_factory=dict)
    made: set[ObjectId] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """A repository as one person in one session works with it.

    Attributes
    ----------
    store
        Bytes and operation log.
    session
        Where this session stands.
    actor, tool
        Recorded with each operation.
    clock
        Time and random tokens.
    name
        Display name of the repository.
    book
        What this person trusts, ``None`` where nobody said where that is kept.
    """

    store: Store
    session: Session
    actor: str
    tool: str
    clock: Clock = field(default_factory=Clock)
    name: str = ""
    book: TrustBook | None = None


def branch_of(handle: Handle, view: View) -> str:
    """Return the branch that HEAD stands on; it may have no version yet."""
    own = handle.session.branch if handle.session.own_head else None
    return own or view.default


def tip_of(handle: Handle, view: View) -> ObjectId | None:
    """Return the version that HEAD names, ``None`` before the first."""
    return view.branches.get(branch_of(handle, view))
