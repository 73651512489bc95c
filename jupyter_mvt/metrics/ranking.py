"""Who stands where: the ranking itself, in SQL over the index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.metrics.query import metric_value
from jupyter_mvt.metrics.splits import split_order
from jupyter_mvt.metrics.text import stored, told
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.metric import MetricValue
from jupyter_mvt.objects.version import VersionRef

if TYPE_CHECKING:
    import duckdb


__all__ = ["Standing", "Standings", "standings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One version and its value; `recorded` tells a missing row from a value of None."""

    cid: int
    version: VersionRef
    recorded: bool
    value: MetricValue
    split: str
    dataset_id: str
    n: int | None
    stderr: float | None


@dataclass(frozen=True, slots=True)
class Standings:
    """The first ranked and unranked versions, and how many there are of each."""

    ranked: tuple[Standing, ...]
    unranked: tuple[Standing, ...]
    total: int
    total_unranked: int


def standings(
    cursor: duckdb.DuckDBPyConnection,
    name: str,
    cids: list[int] | None,
    *,
    slice: str,
    split: str | None,
    condition: str,
    values: list[Any],
    rising: bool,
    limit: int,
) -> Standings:
    """Rank the versions among `cids` (``None``: all) for which `condition` holds.

    Equal values keep the order of their version numbers. Only finite numbers are ranked.
    """
    bound = list(values)

    def bind(value: object) -> str:
        bound.append(value)
        return f"${len(bound)}"

    held = f"name = {bind(stored(name))}::VARCHAR AND slice = {bind(stored(slice))}::VARCHAR"
    if split is not None:
        held += f" AND split = {bind(stored(split))}::VARCHAR"
    among = "" if cids is None else f" AND cid IN (SELECT unnest({bind(cids)}::BIGINT[]))"
    most = bind(max(limit, 1)) + "::BIGINT"
    # DuckDB puts NaN above everything, so finiteness is decided before anything is ordered.
    statement = f"""
        WITH chosen AS (
            SELECT cid, value, exact, split, dataset_id, n, stderr FROM metrics WHERE {held}
            QUALIFY row_number() OVER (PARTITION BY cid ORDER BY {split_order("split")}) = 1
        ), standing AS (
            SELECT c.cid, c.number, m.cid IS NOT NULL AS recorded, m.value, m.exact, m.split,
                m.dataset_id, m.n, m.stderr,
                coalesce(isfinite(m.value) AND coalesce(m.exact NOT IN ('true', 'false'), true),
                    false) AS good
            FROM (SELECT cid, number FROM commits WHERE {condition}{among}) c
            LEFT JOIN chosen m USING (cid)
        ), first AS (
            SELECT * FROM (SELECT * FROM standing WHERE good
                ORDER BY {"" if rising else "-"}value, number LIMIT {most})
            UNION ALL
            SELECT * FROM (SELECT * FROM standing WHERE NOT good
                ORDER BY number DESC LIMIT {most})
        ), counted AS (SELECT good, count(*) AS total FROM standing GROUP BY good)
        SELECT f.cid, c.commit_id, f.number, c.message, c.branch, c.author, epoch_us(c.ts),
            c.parents, f.recorded, f.value, f.exact, f.split, f.dataset_id, f.n, f.stderr,
            f.good, t.total
        FROM first f JOIN commits c USING (cid) JOIN counted t USING (good)
        ORDER BY f.good DESC,
            CASE WHEN f.good THEN {"" if rising else "-"}f.value END,
            CASE WHEN f.good THEN f.number ELSE -f.number END
    """
    found = cursor.execute(statement, bound).fetchall()
    good = [row for row in found if row[-2]]
    bad = [row for row in found if not row[-2]]
    return Standings(
        tuple(_standing(*row[:-2]) for row in good[:limit]),
        tuple(_standing(*row[:-2]) for row in bad[:limit]),
        good[0][-1] if good else 0,
        bad[0][-1] if bad else 0,
    )


def _standing(
    cid: int,
    commit_id: str,
    number: int,
    message: str,
    branch: str,
    author: str,
    time_us: int,
    parents: list[str],
    recorded: bool,
    value: float | None,
    exact: str | None,
    split: str | None,
    dataset_id: str | None,
    n: int | None,
    stderr: float | None,
) -> Standing:
    version = VersionRef(
        id=ObjectId(commit_id),
        number=number,
        message=told(message),
        branch=told(branch),
        author=told(author),
        time_us=time_us,
        parents=tuple(ObjectId(parent) for parent in parents),
    )
    return Standing(
        cid=cid,
        version=version,
        recorded=recorded,
        value=metric_value(value, exact),
        split=told(split or ""),
        dataset_id=dataset_id or "",
        n=n,
        stderr=stderr,
    )
