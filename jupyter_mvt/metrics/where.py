"""Filters over versions: ``accuracy > 0.9 and author = 'ana'``.

A name is a field of the version (`FIELDS`), a metric or a param; ``metrics.NAME`` and
``params.NAME`` say which, ``"any name"`` in double quotes spells the others, ``accuracy@train``
asks for a split. Operators are ``= != < <= > >=``, ``in (…)``, ``contains``, ``is missing`` and
``is nan``, joined by ``and``, ``or``, ``not`` and parentheses. A comparison holds for the
versions that have the value and for which it is true; NaN compares with nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.metrics.conditions import Names, compiled
from jupyter_mvt.metrics.filtering import parse
from jupyter_mvt.metrics.query import connect
from jupyter_mvt.metrics.text import told

if TYPE_CHECKING:
    import duckdb

    from jupyter_mvt.store.store import Store

__all__ = ["known_names", "matching"]


def matching(store: Store, where: str) -> set[str]:
    """Return the ids of the versions for which the filter holds.

    Raises
    ------
    QueryError
        Codes ``bad-filter`` (with the place marked) and ``unknown-name``.
    """
    tree = parse(where)
    with connect(store) as cursor:
        condition, values = compiled(tree, known_names(cursor), where)
        found = cursor.execute(f"SELECT commit_id FROM commits WHERE {condition}", values)
        return {row[0] for row in found.fetchall()}


def known_names(cursor: duckdb.DuckDBPyConnection) -> Names:
    """Return the metric and param names of the index."""
    metrics = cursor.execute("SELECT DISTINCT name FROM metrics").fetchall()
    params = cursor.execute("SELECT DISTINCT name FROM params").fetchall()
    return Names(
        metrics=frozenset(told(name) for (name,) in metrics),
        params=frozenset(told(name) for (name,) in params),
    )
