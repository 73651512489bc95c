"""Runs of cells, as they are walked over: what is known of each, and of its statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_mvt.capture.slices.calm import Look
from jupyter_mvt.capture.slices.syntax import Unit

__all__ = ["ATOM", "DATA", "FIXED", "MANY", "OWN", "STATEFUL", "Run", "Step"]

ATOM, FIXED, STATEFUL, DATA, MANY, OWN = "atom", "fixed", "stateful", "data", "many", "own"
"""Kinds of values: never changed; changed by explicit setting only; changed by being looked at;
changed in place, but numbers and texts only: no part of anything else lives on in it; containers,
of which a copy holds the same parts; functions, classes and modules of the notebook's own files,
that keep what no cell tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is known of one run of a cell.

    Attributes
    ----------
    units
        Its statements.
    rebound
        Names seen to be rebound.
    ok
        Whether it ran to its end.
    failed_at
        Line where it failed: 0 when not known, -1 when nothing ran at all.
    kinds
        Kinds of the values that names were rebound to; see `ATOM`.
    before, after
        What values that it names were seen to be.
    unchanged
        Names whose content was the same before and after.
    touched
        Names of models that were seen to change.
    changed
        Names seen to hold the same object with other content.
    drew
        Whether a random number generator moved.
    afresh
        Names of models that forget what they have learnt whenever they are fitted.
    """

    units: tuple[Unit, ...] = ()
    rebound: frozenset[str] = frozenset()
    ok: bool = True
    failed_at: int = 0
    kinds: Mapping[str, str] = field(default_factory=dict)
    before: Look = field(default_factory=dict)
    after: Look = field(default_factory=dict)
    unchanged: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    drew: bool = True
    afresh: frozenset[str] = frozenset()


@dataclass(slots=True)
class Step:
    """A statement that was run: what it may have written, and whether it surely ran through.

    What it read includes the names that functions refer to, as they were defined by then.

    Attributes
    ----------
    kills
        Names whose earlier values do not matter once it ran through.
    refits
        Whether it may be a fit that starts afresh: nothing else in it asks for the model.
    """

    unit: Unit
    written: frozenset[str]
    reads: frozenset[str]
    sure: bool
    kills: frozenset[str] = frozenset()
    refits: bool = False
