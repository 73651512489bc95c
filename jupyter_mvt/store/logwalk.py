"""One thing about every version, read from the log once and remembered by the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.checkpoints import window_records
from jupyter_mvt.store.records import previous

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.store.logcache import Walked
    from jupyter_mvt.store.store import Store

__all__ = ["walk"]

T = TypeVar("T")


def walk(
    store: Store, known: Walked[T], read: Callable[[bytes, int], tuple[ObjectId, T] | None]
) -> Mapping[ObjectId, T]:
    """Return commit id → what `read` finds in its record, of all versions ever published.

    Every record is checked against the log's chain when it is read, which happens once: what a
    commit says never changes.

    Parameters
    ----------
    known
        What was found before, part of the store's `LogCache`.
    read
        Takes a record and its number; ``None`` where it publishes no version.
    """
    view = oplog.current(store)
    with store.log.lock:
        since, head = known.upto, view.head
        if since >= view.number:
            return known.found
        windows = []
        starts = range(since // layout.WINDOW * layout.WINDOW + 1, view.number + 1, layout.WINDOW)
        for start in reversed(starts):  # the chain is checked from its end
            first, last = max(start, since + 1), min(start + layout.WINDOW - 1, view.number)
            records = window_records(store.backend, first, last, head)
            head = previous(records[0], first)
            told = (read(record, first + i) for i, record in enumerate(records))
            windows.append([item for item in told if item is not None])
        for window in reversed(windows):
            known.found.update(window)
        known.upto = view.number
        return known.found
