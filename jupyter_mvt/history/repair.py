"""Repair a repository, and record which packs were replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.history.gc import DELETE
from jupyter_mvt.history.results import RepairReport
from jupyter_mvt.history.transaction import Plan, transact
from jupyter_mvt.store import oplog, trash
from jupyter_mvt.store.derived import drop_foreign, heal_derived
from jupyter_mvt.store.gc import delete_gone, given_up
from jupyter_mvt.store.repair import heal_log, heal_objects, heal_readme
from jupyter_mvt.store.tables import heal_tables

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["repair"]


def repair(handle: Handle, source: Store | None) -> RepairReport:
    """Replace what is damaged by good copies, of this repository itself or of `source`.

    Packs of which everything is stored soundly elsewhere are deleted. What no good copy was
    found of stays as it is.

    Raises
    ------
    CorruptionError
        The log is damaged, and there is no good copy of it.
    """
    files = heal_readme(handle.store, source)
    operations = heal_log(handle.store, source)
    foreign = drop_foreign(handle.store)
    files += heal_derived(handle.store, _newest(handle.store))
    found = heal_objects(handle.store, source)
    healed, lost = heal_tables(handle.store, source)
    found.healed |= healed
    found.lost |= lost

    def plan(view: View) -> Plan:
        return Plan(changes=trash.condemn(view, found.replaced), reason="repaired")

    if found.replaced:
        transact(handle, DELETE, plan)
    gone = given_up(handle.store, oplog.current(handle.store))  # also by one that was interrupted
    deleted = delete_gone(handle.store, gone)
    return RepairReport(
        healed=len(found.healed), operations=operations, packs=len(gone), busy=deleted.busy,
        lost=tuple(sorted(oid.hex() for oid in found.lost)), files=files, removed=foreign,
    )  # fmt: skip


def _newest(store: Store) -> int:
    """Return the newest operation; say where a good copy may be if the log is damaged still."""
    try:
        return oplog.current(store).number
    except CorruptionError as error:
        hint = "mvt fsck --repair --from FOLDER"
        raise CorruptionError(error.message, hint=hint, code=error.code) from None
