"""A version's content brought back to life: models, single arrays, variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.kernel import attached
from jupyter_mvt.api.trust import is_trusted, refusal
from jupyter_mvt.errors import UNTOUCHED, NotFoundError, TrustError, if_interrupted
from jupyter_mvt.history.damage import naming_damage
from jupyter_mvt.history.naming import name_of
from jupyter_mvt.history.refs import require_whole
from jupyter_mvt.objects.progress import told
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    import numpy as np

    from jupyter_mvt.capture.files.rebuild import StoredFiles
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.commit import Commit, Model
    from jupyter_mvt.objects.ids import ObjectId

__all__ = ["Resumed", "files", "model", "restoring", "resume", "tensor", "variables"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """What training goes on with.

    Attributes
    ----------
    model
        The live model.
    optimizer
        Over its parameters, with momenta and settings of the version.
    schedules
        Learning rate schedulers of `optimizer`, and gradient scalers, by their names.
    """

    model: Any
    optimizer: Any
    schedules: Mapping[str, Any]


def model(
    handle: Handle, oid: ObjectId, commit: Commit, name: str | None = None, *, trust: bool = False
) -> Any:
    """Restore one model of a version; see `Version.load`."""
    from jupyter_mvt.capture.restore import restore_model

    kept = _model(handle, oid, commit, name)
    kernel = attached()
    showing = told(handle.store.progress, "Restoring", kept.weights_bytes)
    with restoring(handle, oid), _trusting(handle, oid, commit), showing:
        return restore_model(
            handle.store,
            kept,
            namespace=None if kernel is None else kernel.namespace,
            sources=None if kernel is None else kernel.sources(),
            trusted=trust or is_trusted(handle, oid),
        )


def resume(
    handle: Handle,
    oid: ObjectId,
    commit: Commit,
    live: Any = None,
    name: str | None = None,
    *,
    trust: bool = False,
) -> Resumed:
    """Restore what training goes on with; see `Version.resume`."""
    from jupyter_mvt.capture.restore import restore_optimizer

    kept = _model(handle, oid, commit, name)
    if live is None:
        live = model(handle, oid, commit, name, trust=trust)
    kernel = attached()
    version = name_of(oplog.current(handle.store), oid)
    stopped = if_interrupted(f"Interrupted: the optimizer of {version} was not restored.")
    with stopped, naming_damage(handle), _trusting(handle, oid, commit):
        optimizer, schedules = restore_optimizer(
            handle.store,
            kept,
            live,
            namespace=None if kernel is None else kernel.namespace,
            sources=None if kernel is None else kernel.sources(),
            trusted=trust or is_trusted(handle, oid),
        )
    return Resumed(model=live, optimizer=optimizer, schedules=schedules)


def tensor(
    handle: Handle, oid: ObjectId, commit: Commit, path: str, name: str | None = None
) -> np.ndarray[Any, Any]:
    """Return one array of a model; see `Version.tensor`."""
    from jupyter_mvt.capture.restore import load_tensor

    kept = _model(handle, oid, commit, name)
    with restoring(handle, oid) as version:
        return load_tensor(handle.store, kept, path, version=version)


def variables(
    handle: Handle, oid: ObjectId, commit: Commit, *, trust: bool = False
) -> dict[str, Any]:
    """Restore the variables that were kept; `trust` as in `Version.load`."""
    from jupyter_mvt.capture.variables.kept import restore_variables

    kept = commit.content.variables
    if not kept:
        return {}
    # What shares content is kept, and restored, together.
    total = sum({(one.state, one.weights): one.nbytes for one in kept}.values())
    showing = told(handle.store.progress, "Restoring", total)
    with restoring(handle, oid), _trusting(handle, oid, commit), showing:
        trusted = trust or is_trusted(handle, oid)
        return restore_variables(handle.store, kept, trusted=trusted)


@contextmanager
def _trusting(handle: Handle, oid: ObjectId, commit: Commit) -> Iterator[None]:
    """Say with a refusal who made the version, when, and how it is trusted."""
    try:
        yield
    except TrustError as error:
        raise refusal(handle, oid, commit, error) from None


@contextmanager
def restoring(handle: Handle, oid: ObjectId, done: str = "restored") -> Iterator[str]:
    """Restore a version inside the block; its name. An interrupt or damage says what it is about.

    `done` is what an interrupt says the version was not.

    Raises
    ------
    RestoreError
        Its content was dropped by a gc (code ``thin-version``).
    """
    with if_interrupted(UNTOUCHED):
        view = oplog.current(handle.store)
        require_whole(view, oid)
        name = name_of(view, oid)
    said = f"Interrupted: {name} was not {done}; nothing was changed."
    with if_interrupted(said), naming_damage(handle):
        yield name


def files(handle: Handle, oid: ObjectId, commit: Commit) -> StoredFiles:
    """Return the models that are files; of two of one name, each in its model's folder."""
    from jupyter_mvt.capture.files.rebuild import FORMAT, gathered

    kept = [one.var for one in commit.content.models if one.adapter == FORMAT]
    return gathered({name: model(handle, oid, commit, name) for name in kept})


def _model(handle: Handle, oid: ObjectId, commit: Commit, name: str | None) -> Model:
    content = commit.content
    if name is None:
        found = content.primary
    else:
        found = next((model for model in content.models if model.var == name), None)
    if found is None:
        version = name_of(oplog.current(handle.store), oid)
        known = ", ".join(model.var for model in content.models) or "no model"
        msg = f"{version} holds no model" + (f" named {name!r}; it holds {known}." if name else ".")
        raise NotFoundError(msg, hint=f"mvt show {version}", code="unknown-model")
    return found
