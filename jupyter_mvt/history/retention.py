"""Which versions are kept whole; the others become thin.

Nothing labelled, and no ancestor of it, is ever freed. What an undo within the grace period can
bring back counts as if it were there.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from jupyter_mvt.history.graph import ancestors
from jupyter_mvt.objects.evaluation import measured_since, metrics_of
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.metric import finite, rising
from jupyter_mvt.objects.refs import split
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.objects.metric import Metric
    from jupyter_mvt.objects.settings import Settings
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["Roots", "protected", "roots", "whole"]


@dataclass(frozen=True, slots=True)
class Roots:
    """Versions that refs name, or named within the grace period."""

    branches: frozenset[ObjectId]
    tags: frozenset[ObjectId]
    labels: frozenset[ObjectId]


def roots(store: Store, view: View, since_us: int) -> Roots:
    """Return what refs name now, and what they named in operations not older than `since_us`."""
    found = {
        "branch": set(view.branches.values()),
        "tag": set(view.tags.values()),
        "label": set(view.labels.values()),
    }
    for operation in oplog.operations(store, skim=True):
        if operation.time_us < since_us:
            continue  # no break: clocks are not trusted to go forward
        for change in operation.changes:
            kind, _ = split(change.ref)
            if kind in found:
                named = [ObjectId(oid) for oid in (change.old, change.new) if oid]
                found[kind].update(oid for oid in named if oid in view.commits)
    return Roots(*(frozenset(found[kind]) for kind in ("branch", "tag", "label")))


def protected(store: Store, view: View) -> set[ObjectId]:
    """Return what is never freed, whatever is asked: labelled versions with their ancestors."""
    return set(ancestors(store, view, view.labels.values()))


def whole(
    store: Store, view: View, settings: Settings, now_us: int, since_us: int
) -> set[ObjectId]:
    """Return the versions that stay whole.

    Parameters
    ----------
    settings
        The policy.
    now_us
        Against which ages are measured.
    since_us
        Where the grace period begins.
    """
    found = roots(store, view, since_us)
    keep = {*ancestors(store, view, found.labels), *found.tags}
    starts = found.branches | found.tags | found.labels
    reachable = list(ancestors(store, view, starts))
    if settings.keep_last is None:
        return keep | set(reachable)
    for tip in found.branches:
        keep |= set(islice(ancestors(store, view, [tip]), settings.keep_last))
    commits = [(oid, oplog.commit_object(store, oid)) for oid in reachable]
    if settings.keep_days:
        youngest = now_us - int(settings.keep_days * 24 * 3600 * 10**6)
        keep |= {oid for oid, commit in commits if commit.time_us >= youngest}
    measured = measured_since(view)
    metrics = [(o, metrics_of(c.content.metrics, measured.get(o, {}))) for o, c in commits]
    return keep | _best(metrics, settings)


def _best(
    versions: Iterable[tuple[ObjectId, Iterable[Metric]]], settings: Settings
) -> set[ObjectId]:
    ranked = []
    for oid, metrics in versions:
        value = _value(metrics, settings.keep_by)
        if value is not None:
            ranked.append((value, oid))
    ranked.sort(reverse=True)
    return {oid for _, oid in ranked[: settings.keep_best]}


def _value(metrics: Iterable[Metric], name: str) -> float | None:
    """Return a version's value of a metric, larger for better; ``test/accuracy`` names a split."""
    split_name, _, plain = name.rpartition("/")
    for metric in metrics:
        fits = name == metric.name or (metric.name, metric.split) == (plain, split_name)
        if fits and not metric.slice and finite(metric.value) and metric.value is not None:
            return float(metric.value) * (-1 if rising(metric) is False else 1)
    return None
