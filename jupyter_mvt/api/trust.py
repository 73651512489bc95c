"""Whose code may run: versions that this person made, or vouched for by their id."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.kernel import attached
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import MvtError, NotFoundError, StorageError, TrustError
from jupyter_mvt.history.naming import name_of, version_ref
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.ids import ObjectId, is_id, short
from jupyter_mvt.store import oplog
from jupyter_mvt.store.trusted import Trusted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.commit import Commit
    from jupyter_mvt.objects.version import VersionRef
    from jupyter_mvt.store.trusted import TrustBook

__all__ = ["Trust", "TrustList", "TrustMoved", "is_trusted", "made", "refusal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustMoved(Displayable):
    """A version is trusted from now on, or no longer.

    Attributes
    ----------
    version
        Which; ``None`` when it is of another repository.
    id
        Its id.
    trusted
        Whether it is now.
    runs
        What restoring it runs: ``"clf: a pickle naming os.system"``. Empty when it is all data.
    """

    id: ObjectId
    trusted: bool
    version: VersionRef | None = None
    runs: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data


@dataclass(frozen=True, slots=True)
class TrustList(Displayable):
    """What is trusted on this account, newest first, whichever repository it is in."""

    rows: tuple[Trusted, ...]
    names: dict[str, str] = field(default_factory=dict)
    """Id → name of those that are in the repository at hand."""

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data


@dataclass(frozen=True, slots=True)
class Trust:
    """The verbs of ``repo.trust``. What is trusted is a version's id, so exactly its bytes."""

    _handle: Handle

    def add(self, revision: str) -> TrustMoved:
        """Let code of a version run when it is restored, on this account, from now on.

        Raises
        ------
        TrustError
            There is no trust database here (code ``no-trust-database``).
        """
        handle = self._handle
        book = _book(handle)
        view = oplog.current(handle.store)
        oid = resolve(handle, view, revision)
        commit = oplog.commit_object(handle.store, oid)
        with _told(handle, oid, name_of(view, oid)):
            book.add(_record(handle, oid, commit, "told"))
        return TrustMoved(id=oid, trusted=True, version=version_ref(handle.store, view, oid),
                          runs=_runs(handle, commit))  # fmt: skip

    def remove(self, revision: str) -> TrustMoved:
        """Take trust back, also from what was made here; a full id may be of any repository.

        Raises
        ------
        NotFoundError
            It was not trusted (code ``not-trusted``).
        """
        handle = self._handle
        book = _book(handle)
        view = oplog.current(handle.store)
        foreign = is_id(revision) and revision not in view.commits
        oid = ObjectId(revision) if foreign else resolve(handle, view, revision)
        kernel = attached()
        here = oid in handle.session.made or (kernel is not None and oid in kernel.trusted)
        with _told(handle, oid, name_of(view, oid)):
            handle.session.made.discard(oid)
            if kernel is not None:
                kernel.trusted.discard(oid)
            removed = book.remove(oid)
        if not removed and not here:
            msg = f"{name_of(view, oid)} was not trusted."
            raise NotFoundError(msg, hint="mvt trust --list", code="not-trusted")
        version = None if foreign else version_ref(handle.store, view, oid)
        return TrustMoved(id=oid, trusted=False, version=version)

    def list(self) -> TrustList:
        """Tell what is trusted on this account."""
        rows = _book(self._handle).all()
        view = oplog.current(self._handle.store)
        own = (row.id for row in rows if row.id in view.commits)
        return TrustList(rows, {str(oid): name_of(view, oid) for oid in own})


@contextmanager
def _told(handle: Handle, oid: ObjectId, name: str) -> Iterator[None]:
    """Say of an interrupt in the block whether a version is trusted."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        said = "is" if is_trusted(handle, oid) else "is not"
        interrupt.add_note(f"Interrupted: {name} {said} trusted now.")
        raise


def made(handle: Handle, oid: ObjectId, commit: Commit) -> None:
    """Record that a version was made here, so that it restores without a question.

    A folder that cannot be written keeps no commit from being made: then this session alone
    remembers.
    """
    handle.session.made.add(oid)
    kernel = attached()
    if kernel is not None:
        kernel.trusted.add(oid)
    if handle.book is None:
        return
    try:
        handle.book.add(_record(handle, oid, commit, "made"))
    except StorageError:
        return


def is_trusted(handle: Handle, oid: ObjectId) -> bool:
    """Tell whether code of a version may run: made here, or told to be trusted."""
    kernel = attached()
    if oid in handle.session.made or (kernel is not None and oid in kernel.trusted):
        return True
    return handle.book is not None and handle.book.has(oid)


def refusal(handle: Handle, oid: ObjectId, commit: Commit, error: TrustError) -> TrustError:
    """Return `error` with who made the version, when, and how to trust it."""
    name = name_of(oplog.current(handle.store), oid)
    when = datetime.fromtimestamp(commit.time_us / 1_000_000, UTC)
    msg = (
        f"{error.message} {name} ({short(oid)}) was made by {commit.author or 'somebody unknown'} "
        f"on {when:%Y-%m-%d at %H:%M} UTC, as it says itself, "
        + ("and not on this account." if handle.book else "and not by this program.")
    )
    hint = f"if you know who made it: mvt trust {name}"
    if handle.book is None:
        hint = f'if you know who made it: repo["{name}"].load(trust=True)'
    return TrustError(msg, hint=hint, code=error.code)


def _book(handle: Handle) -> TrustBook:
    if handle.book is None:
        msg = "There is no trust database here: a program says trust=True itself."
        raise TrustError(msg, hint="mvt trust v1 in a shell or a notebook",
                         code="no-trust-database")  # fmt: skip
    return handle.book


def _record(handle: Handle, oid: ObjectId, commit: Commit, how: Any) -> Trusted:
    return Trusted(
        id=oid,
        how=how,
        author=commit.author[:200],
        message=commit.message[:200],
        repository=handle.name[:200],
        time_us=handle.clock.now_us(),
    )


def _runs(handle: Handle, commit: Commit) -> tuple[str, ...]:
    """Return in words what restoring the version would run; reads, never loads."""
    content = commit.content
    found = [
        _pickle(handle, kept.var, kept.state)
        for kept in content.models
        if kept.state_kind == "pickle"
    ]
    found += [
        f"{kept.var}: the source text of {source}"
        for kept in content.models
        for source, _ in kept.code_refs
    ]
    found += [
        _pickle(handle, kept.name, kept.state)
        for kept in content.variables
        if kept.state_kind == "pickle"
    ]
    return tuple(found)


def _pickle(handle: Handle, name: str, state: ObjectId) -> str:
    from jupyter_mvt.capture.pickling import names_of

    try:
        names = ", ".join(names_of(handle.store.blob(state))) or "nothing"
    except MvtError:
        names = "what cannot be read"
    return f"{name}: a pickle that names {names}"
