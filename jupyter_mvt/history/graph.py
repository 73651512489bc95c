"""Walking the history."""

from __future__ import annotations

import heapq
from itertools import takewhile
from typing import TYPE_CHECKING

from jupyter_mvt.store.ancestry import parents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["ancestors", "is_ancestor", "line", "tips"]


def tips(view: View) -> list[ObjectId]:
    """Return what branches, tags and labels point at, each once."""
    named = (*view.branches.values(), *view.tags.values(), *view.labels.values())
    return list(dict.fromkeys(named))


def ancestors(store: Store, view: View, starts: Iterable[ObjectId]) -> Iterator[ObjectId]:
    """Yield `starts` and all they follow, newest number first, each once."""
    known = parents(store)
    heap = [(-view.commits[oid].number, oid) for oid in set(starts)]
    heapq.heapify(heap)
    seen = {oid for _, oid in heap}
    while heap:
        _, oid = heapq.heappop(heap)
        yield oid
        for parent in known[oid]:
            if parent not in seen:
                seen.add(parent)
                heapq.heappush(heap, (-view.commits[parent].number, parent))


def line(store: Store, view: View, starts: Iterable[ObjectId]) -> list[ObjectId]:
    """Return `ancestors` as a list, in a moment where little was added to the last one asked for.

    What a version follows never changes, so the last line is good for as long as all it started
    from is met again right below what is newer, and nothing else is.
    """
    begun = frozenset(starts)
    branches = begun.intersection(view.branches.values())
    if branches and branches != begun:
        # Mostly tags and labels stand on what a branch reaches; then where they stand is the same.
        found = line(store, view, branches)
        if begun.issubset(found):
            return found
    with store.log.lock:
        last, before = store.log.line
        if begun == last:
            return before
        newest = view.commits[before[0]].number if before else 0
        walk = ancestors(store, view, begun)
        found = list(takewhile(lambda oid: view.commits[oid].number > newest, walk))
        met = begun.union(*map(parents(store).__getitem__, found)).difference(found)
        if before and last <= met <= set(before):
            found += before
        else:
            found = list(ancestors(store, view, begun))
        store.log.line = begun, found
        return found


def is_ancestor(store: Store, view: View, old: ObjectId, new: ObjectId) -> bool:
    """Tell whether `new` is `old` or follows it."""
    floor = view.commits[old].number
    for oid in ancestors(store, view, [new]):
        if oid == old:
            return True
        if view.commits[oid].number < floor:
            return False
    return False
