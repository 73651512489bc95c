"""Who follows whom: the parents of every version, remembered by a process that walks often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.checkpoints import window_records
from jupyter_mvt.store.records import lineage, previous

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.store.store import Store

__all__ = ["parents"]


def parents(store: Store) -> Mapping[ObjectId, tuple[ObjectId, ...]]:
    """Return commit id → parents, of all versions that were ever published.

    Every record is checked against the log's chain when it is read, which happens once: what a
    commit follows never changes.
    """
    view = oplog.current(store)
    log = store.log
    with log.lock:
        since, head = log.parents_upto, view.head
        if since >= view.number:
            return log.parents
        found: list[tuple[ObjectId, tuple[ObjectId, ...]]] = []
        starts = range(since // layout.WINDOW * layout.WINDOW + 1, view.number + 1, layout.WINDOW)
        for start in reversed(starts):
            first, last = max(start, since + 1), min(start + layout.WINDOW - 1, view.number)
            records = window_records(store.backend, first, last, head)
            head = previous(records[0], first)
            told = (lineage(record, first + i) for i, record in enumerate(records))
            found += filter(None, told)
        log.parents.update(found)
        log.parents_upto = view.number
        return log.parents
