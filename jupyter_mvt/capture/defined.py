"""The functions and classes that cells define: what they refer to, and what they may hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from jupyter_mvt.capture.effects import Body
from jupyter_mvt.capture.runs import FIXED, Run
from jupyter_mvt.capture.syntax import Unit

__all__ = ["closure", "define", "forget", "given_attributes", "holding_state", "learn", "renamed"]


def closure(names: Iterable[str], frees: Mapping[str, frozenset[str]]) -> set[str]:
    """Return `names`, and what the functions among them refer to, and so on."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(frees.get(name, ()))
    return found


def define(unit: Unit, frees: dict[str, frozenset[str]]) -> None:
    """Note what the functions that a statement defines refer to."""
    for name, free in unit.frees.items():
        frees[name] = free if name in unit.kills else free | frees.get(name, frozenset())


def forget(unit: Unit, *known: dict[str, frozenset[str]]) -> None:
    """Forget what names referred to that a statement binds to something else."""
    for name in unit.kills - unit.frees.keys():
        for book in known:
            book.pop(name, None)


def given_attributes(runs: Sequence[Run]) -> set[str]:
    """Return names that some statement gives attributes to, and what else they are called."""
    found: set[str] = set()
    again: list[tuple[str, str]] = []
    for run in runs:
        for unit in run.units:
            found |= unit.sets.union(*(s.sets for own in unit.bodies.values()
                                       for body in own for s in body.steps))  # fmt: skip
            again += [pair for pair in unit.shares if run.kinds.get(pair[0]) == FIXED]
    for one, other in reversed(again):
        found |= {other} if one in found else set()
    return found


def holding_state(unit: Unit, before: set[str], given_more: set[str]) -> set[str]:
    """Return the functions and classes that may hold what others change, after a statement."""
    holding = before - unit.kills
    for name in unit.frees:
        bases = unit.stateless.get(name)
        if bases is None or bases & holding or name in given_more:
            holding |= {name}
    return holding


def renamed(
    unit: Unit, kinds: Mapping[str, str], frees: Mapping[str, frozenset[str]]
) -> list[tuple[str, str]]:
    """Return new names of functions and classes, with their old ones: ``Model = Net``."""
    return [(name, other) for name, other in unit.shares if other in frees
            if name in unit.binds - unit.frees.keys() and kinds.get(name) == FIXED]  # fmt: skip


def learn(unit: Unit, bodies: dict[str, Body]) -> None:
    """Note the functions that a statement defines, and forget those that it replaces."""
    for name in unit.binds:
        bodies.pop(name, None)
    for name, own in unit.bodies.items():
        if len(own) == 1 and own[0].name == name:
            bodies[name] = own[0]
