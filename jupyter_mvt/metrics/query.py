"""Reading the index: SQL of the user's own, metric names, and the course of one metric."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.metrics.index import index_of
from jupyter_mvt.metrics.result import SqlResult
from jupyter_mvt.metrics.splits import split_order, split_rank
from jupyter_mvt.metrics.sql import check_statement, explained
from jupyter_mvt.metrics.text import stored, told
from jupyter_mvt.objects.ids import cid60
from jupyter_mvt.objects.metric import MetricValue, direction, metric_unit

if TYPE_CHECKING:
    import duckdb

    from jupyter_mvt.store.store import Store

__all__ = [
    "MetricName",
    "Sample",
    "connect",
    "metric_names",
    "metric_value",
    "series",
    "sql",
]


@contextmanager
def connect(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a hardened read-only DuckDB cursor over the index, up to date, for one query."""
    with index_of(store).cursor() as cursor:
        yield cursor


def sql(store: Store, statement: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> SqlResult:
    """Run one statement that reads and return all of its rows.

    Parameters
    ----------
    params
        Values of ``?`` (a sequence) or ``$name`` (a mapping) in the statement.

    Raises
    ------
    QueryError
        Codes ``sql-error``, ``not-one-statement``, ``not-reading``.
    """
    values = dict(params) if isinstance(params, Mapping) else list(params)
    with connect(store) as cursor:
        check_statement(cursor, statement)
        with explained():
            relation = cursor.sql(statement, params=values)
            return SqlResult(relation.to_arrow_table(), statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricName:
    """A metric name as recorded so far.

    Attributes
    ----------
    commits
        How many versions have it, on its most common split.
    splits
        On which splits, in the order of `metrics.splits`.
    higher_is_better
        As recorded last, else by its well-known name, else ``None``.
    recorded
        Whether that was recorded.
    """

    name: str
    commits: int
    splits: tuple[str, ...]
    higher_is_better: bool | None
    recorded: bool
    unit: str


def metric_names(store: Store, *, slice: str = "") -> tuple[MetricName, ...]:
    """Return the metrics of all versions, the most commonly recorded first."""
    with connect(store) as cursor:
        return named(cursor, slice)


def named(cursor: duckdb.DuckDBPyConnection, slice: str) -> tuple[MetricName, ...]:
    """Return `metric_names` over an open cursor."""
    rows = cursor.execute(
        "SELECT name, split, higher_is_better, unit, count(*), min(ts), max(ts) FROM metrics "
        "WHERE slice = ? GROUP BY ALL ORDER BY max(ts), count(*)",
        [stored(slice)],
    ).fetchall()
    groups: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    found = [
        (_metric_name(told(name), group), min(row[5] for row in group), name)
        for name, group in groups.items()
    ]
    found.sort(key=lambda one: (-one[0].commits, *one[1:]))
    return tuple(name for name, _, _ in found)


def _metric_name(name: str, rows: list[tuple[Any, ...]]) -> MetricName:
    """Put together the groups of one name, which come in order of time."""
    splits: dict[str, int] = {}
    for row in rows:
        splits[told(row[1])] = splits.get(told(row[1]), 0) + row[4]
    told_directions = [row[2] for row in rows if row[2] is not None]
    return MetricName(
        name=name,
        commits=max(splits.values()),
        splits=tuple(sorted(splits, key=split_rank)),
        higher_is_better=told_directions[-1] if told_directions else direction(name),
        recorded=bool(told_directions),
        unit=rows[-1][3] or metric_unit(name),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The value of one metric at one version."""

    commit_id: str
    number: int
    time_us: int
    value: MetricValue
    split: str
    dataset_id: str
    n: int | None
    stderr: float | None


def series(
    store: Store,
    name: str,
    commit_ids: Collection[str] | None = None,
    *,
    split: str | None = None,
    slice: str = "",
) -> tuple[Sample, ...]:
    """Return the values of a metric in order of version number.

    Parameters
    ----------
    commit_ids
        Only these versions; all by default.
    split
        Only this split; by default each version's first in the order of `metrics.splits`.
    """
    where = "m.name = $name AND m.slice = $slice"
    values: dict[str, Any] = {"name": stored(name), "slice": stored(slice)}
    if split is not None:
        where += " AND m.split = $split"
        values["split"] = stored(split)
    if commit_ids is not None:
        where += " AND m.cid IN (SELECT unnest($cids::BIGINT[]))"
        values["cids"] = [cid60(oid) for oid in commit_ids]
    with connect(store) as cursor:
        found = cursor.execute(
            "SELECT c.commit_id, c.number, epoch_us(c.ts), m.value, m.exact, m.split, "
            "m.dataset_id, m.n, m.stderr FROM metrics m JOIN commits c USING (cid) "
            f"WHERE {where} QUALIFY row_number() OVER "
            f"(PARTITION BY m.cid ORDER BY {split_order('m.split')}) = 1 ORDER BY c.number",
            values,
        ).fetchall()
    return tuple(_sample(*row) for row in found)


def _sample(
    commit_id: str,
    number: int,
    time_us: int,
    value: float | None,
    exact: str | None,
    split: str,
    dataset_id: str,
    n: int | None,
    stderr: float | None,
) -> Sample:
    return Sample(
        commit_id=commit_id,
        number=number,
        time_us=time_us,
        value=metric_value(value, exact),
        split=told(split),
        dataset_id=dataset_id,
        n=n,
        stderr=stderr,
    )


def metric_value(value: float | None, exact: str | None) -> MetricValue:
    """Return a metric's value as it was recorded, from its two columns."""
    if exact is None:
        return value
    return (
        {"true": True, "false": False, "null": None}.get(exact) if exact.isalpha() else int(exact)
    )
