"""The walk's view of what the notebook's own modules keep: one variable, `MODULES`.

Any call of theirs may change it, and so may what is done to a value that they gave or were given.
Functions that a cell has defined without saying so (``%run``, ``exec``) are as little known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from jupyter_mvt.capture.slices.aliases import Aliases
from jupyter_mvt.capture.slices.effects import closure
from jupyter_mvt.capture.slices.harmless import ANYTHING, FILES, MODULES, PATH, RELOADING
from jupyter_mvt.capture.slices.runs import ATOM, DATA, FIXED, OWN, Run
from jupyter_mvt.capture.slices.syntax import Unit

__all__ = ["own_names", "through_modules", "with_reloads"]


def own_names(run: Run, units: Iterable[Unit], kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the kinds of functions and classes that a run defines behind its syntax."""
    bound = frozenset[str]().union(*(unit.binds for unit in units))
    if "*" in bound:  # these are known by their modules
        return {}
    return {name: OWN for name in run.rebound - bound
            if kinds.get(name, run.kinds.get(name)) == FIXED}  # fmt: skip


def through_modules(
    unit: Unit,
    kinds: Mapping[str, str],
    refers: Mapping[str, frozenset[str]],
    aliases: Aliases,
) -> tuple[set[str], set[str], set[tuple[str, str]]]:
    """Return what a statement changes and needs by way of such modules, and pairs that share state.

    Parameters
    ----------
    refers
        Name → what its value refers to.
    aliases
        Before the statement.
    """
    # What a value's class or module keeps is not seen where the value itself is looked at.
    near = {MODULES} if unit.reads & aliases.reach([MODULES]) else set()
    loose = {name for name in unit.imports & kinds.keys() if kinds[name] not in (ATOM, FIXED)}
    pairs = {(name, MODULES) for name in loose}
    own = {name for name, kind in kinds.items() if kind == OWN}
    touched = own & closure(unit.reads | unit.imports, refers) if own else set()
    if not touched:
        # A module may do something when it is imported, whatever is taken from it.
        untold = own and any(kinds.get(name) != FIXED for name in unit.imports)
        return ({MODULES} if untold else set()), near, pairs
    acts = (unit.calls or unit.mutates or unit.passes or unit.handings or unit.wraps
            or unit.derives or unit.imports)  # fmt: skip
    pairs |= {(name, MODULES) for name in unit.binds if kinds.get(name) != DATA}
    spared = {name for _, name in unit.spared}
    return (touched | spared | {MODULES} if acts else set()), {MODULES, PATH}, pairs


def with_reloads(runs: Sequence[Run]) -> Sequence[Run]:
    """Return runs in which it may change anything to write a module while ``%autoreload`` is on."""
    found, on = [], False
    for run in runs:
        units = []
        for unit in run.units:
            on = on or RELOADING in unit.mutates
            units.append(_reloading(unit) if on and _writes_modules(unit) else unit)
        found.append(replace(run, units=tuple(units)) if on else run)
    return found


def _reloading(unit: Unit) -> Unit:
    return replace(unit, mutates=unit.mutates | {ANYTHING}, reads=unit.reads | {RELOADING})


def _writes_modules(unit: Unit) -> bool:
    named = any(name.startswith("<module ") for name in unit.reads)
    return FILES in unit.mutates and (named or unit.foreign)
