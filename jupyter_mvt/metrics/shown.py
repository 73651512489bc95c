"""What stands beside the ranking value: the other metrics, and the params that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.metrics.query import metric_value
from jupyter_mvt.metrics.splits import split_rank
from jupyter_mvt.metrics.text import stored, told

if TYPE_CHECKING:
    import duckdb

    from jupyter_mvt.objects.commit import Scalar
    from jupyter_mvt.objects.metric import MetricValue

__all__ = ["measured", "params_that_differ"]


def measured(
    cursor: duckdb.DuckDBPyConnection, cids: list[int], slice: str
) -> dict[int, dict[str, MetricValue]]:
    """Return the metrics of some versions on one slice; see `leaderboard.Ranked.values`."""
    rows = cursor.execute(
        "SELECT cid, name, split, value, exact FROM metrics "
        "WHERE cid IN (SELECT unnest($1::BIGINT[])) AND slice = $2",
        [cids, stored(slice)],
    ).fetchall()
    found: dict[int, dict[str, MetricValue]] = {}
    ordered = sorted(rows, key=lambda row: (row[0], row[1], split_rank(told(row[2]))))
    for cid, name, split, value, exact in ordered:
        values = found.setdefault(cid, {})
        plain = told(name)
        key = f"{plain} ({told(split)})" if plain in values else plain
        values.setdefault(key, metric_value(value, exact))
    return found


def params_that_differ(
    cursor: duckdb.DuckDBPyConnection, cids: list[int]
) -> dict[int, dict[str, Scalar]]:
    """Return, of the params of some versions, those that are not the same in all of them."""
    rows = cursor.execute(
        "SELECT cid, name, num, str, kind FROM params "
        "WHERE cid IN (SELECT unnest($1::BIGINT[])) "
        "QUALIFY count(*) OVER (PARTITION BY name, kind, str) < $2 ORDER BY name",
        [cids, len(cids)],
    ).fetchall()
    found: dict[int, dict[str, Scalar]] = {}
    for cid, name, num, text, kind in rows:
        found.setdefault(cid, {})[told(name)] = _scalar(num, text, kind)
    return found


def _scalar(num: float | None, text: str | None, kind: str) -> Scalar:
    if text is None or kind == "none":
        return None
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text)
    return num if kind == "float" else told(text)
