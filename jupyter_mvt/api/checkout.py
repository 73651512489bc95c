"""Bring a version's models and variables back, beside the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.api import restoring
from jupyter_mvt.api.undivided import undivided
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import NotFoundError, if_interrupted
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.progress import told
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.api.datasets import Datasets
    from jupyter_mvt.api.version import Version
    from jupyter_mvt.capture.files.rebuild import StoredFiles
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.commit import Commit
    from jupyter_mvt.objects.version import VersionRef
    from jupyter_mvt.store.store import Store

__all__ = ["Checkout", "checkout", "verify"]


class Checkout(Displayable):
    """What a version held, restored: models and variables as attributes.

    ``old = repo.checkout("v3")``, then ``old.clf.predict(X)``; ``old.model`` is the primary
    model under whatever name it had.

    Attributes
    ----------
    version
        From which it came.
    datasets
        Its datasets by name or role: ``v3.datasets["test"].load()``, where rows were kept.
    model
        The primary model, ``None`` if the version has none.
    names
        What there is.
    saved
        Paths of the files that were written.
    placed, kept, stashed
        Names that were set in the live session, those of yours that were left alone, and those
        of yours that are in the `stash` of that number.
    chance
        Generator of random numbers → whether it was set: not where its package is not imported.
    """

    def __init__(
        self, version: VersionRef, values: dict[str, Any], primary: str | None,
        datasets: Datasets,
    ) -> None:  # fmt: skip
        self.version = version
        self.datasets = datasets
        self.names = tuple(values)
        self.values = values
        self.primary = primary
        self.saved: tuple[str, ...] = ()
        self.placed: tuple[str, ...] = ()
        self.kept: tuple[str, ...] = ()
        self.stashed: tuple[str, ...] = ()
        self.stash = 0
        self.chance: dict[str, bool] = {}

    @property
    def model(self) -> Any:
        """The primary model."""
        return None if self.primary is None else self.values[self.primary]

    @property
    def data(self) -> Any:
        """The data that it was trained on, where the rows were kept; see `datasets`.

        Raises
        ------
        NotFoundError
            It names no dataset (code ``unknown-dataset``), or kept only its fingerprint
            (``data-not-stored``).
        """
        if "data" in self.values:  # a variable of that name
            return self.values["data"]
        for role in ("train", "features"):
            if role in self.datasets:
                return self.datasets[role].load()
        first = next(iter(self.datasets), "data")
        return self.datasets[first].load()

    @property
    def files(self) -> StoredFiles:
        """Its models that are files; ``files.save(folder)`` writes them."""
        from jupyter_mvt.capture.files.rebuild import gathered

        return gathered(self.values)

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("values", {})
        if name in values:
            return values[name]
        msg = (
            f"{self.__class__.__name__} has no {name!r}; it holds {', '.join(values) or 'nothing'}"
        )
        raise AttributeError(msg)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *self.names])

    def __repr__(self) -> str:
        return f"<Checkout of {self.version.name}: {', '.join(self.names) or 'nothing'}>"

    def to_dict(self) -> dict[str, Any]:
        """Return what came from where; live objects by the name of their class."""
        kinds = {name: type(value).__qualname__ for name, value in self.values.items()}
        return {"version": to_data(self.version), "primary": self.primary, "values": kinds,
                "saved": list(self.saved), "placed": list(self.placed),
                "kept": list(self.kept), "stashed": list(self.stashed),
                "chance": dict(self.chance)}  # fmt: skip


def checkout(
    handle: Handle, version: Version, *, trust: bool = False, rng: bool = False
) -> Checkout:
    """Restore every model and variable of `version`.

    Parameters
    ----------
    trust
        Let code of that version run.
    rng
        Set the generators of random numbers as well: as they were before the last cell that drew
        some to make the primary model, so that running it once more draws the same.

    Raises
    ------
    NotFoundError
        Its random numbers are asked for and it keeps none (code ``no-rng-state``).
    TrustError
        Code of that version would have to run and nobody here has trusted it.
    RestoreError
        Something cannot be rebuilt here.
    """
    content = version.commit.content
    with restoring.restoring(handle, version.id):
        values = {model.var: version.load(model.var, trust=trust) for model in content.models}
        values |= restoring.variables(handle, version.id, version.commit, trust=trust)
        states = _states(handle, version) if rng else []
        primary = content.primary
        name = None if primary is None else primary.var
        found = Checkout(version.ref, values, name, version.datasets)
    if rng:
        found.chance = _put_back(version.name, states)
    return found


def _put_back(version: str, states: list[tuple[str, bytes]]) -> dict[str, bool]:
    """Set generators, all of them; tell of each whether its package is imported."""
    from jupyter_mvt.capture.chance import put_back

    said = f"Interrupted: random numbers are as before {version}; its models were not given back."
    with if_interrupted(said), undivided():
        return {name: put_back(name, state) for name, state in states}


def _states(handle: Handle, version: Version) -> list[tuple[str, bytes]]:
    """Return the generators' states before the last cell that drew for the primary model.

    Raises
    ------
    NotFoundError
        The version keeps no states (code ``no-rng-state``).
    """
    primary = version.commit.content.primary
    var = "" if primary is None else primary.var
    kept = [cell.rng for cell, _ in version.cells if cell.rng and var in cell.made]
    if not kept:
        msg = f"{version.name} keeps no random numbers: no cell was seen making its model."
        raise NotFoundError(msg, hint=f"mvt show {version.name}", code="no-rng-state")
    return [(name, handle.store.blob(ObjectId(state))) for name, state in kept[-1]]


def verify(handle: Handle, oid: ObjectId) -> int:
    """Read and verify all content of a version that a restore needs; return its bytes.

    Raises
    ------
    CorruptionError
        Some of it is not what its id says.
    """
    with restoring.restoring(handle, oid, "verified to its end"):
        return _read_all(handle.store, oplog.commit_object(handle.store, oid))


def _read_all(store: Store, commit: Commit) -> int:
    total = 0
    entries = [e for oid in _manifests(commit) for e in store.manifest(oid).entries]
    content = store.ahead(entries)
    with told(store.progress, "Verifying", sum(entry.nbytes for entry in entries)):
        for entry in entries:
            total += len(content(entry))
    for blob in _blobs(commit):
        total += len(store.blob(blob))
    return total


def _manifests(commit: Commit) -> list[ObjectId]:
    content = commit.content
    ids: list[str] = [model.weights for model in content.models]
    ids += [model.optimizer for model in content.models if model.optimizer]
    ids += [variable.weights for variable in content.variables]
    ids += [dataset.stored for dataset in content.datasets if dataset.stored]
    return [ObjectId(oid) for oid in dict.fromkeys(ids)]


def _blobs(commit: Commit) -> list[ObjectId]:
    content = commit.content
    ids: list[str] = []
    for model in content.models:
        ids += [model.state, *(source for _, source in model.code_refs)]
        if model.optimizer_state:
            ids.append(model.optimizer_state)
    ids += [variable.state for variable in content.variables]
    ids += [dataset.stored_state for dataset in content.datasets if dataset.stored_state]
    return [ObjectId(oid) for oid in dict.fromkeys(ids)]
