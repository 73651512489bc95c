"""Keep a repository small and sound. What does it is imported on use: a first cell needs none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.history.results import GcReport, Moved, RepairReport, Usage
    from jupyter_mvt.objects.settings import Settings
    from jupyter_mvt.store.fsck import FsckReport

__all__ = ["configure", "fsck", "gc", "repair", "settings", "usage"]


def gc(handle: Handle, *, dry_run: bool, drop: Sequence[str], grace_days: float | None) -> GcReport:
    """Free what no version needs; see `history.gc.gc`."""
    from jupyter_mvt.history import gc as verb

    return verb.gc(handle, dry_run=dry_run, drop=drop, grace_days=grace_days)


def usage(handle: Handle) -> Usage:
    """Tell what versions and branches take; see `history.usage.usage`."""
    from jupyter_mvt.history import usage as verb

    return verb.usage(handle)


def settings(handle: Handle) -> Settings:
    """Tell what the repository is told to keep."""
    from jupyter_mvt.objects.settings import read_settings
    from jupyter_mvt.store import oplog

    return read_settings(oplog.current(handle.store))


def configure(handle: Handle, changes: dict[str, Any]) -> Moved:
    """Change some settings; see `objects.settings.Settings`."""
    from jupyter_mvt.history import settings as verb

    return verb.configure(handle, verb.changed(settings(handle), changes))


def fsck(handle: Handle, subset: float) -> FsckReport:
    """Read and verify everything, of stored objects a share."""
    from jupyter_mvt.metrics.check import check_index
    from jupyter_mvt.store import fsck as verb
    from jupyter_mvt.store import layout

    return verb.fsck(
        handle.store,
        checkers={layout.INDEX: check_index},
        subset=subset,
        seed=handle.clock.token(),
    )


def repair(handle: Handle, source: str | Path | None) -> RepairReport:
    """Heal what is damaged, with the repository in the folder `source` if given."""
    from jupyter_mvt.history import repair as verb
    from jupyter_mvt.store.open import open_store

    if source is None:
        return verb.repair(handle, None)
    folder = Path(source).absolute()
    root = folder / ".mvt"
    return verb.repair(handle, open_store(root if root.is_dir() else folder))
