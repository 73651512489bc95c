"""Which versions a damaged operation carried: told by what else names them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from jupyter_mvt.objects.commit import Commit
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout
from jupyter_mvt.store.backend import Backend
from jupyter_mvt.store.checkpoints import commits_of_window

__all__ = ["lost_commits"]


def lost_commits(
    backend: Backend, damaged: Collection[int], sound: Iterable[tuple[ObjectId, Commit]], view: View
) -> dict[str, list[ObjectId]]:
    """Return key of a damaged operation → versions that it carried.

    A checkpoint after it says so exactly. Without one it is a version that a ref or a child
    names and no sound operation carries; where several operations are damaged, each may have
    carried it that something comes after.
    """
    kept = dict(sound)
    named = {*view.branches.values(), *view.tags.values(), *view.labels.values()}
    named |= {parent for commit in kept.values() for parent in commit.parents}
    orphans = sorted(named - kept.keys())
    found = {}
    for number in damaged:
        window = commits_of_window(backend, -(-number // layout.WINDOW) * layout.WINDOW)
        if window is None:
            found[layout.operation(number)] = orphans if number < view.number else []
        else:
            found[layout.operation(number)] = [oid for oid, at in window if at == number]
    return found
