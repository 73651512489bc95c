"""The façade: one line a verb, which is imported when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.errors import UNTOUCHED, if_interrupted
from jupyter_mvt.history.handle import branch_of
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from jupyter_mvt.api.checkout import Checkout
    from jupyter_mvt.api.collections import Branches, Labels, Notes, Tags
    from jupyter_mvt.api.commit import Taken, Wish
    from jupyter_mvt.api.evaluate import EvaluationResult
    from jupyter_mvt.api.kernel import Kernel
    from jupyter_mvt.api.recording import Unfinished
    from jupyter_mvt.api.reproduce import Reproduction
    from jupyter_mvt.api.results import CommitResult, Status
    from jupyter_mvt.api.trust import Trust
    from jupyter_mvt.api.upkeep import Packing
    from jupyter_mvt.api.version import Version
    from jupyter_mvt.capture.recording import Recording
    from jupyter_mvt.compare.diff import Diff
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.history.results import (
        GcReport,
        Log,
        Moved,
        OperationLog,
        RepairReport,
        Usage,
    )
    from jupyter_mvt.metrics.leaderboard import Leaderboard
    from jupyter_mvt.metrics.rebuild import IndexStats
    from jupyter_mvt.metrics.result import SqlResult
    from jupyter_mvt.objects.commit import Trigger
    from jupyter_mvt.objects.settings import Settings
    from jupyter_mvt.store.faults import FsckReport

__all__ = ["Repo"]


class Repo:
    """A repository. `mvt.open()` and `mvt.init()` give one.

    Revisions are strings (``"HEAD~1"``, ``"main"``, ``"v3"``, ``"production@{1}"``, an id) or
    `Version` objects. Reading never changes anything; `checkout` returns, `switch` moves HEAD.
    """

    def __init__(self, handle: Handle, kernel: Kernel | None = None) -> None:
        self._handle = handle
        self._kernel = kernel

    @property
    def path(self) -> Path | None:
        """Folder of the repository's data."""
        return self._handle.store.root

    @property
    def head(self) -> str:
        """Name of the branch that HEAD stands on."""
        return branch_of(self._handle, oplog.current(self._handle.store))

    @property
    def branches(self) -> Branches:
        """Branches: a mapping with ``create``, ``delete``, ``rename``, ``list``."""
        from jupyter_mvt.api.collections import Branches

        return Branches(self._handle)

    @property
    def tags(self) -> Tags:
        """Tags: a mapping with ``create``, ``delete``, ``list``."""
        from jupyter_mvt.api.collections import Tags

        return Tags(self._handle)

    @property
    def labels(self) -> Labels:
        """Labels: a mapping with ``move``, ``remove``, ``history``, ``list``."""
        from jupyter_mvt.api.collections import Labels

        return Labels(self._handle)

    @property
    def trust(self) -> Trust:
        """Versions whose code may run: ``add``, ``remove``, ``list``."""
        from jupyter_mvt.api.trust import Trust

        return Trust(self._handle)

    @property
    def notes(self) -> Notes:
        """What people wrote on versions: ``add``, ``delete``, ``list``."""
        from jupyter_mvt.api.collections import Notes

        return Notes(self._handle)

    def __getitem__(self, revision: str | Version) -> Version:
        """Return the version that `revision` names."""
        with if_interrupted(UNTOUCHED):
            from jupyter_mvt.api.version import Version
            from jupyter_mvt.history.revisions import resolve

            view = oplog.current(self._handle.store)
            return Version(self._handle, resolve(self._handle, view, str(revision)))

    def names(self) -> list[str]:
        """Return every name that may stand for a version."""
        from jupyter_mvt.history import revisions

        return revisions.names(oplog.current(self._handle.store))

    def commit(
        self, model: Any = None, *, message: str = "", data: Any = None, metrics: Any = None,
        params: Any = None, variables: Any = None, store_data: bool = False, evaluate: Any = None,
        allow_empty: bool = False, trigger: Trigger = "api", pack: bool = False,
    ) -> CommitResult:  # fmt: skip
        """Keep a model with everything that made it; see `api.commit.commit`."""
        from jupyter_mvt.api.commit import Wish

        wish = Wish(model=model, message=message, data=data, metrics=metrics, params=params,
                    variables=variables, store_data=store_data, evaluate=evaluate,
                    allow_empty=allow_empty, trigger=trigger, pack=pack)  # fmt: skip
        return self.grant(wish)

    def recording(
        self, model: Any = None, *, message: str = "", data: Any = None, metrics: Any = None,
        params: Any = None, variables: Any = None, commit: bool = True, resume: str = "",
    ) -> AbstractContextManager[Recording]:  # fmt: skip
        """Record a run: ``with repo.recording(model) as run: run.log(step=i, loss=0.3)``.

        The end of the block makes a version that holds the model and the curves.
        """
        from jupyter_mvt.api import recording as verb
        from jupyter_mvt.api.commit import Wish

        wish = Wish(model=model, message=message, data=data, metrics=metrics, params=params,
                    variables=variables, trigger="api")  # fmt: skip
        return verb.recording(self._handle, self._kernel, wish, commit=commit, resume=resume)

    def recordings(self) -> tuple[Unfinished, ...]:
        """List the runs that no version holds: they still train, or were cut off."""
        from jupyter_mvt.api import recording as verb

        return verb.recordings(self._handle)

    def grant(self, wish: Wish, taken: Taken | None = None) -> CommitResult:
        """Commit what a wish names, or what `api.commit.take` has frozen of it already."""
        from jupyter_mvt.api import commit as verb

        if taken is not None:
            return verb.keep(self._handle, self._kernel, wish, taken)
        return verb.commit(self._handle, self._kernel, wish)

    def status(self) -> Status:
        """Tell what would be committed now, and why."""
        from jupyter_mvt.api import status as verb

        return verb.status(self._handle, self._kernel)

    def log(
        self, revision: str | Version | None = None, *, where: str | None = None,
        limit: int | None = 200, skip: int = 0,
    ) -> Log:  # fmt: skip
        """List versions, newest first; `where` filters: ``"accuracy > 0.9"``; `skip` pages."""
        from jupyter_mvt.api import log as verb

        start = None if revision is None else str(revision)
        return verb.log(self._handle, start, where=where, limit=limit, skip=skip)

    def timeline(self, *, where: str | None = None, metric: str = "") -> Any:
        """Return a live timeline of any length; what is picked in it is ``w.selected``."""
        from jupyter_mvt.api import timeline as verb

        return verb.timeline(self._handle, where, metric)

    def diff(
        self, base: str | Version = "HEAD~1", other: str | Version = "HEAD",
        *, only: tuple[str, ...] | None = None,
    ) -> Diff:  # fmt: skip
        """Tell what differs between two versions."""
        from jupyter_mvt.api import compare

        return compare.diff(self._handle, str(base), str(other), only=only)

    def evaluate(self, model: Any, X: Any, y: Any, **how: Any) -> EvaluationResult:
        """Measure a version or a live model on labelled data; see `api.evaluate.evaluate`."""
        from jupyter_mvt.api import evaluate as verb

        return verb.evaluate(self._handle, model, X, y, **how)

    def checkout(
        self, revision: str | Version = "HEAD", *, trust: bool = False, rng: bool = False
    ) -> Checkout:
        """Restore the models and variables of a version; see `api.checkout.checkout`."""
        from jupyter_mvt.api import checkout as verb

        return verb.checkout(self._handle, self[revision], trust=trust, rng=rng)

    def reproduce(
        self, revision: str | Version = "HEAD", *, trust: bool = False, folder: Path | None = None,
        timeout: float | None = None,
    ) -> Reproduction:  # fmt: skip
        """Make a version's models once more in a fresh process; see `api.reproduce`."""
        from jupyter_mvt.api import reproduce as verb

        return verb.reproduce(self._handle, self[revision], trust=trust, folder=folder,
                              timeout=timeout)  # fmt: skip

    def switch(self, name: str, *, create: bool = False, start: str = "HEAD") -> Moved:
        """Move HEAD to a branch; with `create`, make it first."""
        from jupyter_mvt.history import switch as verb

        return verb.switch(self._handle, name, create=create, start=start)

    def rollback(self, label: str, to: str | Version | None = None, *, reason: str = "") -> Moved:
        """Put a label back on the version it held before, once that is read and verified."""
        from jupyter_mvt.api import checkout
        from jupyter_mvt.history import rollback as verb

        target = None if to is None else str(to)
        with if_interrupted(UNTOUCHED):
            found = verb.target(self._handle, label, target)
        checkout.verify(self._handle, found)
        return verb.rollback(self._handle, label, target, reason=reason)

    def undo(self, number: int | None = None) -> Moved:
        """Take back an operation: this session's newest, or `number`."""
        from jupyter_mvt.history import undo as verb

        return verb.undo(self._handle, number)

    def redo(self) -> Moved:
        """Take back the newest undo."""
        from jupyter_mvt.history import undo as verb

        return verb.redo(self._handle)

    def operations(self, limit: int | None = 50) -> OperationLog:
        """Tell the operation log, newest first."""
        from jupyter_mvt.history import operations as verb

        return verb.operations(self._handle, limit)

    def leaderboard(self, by: str | None = None, **choice: Any) -> Leaderboard:
        """Rank versions by a metric; see `metrics.leaderboard.leaderboard`."""
        from jupyter_mvt.api import index

        return index.leaderboard(self._handle, by, **choice)

    def sql(self, statement: str, params: Mapping[str, Any] | tuple[Any, ...] = ()) -> SqlResult:
        """Query the metric store (tables commits, summary, metrics, params, datasets)."""
        from jupyter_mvt.api import index

        return index.sql(self._handle, statement, params)

    def index(self, *, rebuild: bool = False) -> IndexStats:
        """Tell what the metric store holds, after making it anew from the log if asked."""
        from jupyter_mvt.api import index as verb

        return verb.index(self._handle, rebuild=rebuild)

    def fsck(self, *, subset: float = 1.0) -> FsckReport:
        """Read and verify every byte; of stored objects a share, drawn by chance, if asked."""
        from jupyter_mvt.api import upkeep

        return upkeep.fsck(self._handle, subset)

    def repair(self, source: str | Path | None = None) -> RepairReport:
        """Replace damaged objects by good copies, of this or another local repository."""
        from jupyter_mvt.api import upkeep

        return upkeep.repair(self._handle, source)

    def gc(
        self, *, dry_run: bool = False, drop: Iterable[str | Version] = (),
        grace_days: float | None = None, pack: Packing = "old",
        stop: Callable[[], bool] = lambda: False,
    ) -> GcReport:  # fmt: skip
        """Free what no version needs, and pack the rest more tightly; see `api.upkeep.gc`."""
        from jupyter_mvt.api import upkeep

        return upkeep.gc(self._handle, dry_run=dry_run, drop=drop, grace_days=grace_days,
                         pack=pack, stop=stop)  # fmt: skip

    def du(self) -> Usage:
        """Tell what versions and branches take on disk, and what can be freed."""
        from jupyter_mvt.api import upkeep

        return upkeep.usage(self._handle)

    @property
    def settings(self) -> Settings:
        """What the repository is told to keep."""
        from jupyter_mvt.api import upkeep

        return upkeep.settings(self._handle)

    def configure(self, **changes: Any) -> Moved:
        """Change `settings`: ``keep_last``, ``keep_best``, ``keep_by``, ``quota_bytes`` …."""
        from jupyter_mvt.api import upkeep

        return upkeep.configure(self._handle, changes)

    def __repr__(self) -> str:
        view = oplog.current(self._handle.store)
        counted = "1 version" if view.count == 1 else f"{view.count} versions"
        return f"<Repo {self._handle.name}: {counted}, on {self.head}>"
