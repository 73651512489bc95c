"""The whole history as something to move about in: pages of versions, windows of a metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.log import entries
from jupyter_mvt.api.version import Version
from jupyter_mvt.display import Displayable, live
from jupyter_mvt.history.handle import branch_of
from jupyter_mvt.history.results import Log
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.metrics import timeline as index
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_mvt.compare.diff import Diff
    from jupyter_mvt.history.handle import Handle

__all__ = ["Timeline", "timeline"]

_FIRST = 200


class Timeline(Displayable):
    """The history of a repository, looked at piece by piece; cheap at any length.

    Parameters
    ----------
    handle
        The repository.
    where
        Only versions for which a filter holds: ``"accuracy > 0.9"``.
    metric
        Name of the metric shown first; by default the one that the most versions have.
    """

    def __init__(self, handle: Handle, where: str | None = None, metric: str = "") -> None:
        self._handle = handle
        self.where = where
        self.metric = metric

    @property
    def repository(self) -> str:
        """Display name of the repository."""
        return self._handle.name

    @property
    def head(self) -> str:
        """Name of the branch that the session stands on."""
        return branch_of(self._handle, oplog.current(self._handle.store))

    @property
    def branches(self) -> tuple[str, ...]:
        """Names of all branches."""
        return tuple(oplog.current(self._handle.store).branches)

    @property
    def labels(self) -> dict[str, str]:
        """Label → id of the version that holds it."""
        return dict(oplog.current(self._handle.store).labels)

    def choices(self) -> tuple[index.Choice, ...]:
        """Return the metrics to choose from, the asked one first."""
        found = index.choices(self._handle.store)
        return tuple(sorted(found, key=lambda one: one.name != self.metric))

    def shown(self, *, branch: str = "", query: str = "") -> index.Shown:
        """Return the versions that answer a question; see `metrics.timeline.shown`."""
        view = oplog.current(self._handle.store)
        return index.shown(self._handle.store, view, branch=branch, query=query, where=self.where)

    def entries(self, ids: Iterable[str], total: int) -> Log:
        """Return some versions with their metrics, as a log."""
        found = entries(self._handle, [ObjectId(oid) for oid in ids])
        return Log(repository=self.repository, entries=found, total=total,
                   branches=dict(oplog.current(self._handle.store).branches),
                   head=self.head)  # fmt: skip

    def course(
        self, among: index.Shown, metric: index.Choice, first: int, last: int, columns: int
    ) -> index.Course:
        """Return one metric over the places [first, last]; see `metrics.timeline.course`."""
        return index.course(
            self._handle.store, among, metric, first=first, last=last, columns=columns
        )

    def values(self, ids: Sequence[str], metric: index.Choice) -> dict[str, float]:
        """Return id → value of a metric."""
        return index.values_at(self._handle.store, ids, metric)

    def version(self, revision: str) -> Version:
        """Return a version by id or name."""
        view = oplog.current(self._handle.store)
        return Version(self._handle, resolve(self._handle, view, revision))

    def diff(self, base: str, other: str) -> Diff:
        """Return what differs between two versions."""
        from jupyter_mvt.api import compare

        return compare.diff(self._handle, base, other)

    def log(self, limit: int = _FIRST) -> Log:
        """Return the newest versions as a plain log."""
        found = self.shown()
        return self.entries([line.id for line in found.lines[:limit]], len(found.lines))

    def __repr__(self) -> str:
        return f"<Timeline of {self.repository}>"


def timeline(handle: Handle, where: str | None = None, metric: str = "") -> Any:
    """Return a live timeline; see `Repo.timeline`."""
    return live(Timeline(handle, where, metric))
