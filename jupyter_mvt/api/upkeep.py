"""Keep a repository small and sound. What does it is imported on use: a first cell needs none."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from jupyter_mvt.api.paths import folder
from jupyter_mvt.errors import UNCHANGED, RepositoryError, UsageError, if_interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.history.results import GcReport, Moved, RepairReport, Usage
    from jupyter_mvt.objects.settings import Settings
    from jupyter_mvt.store.faults import FsckReport
    from jupyter_mvt.store.packer import PackReport

__all__ = ["Packing", "configure", "fsck", "gc", "pack", "repair", "settings", "usage"]


Packing: TypeAlias = Literal["old", "all", "none"]


def gc(
    handle: Handle, *, dry_run: bool, drop: Iterable[object], grace_days: float | None,
    pack: Packing, stop: Callable[[], bool] = lambda: False,
) -> GcReport:  # fmt: skip
    """Free what no version needs, then store what is left more tightly.

    Parameters
    ----------
    dry_run, drop, grace_days
        See `history.gc.gc`; nothing is packed in a dry run.
    pack
        ``"old"`` leaves the newest versions and those that a branch, tag or label stands on as
        they are, so that they load at once; ``"all"`` packs them too; or ``"none"``.
    stop
        Asked before anything goes, between deletions and between the objects that are packed;
        what was done until then counts.

    Raises
    ------
    UsageError
        `pack` is none of these (code ``bad-packing``).
    """
    from jupyter_mvt.history import gc as verb

    if pack not in get_args(Packing):
        msg = f"There is no packing {str(pack)[:40]!r}."
        raise UsageError(msg, code="bad-packing", hint="mvt gc --pack old, all or none")
    with _thinning(handle, dry_run=dry_run):
        report = verb.gc(handle, dry_run=dry_run, drop=drop, grace_days=grace_days, stop=stop)
        if dry_run or pack == "none" or report.stopped:
            return report
        from jupyter_mvt.history import packing
        from jupyter_mvt.objects.settings import DAY_US

        grace_us = None if grace_days is None else int(grace_days * DAY_US)
        packed = packing.pack(handle, everything=pack == "all", grace_us=grace_us, stop=stop)
        report = replace(report, packed=packed)
        if grace_us != 0 or not packed.dropped:
            return report
        more = verb.expire(handle)
    return replace(report, deleted_bytes=report.deleted_bytes + more.freed_bytes, busy=more.busy)


@contextmanager
def _thinning(handle: Handle, *, dry_run: bool) -> Iterator[None]:
    """Say of an interrupt of a gc which versions it has made thin by then."""
    from jupyter_mvt.history.results import span
    from jupyter_mvt.store import oplog
    from jupyter_mvt.store.trash import is_thin

    before = None
    try:
        before = oplog.current(handle.store)
        yield
    except KeyboardInterrupt as interrupt:
        now = oplog.current(handle.store)
        thin = [] if before is None else [
            where.number for oid, where in now.commits.items()
            if is_thin(now, oid) and not is_thin(before, oid)
        ]  # fmt: skip
        state = "every version is as it was"
        said = f", but {span(thin)} had become thin by then" if thin else f": {state}"
        interrupt.add_note(UNCHANGED if dry_run else f"Interrupted{said}. The next mvt gc goes on.")
        raise


def pack(handle: Handle) -> PackReport:
    """Store old versions more tightly; see `history.packing.pack`."""
    from jupyter_mvt.history import packing

    return packing.pack(handle)


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
    with if_interrupted("Interrupted: not everything was verified; nothing was changed."):
        return _verified(handle, subset)


def _verified(handle: Handle, subset: float) -> FsckReport:
    from jupyter_mvt.metrics.check import check_index
    from jupyter_mvt.store import fsck as verb
    from jupyter_mvt.store import layout
    from jupyter_mvt.store.runs import check_runs
    from jupyter_mvt.store.tables import check_tables

    return verb.fsck(
        handle.store,
        checkers={
            layout.INDEX: check_index,
            layout.TABLES: check_tables,
            layout.RUNS: check_runs,
        },
        subset=subset,
        seed=handle.clock.token(),
    )


def repair(handle: Handle, source: str | Path | None) -> RepairReport:
    """Heal what is damaged, with the repository in the folder `source` if given."""
    goes_on = "Interrupted: what was healed by then stays. The next mvt fsck --repair goes on."
    with if_interrupted(goes_on):
        return _repaired(handle, source)


def _repaired(handle: Handle, source: str | Path | None) -> RepairReport:
    from jupyter_mvt.history import repair as verb
    from jupyter_mvt.store.open import open_store

    if source is None:
        return verb.repair(handle, None)
    home = folder(source, hint="mvt fsck --repair --from FOLDER").absolute()
    root = home / ".mvt"
    try:
        good = open_store(root if root.is_dir() else home)
    except RepositoryError as error:
        hint = "mvt fsck --repair --from FOLDER"
        raise RepositoryError(error.message, hint=hint, code=error.code) from None
    return verb.repair(handle, good)
