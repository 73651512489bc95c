"""One side of a comparison: a commit, how it is named, and reading of what it stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_mvt.objects.code import Cell
from jupyter_mvt.objects.dataset import Dataset, Schema
from jupyter_mvt.objects.encode import decode, decode_as, from_data
from jupyter_mvt.objects.environment import Environment
from jupyter_mvt.objects.evaluation import metrics_of
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.manifest import Manifest
from jupyter_mvt.objects.output import Grid, read_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_mvt.objects.commit import Commit
    from jupyter_mvt.objects.metric import Metric
    from jupyter_mvt.objects.reader import ObjectReader
    from jupyter_mvt.objects.version import VersionRef

__all__ = ["Side", "cells", "data", "environment", "grid", "manifest", "metrics", "schema", "text"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A version as the aspects see it. What was read once is remembered in `memo`.

    `evaluations` are ref → text of what was measured of it, `examples` reads the file that one
    of them names.
    """

    ref: VersionRef
    commit: Commit
    objects: ObjectReader
    evaluations: Mapping[str, str] = field(default_factory=dict)
    examples: Callable[[ObjectId], bytes] | None = None
    memo: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)


def metrics(side: Side) -> tuple[Metric, ...]:
    """Return its metrics: those of the commit, and those measured since."""
    return metrics_of(side.commit.content.metrics, side.evaluations)


def _once(side: Side, kind: str, oid: str, read: Callable[[ObjectId], T]) -> T:
    key = kind, oid
    if key not in side.memo:
        side.memo[key] = read(ObjectId(oid))
    found: T = side.memo[key]
    return found


def cells(side: Side) -> tuple[Cell, ...]:
    """Return the runs of cells, in order of execution; empty when none was seen."""
    oid = side.commit.content.code.cells_id
    if not oid:
        return ()
    return _once(
        side,
        "cells",
        oid,
        lambda key: tuple(from_data(item, Cell) for item in decode(side.objects.blob(key))),
    )


def text(side: Side, oid: str) -> str:
    """Return a stored text."""
    return _once(
        side, "text", oid, lambda key: side.objects.blob(key).decode("utf-8", "surrogatepass")
    )


def schema(side: Side, dataset: Dataset) -> Schema:
    """Return the columns of `dataset`."""
    return _once(
        side,
        "schema",
        dataset.schema_id,
        lambda key: decode_as(side.objects.blob(key), Schema),
    )


def environment(side: Side) -> Environment | None:
    """Return software and hardware, ``None`` when they were not recorded."""
    oid = side.commit.content.env_id
    if not oid:
        return None
    return _once(
        side, "environment", oid, lambda key: decode_as(side.objects.blob(key), Environment)
    )


def manifest(side: Side, oid: str) -> Manifest:
    """Return a manifest; that of nothing when `oid` is empty."""
    if not oid:
        return Manifest(entries=(), ties=(), identity=ObjectId(""))
    return _once(side, "manifest", oid, side.objects.manifest)


def data(side: Side, oid: str) -> Any:
    """Return a stored record as plain builtins; nothing in it is ever executed."""
    return _once(side, "data", oid, lambda key: decode(side.objects.blob(key)))


def grid(side: Side, oid: str) -> Grid:
    """Return a table that a cell showed."""
    return _once(side, "grid", oid, lambda key: read_grid(side.objects.blob(key)))
