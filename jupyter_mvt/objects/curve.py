"""Curves: values that were logged step by step while a model was trained."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mvt.objects.ids import ObjectId

__all__ = ["Curve", "Curves", "CurvesDraft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One curve in short.

    Attributes
    ----------
    name
        As it was logged.
    n
        Number of points.
    first, newest
        Smallest and largest step.
    last
        Value at the largest step, the one logged latest.
    low, high
        Extremes of the finite values, ``None`` when there is none.
    """

    name: str
    n: int
    first: int
    newest: int
    last: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """The curves of a version.

    Attributes
    ----------
    table
        Object id of a Parquet file with the columns ``name``, ``step`` (int64), ``wall_us``
        (microseconds since 1970 UTC) and ``value`` (float64), sorted by name and step.
    identity
        Id over names, steps and values: when they were logged does not count.
    curves
        In order of name.
    """

    table: ObjectId
    identity: ObjectId
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvesDraft:
    """Curves on their way into a version.

    `table` is the Parquet file, `runs` are the ids of the recordings that it was made of; see
    `Curves` for the rest.
    """

    table: bytes
    identity: ObjectId
    curves: tuple[Curve, ...]
    runs: tuple[str, ...]
