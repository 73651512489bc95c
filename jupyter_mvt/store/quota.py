"""How large a repository may grow: told before a byte is written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from jupyter_mvt.errors import StorageError
from jupyter_mvt.objects.settings import Settings
from jupyter_mvt.objects.sizes import size_text
from jupyter_mvt.objects.snapshot import Bundle, Snapshot
from jupyter_mvt.store import layout
from jupyter_mvt.store.fs import Finite
from jupyter_mvt.store.local import LocalBackend
from jupyter_mvt.store.rehearsal import Rehearsal
from jupyter_mvt.store.snapshot import write_snapshot
from jupyter_mvt.store.store import Store

__all__ = ["part_bytes", "require_room", "used_bytes"]

_BESIDE = 4 << 20
"""More than what a commit writes beside its arrays: skeletons, manifests, texts."""
_LEAST = 64 << 10
"""For the operation, and what file systems need themselves."""


def used_bytes(store: Store) -> int:
    """Return the size of all packs and tables, those in the trash included."""
    keys = chain(store.backend.list(layout.PACKS), store.backend.list(layout.TABLES))
    stats = map(store.backend.stat, keys)
    return sum(stat.size for stat in stats if stat is not None)


def require_room(store: Store, settings: Settings, snapshot: Snapshot) -> None:
    """Check that a commit of `snapshot` fits on the disk and stays within the quota.

    Raises
    ------
    StorageError
        It does not fit (code ``disk-full``), or the quota would be exceeded (code
        ``quota-exceeded``).
    """
    backend, quota = store.backend, settings.quota_bytes
    free = None
    if isinstance(backend, LocalBackend) and isinstance(backend.disk, Finite):
        free = backend.disk.free(str(backend.root))
    used = 0 if quota is None else used_bytes(store)
    most = part_bytes(snapshot) + sum(len(one.body) for one in snapshot.outputs) + _BESIDE
    if (free is None or most <= free) and (quota is None or used + most <= quota):
        return
    # Too close to tell from sizes alone: everything is hashed, and what is new is counted.
    with Rehearsal(store) as rehearsal:
        write_snapshot(rehearsal, snapshot)
        new = rehearsal.receipt().new_bytes
    if not new:
        return
    if quota is not None and used + new > quota:
        msg = (
            f"The quota of {size_text(quota)} would be exceeded: {size_text(used)} are stored "
            f"and this version needs {size_text(new)} more. Nothing was written."
        )
        raise StorageError(msg, code="quota-exceeded",
                           hint="mvt gc --grace 0, or: mvt du quota none")  # fmt: skip
    if free is not None and new + _LEAST > free:
        msg = (
            f"The disk of {store.root} has {size_text(free)} left and this version needs "
            f"{size_text(new)}. Nothing was written."
        )
        raise StorageError(msg, code="disk-full", hint="free some space, or: mvt gc --grace 0")


def part_bytes(snapshot: Snapshot) -> int:
    """Return the size of all arrays and tables of `snapshot`."""
    return sum(part.nbytes for bundle in _bundles(snapshot) for part in bundle.parts)


def _bundles(snapshot: Snapshot) -> Iterator[Bundle]:
    for model in snapshot.models:
        yield model.bundle
        if model.optimizer is not None:
            yield model.optimizer
    for variable in snapshot.variables:
        yield variable.bundle
    for dataset in snapshot.datasets:
        if dataset.bundle is not None:
            yield dataset.bundle
