"""The course of one metric over any number of versions, one column a pixel, made by DuckDB."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.metrics.conditions import compiled
from jupyter_mvt.metrics.filtering import parse
from jupyter_mvt.metrics.query import connect
from jupyter_mvt.metrics.reach import reachable
from jupyter_mvt.metrics.splits import split_rank
from jupyter_mvt.metrics.text import stored, told
from jupyter_mvt.metrics.where import known_names
from jupyter_mvt.objects.ids import cid60
from jupyter_mvt.objects.metric import Z95, direction, metric_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["Choice", "Course", "Line", "Shown", "choices", "course", "shown", "values_at"]

_COMPARES = re.compile(r"[<>=]|\bis (?:missing|nan)\b|\bcontains\b|\bin \(")
_FALLS = 40
"""Most falls that one course names: the deepest."""

_NOTABLE = 4
"""A fall is named when it is this many times the median change, whatever the noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A metric that a timeline can show; `lower` tells that lower is better."""

    name: str
    split: str
    lower: bool
    unit: str
    commits: int


@dataclass(frozen=True, slots=True)
class Line:
    """One version in the history, enough to draw the graph: parents are ids."""

    id: str
    branch: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The versions that answer a question, newest first; `hidden` are the others' parents.

    `condition` and `values` say it in SQL.
    """

    lines: tuple[Line, ...]
    hidden: Mapping[str, tuple[str, ...]]
    condition: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A metric over the places [first, last], oldest first, in columns of equal width.

    Attributes
    ----------
    low, middle, high
        Least, median and greatest value of each column; ``None`` where no version has one.
    falls
        (place, value) of the deepest falls against the first parent, on the same data.
    """

    first: int
    last: int
    low: tuple[float | None, ...]
    middle: tuple[float | None, ...]
    high: tuple[float | None, ...]
    falls: tuple[tuple[int, float], ...]


def choices(store: Store, most: int = 12) -> tuple[Choice, ...]:
    """Return the metrics that the most versions have, those of test data first."""
    with connect(store) as cursor:
        rows = cursor.execute(
            "SELECT name, split, arg_max(higher_is_better, ts), arg_max(unit, ts), count(*) "
            "FROM metrics WHERE slice = '' GROUP BY name, split"
        ).fetchall()
    found = []
    for name, split, higher, unit, commits in rows:
        plain = told(name)
        known = direction(plain) if higher is None else higher
        found.append(Choice(
            name=plain, split=told(split), lower=known is False,
            unit=unit or metric_unit(plain), commits=commits,
        ))  # fmt: skip
    found.sort(key=lambda one: (-one.commits, split_rank(one.split), one.name))
    return tuple(found[:most])


def shown(
    store: Store, view: View, *, branch: str = "", query: str = "", where: str | None = None
) -> Shown:
    """Return the versions that refs reach and that answer the questions.

    Parameters
    ----------
    branch
        Only versions made on it.
    query
        A filter (see `metrics.where`), or words that all occur in a version.
    where
        One more filter.

    Raises
    ------
    QueryError
        A filter cannot be understood (codes ``bad-filter``, ``unknown-name``).
    """
    with connect(store) as cursor:
        condition, values = _condition(cursor, view, branch, query, where)
        tips = {*view.branches.values(), *view.labels.values(), *view.tags.values()}
        cids = reachable(cursor, view, tips)
        if cids is not None:
            values.append(cids)
            condition += f" AND cid IN (SELECT unnest(${len(values)}::BIGINT[]))"
        rows = cursor.execute(
            f"SELECT commit_id, branch, parents, {condition} FROM commits ORDER BY number DESC",
            values,
        ).fetchall()
    lines = tuple(Line(oid, told(name), tuple(up)) for oid, name, up, fits in rows if fits)
    hidden = {oid: tuple(up) for oid, _, up, fits in rows if not fits}
    return Shown(lines=lines, hidden=hidden, condition=condition, values=tuple(values))


def _condition(
    cursor: duckdb.DuckDBPyConnection, view: View, branch: str, query: str, where: str | None
) -> tuple[str, list[Any]]:
    condition = "true"
    values: list[Any] = []
    filters = [text for text in (where, query if _COMPARES.search(query) else None) if text]
    for text in filters:
        made, more = compiled(parse(text), known_names(cursor), text)
        condition += f" AND ({_shifted(made, len(values))})"
        values += more
    if branch:
        values.append(stored(branch))
        condition += f" AND branch = ${len(values)}::VARCHAR"
    if query not in filters:
        for word in query.split()[:12]:
            values += [stored(word.lower()), _pointed(view, word.lower())]
            at = len(values)
            condition += (
                f" AND (contains(lower(concat_ws(chr(10), message, author, branch, class)), "
                f"${at - 1}::VARCHAR) OR concat('v', number) = ${at - 1}::VARCHAR "
                f"OR starts_with(commit_id, ${at - 1}::VARCHAR) "
                f"OR cid IN (SELECT unnest(${at}::BIGINT[])))"
            )
    return condition, values


def _shifted(condition: str, by: int) -> str:
    """Give the parameters of a condition numbers that are higher by `by`."""
    return (
        re.sub(r"\$(\d+)", lambda match: f"${int(match[1]) + by}", condition) if by else condition
    )


def _pointed(view: View, word: str) -> list[int]:
    refs = (*view.labels.items(), *view.tags.items())
    return [cid60(oid) for name, oid in refs if word in name.lower()]


def course(
    store: Store, among: Shown, metric: Choice, *, first: int, last: int, columns: int
) -> Course:
    """Return one metric over the places [first, last] of `among`, counted from the oldest."""
    total = last - first + 1
    bound = [*among.values, stored(metric.name), stored(metric.split), first, last, columns, total]
    at = len(among.values)
    values = f"""
        WITH shown AS (
            SELECT cid, parents[1] AS parent, row_number() OVER (ORDER BY number) - 1 AS spot
            FROM commits WHERE {among.condition}
        ), chosen AS (
            SELECT cid, value, stderr, coalesce(dataset_id, '') AS data FROM metrics
            WHERE name = ${at + 1}::VARCHAR AND slice = '' AND split = ${at + 2}::VARCHAR
                AND isfinite(value) AND coalesce(exact NOT IN ('true', 'false'), true)
            QUALIFY row_number() OVER (PARTITION BY cid ORDER BY data) = 1
        ), course AS (
            SELECT spot, value, stderr, data, ('0x' || substr(parent, 1, 15))::BIGINT AS parent
            FROM shown JOIN chosen USING (cid)
            WHERE spot BETWEEN ${at + 3}::BIGINT AND ${at + 4}::BIGINT
        )"""
    sign = "" if metric.lower else "-"
    spans = f"""{values}
        SELECT (spot - ${at + 3}::BIGINT) * ${at + 5}::BIGINT // ${at + 6}::BIGINT AS col,
            min(value), quantile_disc(value, 0.5), max(value)
        FROM course GROUP BY col ORDER BY col"""
    deepest = f"""{values}, fell AS (
            SELECT spot, c.value, {sign}(c.value - p.value) AS depth
            FROM course c JOIN chosen p ON p.cid = c.parent
            WHERE (c.data = p.data OR c.data = '' OR p.data = '') AND coalesce(
                abs(c.value - p.value) > {Z95} * sqrt(c.stderr ** 2 + p.stderr ** 2), true)
        )
        SELECT spot, value FROM fell
        WHERE depth > 0 AND depth > {_NOTABLE} * (SELECT median(abs(depth)) FROM fell)
            AND ${at + 5}::BIGINT > 0 AND ${at + 6}::BIGINT > 0
        ORDER BY depth DESC, spot DESC LIMIT {_FALLS}"""
    with connect(store) as cursor:
        found = {row[0]: row[1:] for row in cursor.execute(spans, bound).fetchall()}
        falls = sorted(cursor.execute(deepest, bound).fetchall())
    rows: list[tuple[float | None, ...]] = [found.get(i, (None,) * 3) for i in range(columns)]
    low, middle, high = (tuple(row[i] for row in rows) for i in range(3))
    return Course(first=first, last=last, low=low, middle=middle, high=high, falls=tuple(falls))


def values_at(store: Store, ids: Sequence[str], metric: Choice) -> dict[str, float]:
    """Return id → finite value of a metric, for those versions that have one."""
    with connect(store) as cursor:
        rows = cursor.execute(
            "SELECT commit_id, any_value(value) FROM metrics JOIN commits USING (cid) "
            "WHERE cid IN (SELECT unnest($1::BIGINT[])) AND name = $2 AND slice = '' "
            "AND split = $3 AND isfinite(value) GROUP BY commit_id",
            [[cid60(oid) for oid in ids], stored(metric.name), stored(metric.split)],
        ).fetchall()
    return dict(rows)
