"""Walking the history."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_mvt.objects.commit import Commit
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["ancestors", "is_ancestor", "tips"]


def tips(view: View) -> list[ObjectId]:
    """Return what branches, tags and labels point at, each once."""
    named = (*view.branches.values(), *view.tags.values(), *view.labels.values())
    return list(dict.fromkeys(named))


def ancestors(
    store: Store, view: View, starts: Iterable[ObjectId]
) -> Iterator[tuple[ObjectId, Commit]]:
    """Yield `starts` and all they follow, newest number first, each once."""
    heap = [(-view.commits[oid].number, oid) for oid in set(starts)]
    heapq.heapify(heap)
    seen = {oid for _, oid in heap}
    while heap:
        _, oid = heapq.heappop(heap)
        commit = oplog.commit_object(store, oid)
        yield oid, commit
        for parent in commit.parents:
            if parent not in seen:
                seen.add(parent)
                heapq.heappush(heap, (-view.commits[parent].number, parent))


def is_ancestor(store: Store, view: View, old: ObjectId, new: ObjectId) -> bool:
    """Tell whether `new` is `old` or follows it."""
    floor = view.commits[old].number
    for oid, _ in ancestors(store, view, [new]):
        if oid == old:
            return True
        if view.commits[oid].number < floor:
            return False
    return False
