"""One version: what it is, and its content brought back to life on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.api import restoring
from jupyter_mvt.api.curves import StoredCurves
from jupyter_mvt.api.datasets import Datasets
from jupyter_mvt.api.outputs import StoredOutputs
from jupyter_mvt.api.results import VersionDetails
from jupyter_mvt.display import Displayable, bundle
from jupyter_mvt.history.naming import name_of, version_ref
from jupyter_mvt.objects.code import Cell
from jupyter_mvt.objects.encode import decode, decode_as, from_data
from jupyter_mvt.objects.environment import Environment
from jupyter_mvt.objects.evaluation import evaluations_of, marks_of, metrics_of
from jupyter_mvt.objects.ids import ObjectId, short
from jupyter_mvt.objects.remark import remarks_of
from jupyter_mvt.store import oplog
from jupyter_mvt.store.trash import is_thin

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from jupyter_mvt.api.restoring import Resumed
    from jupyter_mvt.capture.files.rebuild import StoredFiles
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.commit import Commit, Scalar
    from jupyter_mvt.objects.metric import Metric, MetricValue
    from jupyter_mvt.objects.version import VersionRef

__all__ = ["Version"]


class Version(Displayable):
    """An immutable version of a repository.

    Parameters
    ----------
    handle
        The repository.
    oid
        The commit's full id; `str(version)` gives it back, so that a version may stand wherever
        a revision may.
    """

    def __init__(self, handle: Handle, oid: ObjectId) -> None:
        self._handle = handle
        self.id = oid
        self.commit: Commit = oplog.commit_object(handle.store, oid)

    @property
    def ref(self) -> VersionRef:
        """The version as named to a person, with its labels and tags of this moment."""
        return version_ref(self._handle.store, oplog.current(self._handle.store), self.id)

    @property
    def name(self) -> str:
        """``"v9"``."""
        return self.ref.name

    @property
    def message(self) -> str:
        """The person's words."""
        return self.commit.message

    @property
    def parents(self) -> tuple[Version, ...]:
        """The versions it follows."""
        return tuple(Version(self._handle, oid) for oid in self.commit.parents)

    @property
    def metrics(self) -> dict[str, MetricValue]:
        """Metric → value; ``split/name`` where a split is not part of the name, no slices.

        What was evaluated since the commit is among them.
        """
        return {
            metric.name if metric.split in metric.name else f"{metric.split}/{metric.name}": (
                metric.value
            )
            for metric in self._measured
            if not metric.slice
        }

    @property
    def _measured(self) -> tuple[Metric, ...]:
        marks = marks_of(oplog.current(self._handle.store), self.id)
        return metrics_of(self.commit.content.metrics, marks)

    @property
    def params(self) -> dict[str, Scalar]:
        """Hyperparameter → value: the primary model's, then the run's own."""
        content = self.commit.content
        own = {param.name: param.value for param in content.params}
        model = content.primary
        return {**({p.name: p.value for p in model.params} if model else {}), **own}

    @property
    def environment(self) -> Environment | None:
        """The software and hardware it was made with."""
        oid = self.commit.content.env_id
        if not oid:
            return None
        return decode_as(self._handle.store.blob(ObjectId(oid)), Environment)

    @property
    def cells(self) -> tuple[tuple[Cell, str], ...]:
        """The cells that were run, in order, with their texts."""
        code = self.commit.content.code
        if not code.cells_id:
            return ()
        store = self._handle.store
        runs = from_data(decode(store.blob(ObjectId(code.cells_id))), tuple[Cell, ...])
        return tuple((run, store.blob(run.source).decode("utf-8", "replace")) for run in runs)

    @property
    def model(self) -> Any:
        """The primary model, restored; see `load`."""
        return self.load()

    def load(self, name: str | None = None, *, trust: bool = False) -> Any:
        """Restore a model.

        Parameters
        ----------
        name
            Its name in the notebook; the primary one by default.
        trust
            Allow code of this version to run (a pickle, or classes from cells that are not live
            here). Versions that you made, or trusted by ``mvt trust``, need none.

        Raises
        ------
        NotFoundError
            The version holds no such model (code ``unknown-model``).
        TrustError
            Code would have to run (code names which).
        RestoreError
            Its content was dropped by a gc (code ``thin-version``).
        """
        return restoring.model(self._handle, self.id, self.commit, name, trust=trust)

    def resume(self, live: Any = None, name: str | None = None, *, trust: bool = False) -> Resumed:
        """Restore the optimizer, its schedulers and scalers, to go on with training.

        Parameters
        ----------
        live
            The model to train on; restored as by `load` when none is given. A Keras model that is
            not compiled as the stored one was is compiled so.
        name, trust
            As in `load`.

        Raises
        ------
        NotFoundError
            No optimizer was kept (code ``no-optimizer``).
        RestoreError
            `live` has other parameters (code ``optimizer-mismatch``).
        """
        return restoring.resume(self._handle, self.id, self.commit, live, name, trust=trust)

    def tensor(self, path: str, *, model: str | None = None) -> np.ndarray[Any, Any]:
        """Return one array of a model without reading the rest.

        Raises
        ------
        NotFoundError
            There is no such array (code ``unknown-tensor``).
        UsageError
            `path` is not a string (code ``tensor-path``).
        """
        return restoring.tensor(self._handle, self.id, self.commit, path, model)

    @property
    def curves(self) -> StoredCurves:
        """Curve name → frame of step, time and value; what was logged while it was trained."""
        return StoredCurves(self._handle.store, self.commit.content, self.name)

    @property
    def outputs(self) -> StoredOutputs:
        """Figures and tables that its cells showed, in order."""
        return StoredOutputs(self._handle.store, self.commit.content)

    @property
    def datasets(self) -> Datasets:
        """Its datasets by name or role; ``["train"].load()`` where the rows were kept."""
        return Datasets(self._handle, self.id, self.commit.content.datasets)

    @property
    def variables(self) -> Mapping[str, Any]:
        """Names and values of the variables that were kept, restored."""
        return restoring.variables(self._handle, self.id, self.commit)

    @property
    def files(self) -> StoredFiles:
        """Its models that are files; ``files.save(folder)`` writes them."""
        return restoring.files(self._handle, self.id, self.commit)

    @property
    def details(self) -> VersionDetails:
        """Everything about it, as a value to show."""
        store = self._handle.store
        view = oplog.current(store)
        started = self.commit.derived_from
        evaluations = tuple(evaluations_of(view, self.id).values())
        beside = {one.against for made in evaluations for one in made.latency}
        return VersionDetails(
            version=self.ref,
            commit=self.commit,
            parents=tuple(version_ref(store, view, oid) for oid in self.commit.parents),
            derived_from=version_ref(store, view, ObjectId(started)) if started else None,
            cells=tuple((cell.order, text) for cell, text in self.cells if cell.ok),
            thin=is_thin(view, self.id),
            remarks=tuple(remarks_of(view, self.id).values()),
            evaluations=evaluations,
            against={oid: name_of(view, oid) for oid in sorted(beside) if oid in view.commits},
            metrics=metrics_of(self.commit.content.metrics, marks_of(view, self.id)),
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return bundle(self.details)

    def to_dict(self) -> dict[str, Any]:
        """Return everything about it as plain builtins."""
        return self.details.to_dict()

    def __str__(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"<Version {self.name} {short(self.id)} {self.message[:60]!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)
