"""How a version came to its value: the same metric of its own ancestors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.metrics.splits import split_order
from jupyter_mvt.metrics.text import stored
from jupyter_mvt.objects.ids import ObjectId, cid60
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from jupyter_mvt.store.store import Store

__all__ = ["MOST", "trails"]

MOST = 100
"""Versions whose ancestors are followed: what a person sees of a ranking at first."""

_LENGTH = 16


def trails(
    store: Store, cursor: duckdb.DuckDBPyConnection, ids: Sequence[str], name: str, slice: str
) -> dict[str, tuple[float | None, ...]]:
    """Return id → values of a metric, oldest ancestor first; ``None`` where there is none."""
    walks = {oid: _ancestors(store, oid) for oid in ids[:MOST]}
    wanted = {cid60(oid) for walk in walks.values() for oid in walk}
    rows = cursor.execute(
        "SELECT cid, value FROM metrics WHERE cid IN (SELECT unnest($1::BIGINT[])) "
        "AND name = $2 AND slice = $3 AND isfinite(value) "
        f"QUALIFY row_number() OVER (PARTITION BY cid ORDER BY {split_order('split')}) = 1",
        [list(wanted), stored(name), stored(slice)],
    ).fetchall()
    values: dict[int, float] = dict(rows)
    return {oid: tuple(values.get(cid60(one)) for one in walk) for oid, walk in walks.items()}


def _ancestors(store: Store, oid: str) -> list[str]:
    walk = [oid]
    while len(walk) < _LENGTH:
        parents = oplog.commit_object(store, ObjectId(walk[-1])).parents
        if not parents:
            break
        walk.append(parents[0])
    return walk[::-1]
