"""Who follows whom: the parents of every version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.store.logwalk import walk
from jupyter_mvt.store.records import lineage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.store.store import Store

__all__ = ["parents"]


def parents(store: Store) -> Mapping[ObjectId, tuple[ObjectId, ...]]:
    """Return commit id → parents, of all versions that were ever published."""
    return walk(store, store.log.parents, lineage)
