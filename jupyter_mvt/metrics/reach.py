"""Which commits the refs reach, from the index alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.objects.ids import cid60

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from jupyter_mvt.objects.view import View

__all__ = ["reachable"]


def reachable(
    cursor: duckdb.DuckDBPyConnection, view: View, tips: Iterable[str]
) -> list[int] | None:
    """Return the cids that `tips` reach; ``None`` stands for all that there are."""
    wanted = set(tips)
    childless = cursor.execute(
        "SELECT commit_id FROM commits WHERE commit_id NOT IN (SELECT unnest(parents) FROM commits)"
    ).fetchall()
    # Everything else has a child, and so is reached if these are: no walk is needed.
    if wanted.issuperset(commit for (commit,) in childless):
        return None
    rows = cursor.execute("SELECT commit_id, parents FROM commits ORDER BY number DESC").fetchall()
    found = []
    for commit, parents in rows:
        # Parents are always published before their children.
        if commit in wanted:
            found.append(cid60(commit))
            wanted.update(parents)
    return found
