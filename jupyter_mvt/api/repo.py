"""The façade: one line a verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.api import checkout as _checkout
from jupyter_mvt.api import commit as _commit
from jupyter_mvt.api import compare as _compare
from jupyter_mvt.api import evaluate as _evaluate
from jupyter_mvt.api import log as _log
from jupyter_mvt.api import recording as _recording
from jupyter_mvt.api import status as _status
from jupyter_mvt.api import timeline as _timeline
from jupyter_mvt.api import upkeep as _upkeep
from jupyter_mvt.api.collections import Branches, Labels, Notes, Tags
from jupyter_mvt.api.trust import Trust
from jupyter_mvt.api.version import Version
from jupyter_mvt.errors import UNTOUCHED, if_interrupted
from jupyter_mvt.history import operations as _operations
from jupyter_mvt.history import rollback as _rollback
from jupyter_mvt.history import switch as _switch
from jupyter_mvt.history import undo as _undo
from jupyter_mvt.history.handle import Handle, branch_of
from jupyter_mvt.history.revisions import names, resolve
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from jupyter_mvt.api.checkout import Checkout
    from jupyter_mvt.api.evaluate import EvaluationResult
    from jupyter_mvt.api.kernel import Kernel
    from jupyter_mvt.api.recording import Unfinished
    from jupyter_mvt.api.reproduce import Reproduction
    from jupyter_mvt.api.results import CommitResult, Status
    from jupyter_mvt.capture.recording import Recording
    from jupyter_mvt.compare.diff import Diff
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
        return Branches(self._handle)

    @property
    def tags(self) -> Tags:
        """Tags: a mapping with ``create``, ``delete``, ``list``."""
        return Tags(self._handle)

    @property
    def labels(self) -> Labels:
        """Labels: a mapping with ``move``, ``remove``, ``history``, ``list``."""
        return Labels(self._handle)

    @property
    def trust(self) -> Trust:
        """Versions whose code may run: ``add``, ``remove``, ``list``."""
        return Trust(self._handle)

    @property
    def notes(self) -> Notes:
        """What people wrote on versions: ``add``, ``delete``, ``list``."""
        return Notes(self._handle)

    def __getitem__(self, revision: str | Version) -> Version:
        """Return the version that `revision` names."""
        with if_interrupted(UNTOUCHED):
            view = oplog.current(self._handle.store)
            return Version(self._handle, resolve(self._handle, view, str(revision)))

    def names(self) -> list[str]:
        """Return every name that may stand for a version."""
        return names(oplog.current(self._handle.store))

    def commit(
        self, model: Any = None, *, message: str = "", data: Any = None, metrics: Any = None,
        params: Any = None, variables: Any = None, store_data: bool = False, evaluate: Any = None,
        allow_empty: bool = False, trigger: Trigger = "api", pack: bool = False,
    ) -> CommitResult:  # fmt: skip
        """Keep a model with everything that made it; see `api.commit.commit`."""
        wish = _commit.Wish(model=model, message=message, data=data, metrics=metrics,
                            params=params, variables=variables, store_data=store_data,
                            evaluate=evaluate,
                            allow_empty=allow_empty,
                            trigger=trigger, pack=pack)  # fmt: skip
        return self.grant(wish)

    def recording(
        self, model: Any = None, *, message: str = "", data: Any = None, metrics: Any = None,
        params: Any = None, variables: Any = None, commit: bool = True, resume: str = "",
    ) -> AbstractContextManager[Recording]:  # fmt: skip
        """Record a run: ``with repo.recording(model) as run: run.log(step=i, loss=0.3)``.

        The end of the block makes a version that holds the model and the curves.
        """
        wish = _commit.Wish(model=model, message=message, data=data, metrics=metrics,
                            params=params, variables=variables, trigger="api")  # fmt: skip
        return _recording.recording(self._handle, self._kernel, wish, commit=commit, resume=resume)

    def recordings(self) -> tuple[Unfinished, ...]:
        """List the runs that no version holds: they still train, or were cut off."""
        return _recording.recordings(self._handle)

    def grant(self, wish: _commit.Wish, taken: _commit.Taken | None = None) -> CommitResult:
        """Commit what a wish names, or what `api.commit.take` has frozen of it already."""
        if taken is not None:
            return _commit.keep(self._handle, self._kernel, wish, taken)
        return _commit.commit(self._handle, self._kernel, wish)

    def status(self) -> Status:
        """Tell what would be committed now, and why."""
        return _status.status(self._handle, self._kernel)

    def log(
        self, revision: str | Version | None = None, *, where: str | None = None,
        limit: int | None = 200, skip: int = 0,
    ) -> Log:  # fmt: skip
        """List versions, newest first; `where` filters: ``"accuracy > 0.9"``; `skip` pages."""
        start = None if revision is None else str(revision)
        return _log.log(self._handle, start, where=where, limit=limit, skip=skip)

    def timeline(self, *, where: str | None = None, metric: str = "") -> Any:
        """Return a live timeline of any length; what is picked in it is ``w.selected``."""
        return _timeline.timeline(self._handle, where, metric)

    def diff(
        self, base: str | Version = "HEAD~1", other: str | Version = "HEAD",
        *, only: tuple[str, ...] | None = None,
    ) -> Diff:  # fmt: skip
        """Tell what differs between two versions."""
        return _compare.diff(self._handle, str(base), str(other), only=only)

    def evaluate(self, model: Any, X: Any, y: Any, **how: Any) -> EvaluationResult:
        """Measure a version or a live model on labelled data; see `api.evaluate.evaluate`."""
        return _evaluate.evaluate(self._handle, model, X, y, **how)

    def checkout(
        self, revision: str | Version = "HEAD", *, trust: bool = False, rng: bool = False
    ) -> Checkout:
        """Restore the models and variables of a version; see `api.checkout.checkout`."""
        return _checkout.checkout(self._handle, self[revision], trust=trust, rng=rng)

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
        return _switch.switch(self._handle, name, create=create, start=start)

    def rollback(self, label: str, to: str | Version | None = None, *, reason: str = "") -> Moved:
        """Put a label back on the version it held before, once that is read and verified."""
        target = None if to is None else str(to)
        with if_interrupted(UNTOUCHED):
            found = _rollback.target(self._handle, label, target)
        _checkout.verify(self._handle, found)
        return _rollback.rollback(self._handle, label, target, reason=reason)

    def undo(self, number: int | None = None) -> Moved:
        """Take back an operation: this session's newest, or `number`."""
        return _undo.undo(self._handle, number)

    def redo(self) -> Moved:
        """Take back the newest undo."""
        return _undo.redo(self._handle)

    def operations(self, limit: int | None = 50) -> OperationLog:
        """Tell the operation log, newest first."""
        return _operations.operations(self._handle, limit)

    def leaderboard(self, by: str | None = None, **choice: Any) -> Leaderboard:
        """Rank versions by a metric; see `metrics.leaderboard.leaderboard`."""
        return _log.leaderboard(self._handle, by, **choice)

    def sql(self, statement: str, params: Mapping[str, Any] | tuple[Any, ...] = ()) -> SqlResult:
        """Query the metric store (tables commits, summary, metrics, params, datasets)."""
        return _log.sql(self._handle, statement, params)

    def index(self, *, rebuild: bool = False) -> IndexStats:
        """Tell what the metric store holds, after making it anew from the log if asked."""
        return _log.index(self._handle, rebuild=rebuild)

    def fsck(self, *, subset: float = 1.0) -> FsckReport:
        """Read and verify every byte; of stored objects a share, drawn by chance, if asked."""
        return _upkeep.fsck(self._handle, subset)

    def repair(self, source: str | Path | None = None) -> RepairReport:
        """Replace damaged objects by good copies, of this or another local repository."""
        return _upkeep.repair(self._handle, source)

    def gc(
        self, *, dry_run: bool = False, drop: Iterable[str | Version] = (),
        grace_days: float | None = None, pack: _upkeep.Packing = "old",
        stop: Callable[[], bool] = lambda: False,
    ) -> GcReport:  # fmt: skip
        """Free what no version needs, and pack the rest more tightly; see `api.upkeep.gc`."""
        return _upkeep.gc(self._handle, dry_run=dry_run, drop=drop, grace_days=grace_days,
                          pack=pack, stop=stop)  # fmt: skip

    def du(self) -> Usage:
        """Tell what versions and branches take on disk, and what can be freed."""
        return _upkeep.usage(self._handle)

    @property
    def settings(self) -> Settings:
        """What the repository is told to keep."""
        return _upkeep.settings(self._handle)

    def configure(self, **changes: Any) -> Moved:
        """Change `settings`: ``keep_last``, ``keep_best``, ``keep_by``, ``quota_bytes`` …."""
        return _upkeep.configure(self._handle, changes)

    def __repr__(self) -> str:
        view = oplog.current(self._handle.store)
        counted = "1 version" if view.count == 1 else f"{view.count} versions"
        return f"<Repo {self._handle.name}: {counted}, on {self.head}>"
