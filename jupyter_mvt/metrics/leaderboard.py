"""Versions ranked by a metric; what cannot be ranked is shown apart, with the reason."""

from __future__ import annotations

import difflib
import math
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from jupyter_mvt.display import Chartable, Displayable, Live
from jupyter_mvt.errors import NotFoundError, UsageError
from jupyter_mvt.metrics.conditions import compiled
from jupyter_mvt.metrics.filtering import parse
from jupyter_mvt.metrics.query import MetricName, connect, named
from jupyter_mvt.metrics.ranking import Standing, Standings, standings
from jupyter_mvt.metrics.reach import reachable
from jupyter_mvt.metrics.shown import measured, params_that_differ
from jupyter_mvt.metrics.trails import trails
from jupyter_mvt.metrics.where import known_names
from jupyter_mvt.objects.commit import Scalar
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.metric import MetricValue
from jupyter_mvt.objects.version import VersionRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["Leaderboard", "Ranked", "Unranked", "leaderboard"]

Basis: TypeAlias = Literal["asked", "recorded", "name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One version in its place.

    Attributes
    ----------
    values
        Its metrics by name, on the same slice; a name measured on several splits has its first
        by plain name and the others as ``name (split)``.
    params
        Those of its params that differ among the rows shown.
    split, dataset_id
        On what the ranking value was measured.
    trail
        The ranking metric of its own first-parent ancestors, oldest first, and of itself;
        empty in rows past the first `metrics.trails.MOST`.
    """

    rank: int
    version: VersionRef
    value: float
    values: dict[str, MetricValue]
    params: dict[str, Scalar]
    split: str
    dataset_id: str
    n: int | None
    stderr: float | None
    trail: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unranked:
    """One version without a value that could be ranked, and why."""

    version: VersionRef
    value: MetricValue
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Leaderboard(Displayable, Live, Chartable):
    """Versions, best first.

    Attributes
    ----------
    by, slice, unit
        The ranking metric.
    chosen
        Whether `by` was not asked for: the most commonly recorded metric of known direction.
    ascending
        Whether the smallest value is best.
    basis
        Where the direction comes from.
    total, total_unranked
        How many versions are ranked, and are not, beyond the rows shown.
    metrics, params
        Names of the columns: metrics by how common they are, `by` first; params that differ.
    same_data
        Whether all rows shown were measured on the same data; ``None`` where unknown.
    """

    by: str
    slice: str
    unit: str
    chosen: bool
    ascending: bool
    basis: Basis
    rows: tuple[Ranked, ...]
    unranked: tuple[Unranked, ...]
    total: int
    total_unranked: int
    metrics: tuple[str, ...]
    params: tuple[str, ...]
    same_data: bool | None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        data: dict[str, Any] = to_data(self)
        return data


def leaderboard(
    store: Store,
    view: View,
    *,
    by: str | None = None,
    branch: str | None = None,
    split: str | None = None,
    where: str | None = None,
    limit: int = 20,
    slice: str = "",
    ascending: bool | None = None,
    all: bool = False,
) -> Leaderboard:
    """Rank the versions that a branch, label or tag reaches.

    Parameters
    ----------
    by
        A metric; by default the most commonly recorded one whose direction is known.
    branch
        Only versions that this branch reaches.
    split
        Only values of this split; by default each version's first in the order of
        `metrics.splits`.
    where
        A filter, see `metrics.where`.
    limit
        At most so many rows.
    slice
        Values of this slice instead of all rows.
    ascending
        Smallest first, whatever the metric's direction.
    all
        Also versions that nothing reaches any more.

    Raises
    ------
    NotFoundError
        No such metric or branch (codes ``unknown-metric``, ``unknown-branch``).
    UsageError
        Nobody told whether more is better (code ``unknown-direction``).
    """
    if limit < 0:
        msg = f"limit is {limit}, it cannot be negative."
        raise UsageError(msg, code="invalid-limit", hint="limit=20")
    condition = "true"
    values: list[Any] = []
    if view.count == 0:
        msg = "There are no versions yet."
        raise NotFoundError(msg, code="no-versions", hint='mvt commit -m "first"')
    with connect(store) as cursor:
        names = named(cursor, slice)
        metric, chosen = _metric(names, by)
        rising, basis = _direction(metric, ascending)
        if where is not None:
            condition, values = compiled(parse(where), known_names(cursor), where)
        cids = None if all else reachable(cursor, view, _branch(view, branch))
        found = standings(
            cursor, metric.name, cids, slice=slice, split=split, condition=condition,
            values=values, rising=rising, limit=limit,
        )  # fmt: skip
        shown = [standing.cid for standing in found.ranked]
        metrics = measured(cursor, shown, slice)
        params = params_that_differ(cursor, shown)
        walks = trails(store, cursor, [one.version.id for one in found.ranked], metric.name, slice)
    board = _board(view, found, metric, metrics, params, names, chosen, rising, basis, slice)
    rows = tuple(replace(row, trail=walks.get(row.version.id, ())) for row in board.rows)
    return replace(board, rows=rows)


def _metric(names: tuple[MetricName, ...], by: str | None) -> tuple[MetricName, bool]:
    if by is None:
        known = [name for name in names if name.higher_is_better is not None]
        if not known:
            msg = "There is no metric of known direction to rank by"
            raise _no_metric(msg, names, "")
        return known[0], True
    for name in names:
        if name.name == by:
            return name, False
    msg = f"No version has a metric named {by[:100]!r}"
    raise _no_metric(msg, names, by)


def _no_metric(what: str, names: tuple[MetricName, ...], by: str) -> NotFoundError:
    known = [name.name for name in names]
    close = difflib.get_close_matches(by[:100], known, 5) or known[:8]
    if not close:
        hint = "mvt commit --metrics accuracy=0.93"
        return NotFoundError(f"{what}.", code="unknown-metric", hint=hint)
    msg = f"{what}; there {'is' if len(close) == 1 else 'are'} "
    msg += ", ".join(name[:100] for name in close) + "."
    hint = f"mvt leaderboard --by {shlex.quote(close[0][:100])}"
    return NotFoundError(msg, code="unknown-metric", hint=hint if by else f"{hint} --no-ascending")


def _direction(metric: MetricName, ascending: bool | None) -> tuple[bool, Basis]:
    if ascending is not None:
        return ascending, "asked"
    if metric.higher_is_better is None:
        msg = f"Nobody told whether more is better for {metric.name[:100]!r}."
        raise UsageError(
            msg,
            code="unknown-direction",
            hint=f"mvt leaderboard --by {shlex.quote(metric.name[:100])} --no-ascending",
        )
    return not metric.higher_is_better, "recorded" if metric.recorded else "name"


def _branch(view: View, branch: str | None) -> Iterable[str]:
    if branch is None:
        return {*view.branches.values(), *view.labels.values(), *view.tags.values()}
    if branch not in view.branches:
        msg = f"There is no branch {branch[:100]!r}."
        raise NotFoundError(msg, code="unknown-branch", hint="mvt branch list")
    return {view.branches[branch]}


def _board(
    view: View,
    found: Standings,
    metric: MetricName,
    metrics: dict[int, dict[str, MetricValue]],
    params: dict[int, dict[str, Scalar]],
    names: tuple[MetricName, ...],
    chosen: bool,
    rising: bool,
    basis: Basis,
    slice: str,
) -> Leaderboard:
    label = _Labels(view)
    held = {name for values in metrics.values() for name in values}
    order = [metric.name, *(name.name for name in names if name.name != metric.name)]
    columns = [name for name in order if name in held]
    data = {standing.dataset_id for standing in found.ranked}
    return Leaderboard(
        by=metric.name,
        slice=slice,
        unit=metric.unit,
        chosen=chosen,
        ascending=rising,
        basis=basis,
        rows=tuple(
            _ranked(rank, standing, label, metrics, params)
            for rank, standing in enumerate(found.ranked, 1)
        ),
        unranked=tuple(
            Unranked(version=label.version(one), value=one.value, reason=_reason(one, metric.name))
            for one in found.unranked
        ),
        total=found.total,
        total_unranked=found.total_unranked,
        metrics=(*columns, *sorted(held.difference(columns))),
        params=tuple(sorted({name for row in params.values() for name in row})),
        same_data=None if "" in data or not data else len(data) == 1,
    )


def _ranked(
    rank: int,
    standing: Standing,
    label: _Labels,
    metrics: dict[int, dict[str, MetricValue]],
    params: dict[int, dict[str, Scalar]],
) -> Ranked:
    value = standing.value
    assert value is not None
    return Ranked(
        rank=rank,
        version=label.version(standing),
        value=value,
        values=metrics.get(standing.cid, {}),
        params=params.get(standing.cid, {}),
        split=standing.split,
        dataset_id=standing.dataset_id,
        n=standing.n,
        stderr=standing.stderr,
    )


def _reason(standing: Standing, name: str) -> str:
    value = standing.value
    if not standing.recorded:
        return f"{name} was not recorded"
    if value is None:
        return f"{name} was logged as missing"
    if isinstance(value, bool):
        return f"{name} is {str(value).lower()}, not a number"
    if isinstance(value, int):
        return f"{name} is too large to rank"
    if math.isnan(value):
        return f"{name} is NaN"
    return f"{name} is {'+' if value > 0 else '-'}Inf"


class _Labels:
    """Names versions with what points at them."""

    def __init__(self, view: View) -> None:
        self._labels = _pointing(view.labels.items())
        self._tags = _pointing(view.tags.items())

    def version(self, standing: Standing) -> VersionRef:
        one = standing.version
        return VersionRef(
            id=one.id,
            number=one.number,
            message=one.message,
            branch=one.branch,
            author=one.author,
            time_us=one.time_us,
            parents=one.parents,
            labels=self._labels.get(one.id, ()),
            tags=self._tags.get(one.id, ()),
        )


def _pointing(refs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, commit in refs:
        found[commit] = (*found.get(commit, ()), name)
    return found
