"""The functions and classes that cells define: what they refer to, and what they may hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from jupyter_mvt.capture.slices.effects import Body, closure, effect_of, worst_of
from jupyter_mvt.capture.slices.harmless import PSEUDO
from jupyter_mvt.capture.slices.runs import FIXED, Run
from jupyter_mvt.capture.slices.syntax import Unit

__all__ = ["Defined", "given_attributes"]


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


@dataclass(slots=True)
class Defined:
    """What is known of them, by the statements walked over so far.

    Attributes
    ----------
    given_more
        See `given_attributes`.
    frees
        Function or class → names that it refers to.
    made
        Name → classes that its value was made of.
    mutators
        Function or class → names around it that it may change.
    setters
        Function → names around it of which it sets something, and `SETTINGS`.
    bodies
        Functions of the notebook.
    holding
        Functions and classes that may hold what others change.
    plain
        Classes without methods.
    """

    given_more: set[str]
    frees: dict[str, frozenset[str]] = field(default_factory=dict)
    made: dict[str, frozenset[str]] = field(default_factory=dict)
    mutators: dict[str, frozenset[str]] = field(default_factory=dict)
    setters: dict[str, frozenset[str]] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    holding: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)

    @property
    def refers(self) -> dict[str, frozenset[str]]:
        """Name → what its value refers to."""
        return {**self.made, **self.frees}

    def define(self, unit: Unit) -> None:
        """Note what a statement defines, before it is run."""
        for name, free in unit.frees.items():
            earlier = frozenset() if name in unit.kills else self.frees.get(name, frozenset())
            self.frees[name] = free | earlier
        self.holding -= unit.kills
        for name in unit.frees:
            bases = unit.stateless.get(name)
            if bases is None or bases & self.holding or name in self.given_more:
                self.holding.add(name)

    def follow(
        self, unit: Unit, kinds: Mapping[str, str], fixed: Iterable[str], *, sure: bool,
        classes: frozenset[str],
    ) -> None:  # fmt: skip
        """Note what a statement has bound, after it was run; see `effects.effect_of`."""
        for name in unit.kills - unit.frees.keys() if sure else ():
            for book in (self.frees, self.mutators, self.setters, self.made):
                book.pop(name, None)
        # What an object's methods refer to may be bound after the object was made.
        self.plain = self.plain - unit.binds | {
            name for name, own in unit.bodies.items() if name in unit.frees and not own
        }
        made_of = unit.calls & (classes | self.plain)
        self.made.update(dict.fromkeys(unit.binds - self.frees.keys(), made_of))
        for name, other in self._renamed(unit, kinds):
            self.frees[name] = frozenset({other})
            self.mutators[name] = self.mutators.get(other, frozenset()) | {other, name}
            self.holding |= {name} if other in self.holding else set()
        for name in unit.binds:
            self.bodies.pop(name, None)
        for name, own in unit.bodies.items():
            if len(own) == 1 and own[0].name == name:
                self.bodies[name] = own[0]
                self.setters[name] = frozenset(
                    one for step in own[0].steps for one in step.assigned | (step.mutates & PSEUDO)
                ) - own[0].own  # fmt: skip
        around = closure(unit.wraps & self.frees.keys(), self.frees)
        for name in unit.frees:
            self.mutators[name] = _changed_by(unit, name, self.bodies, fixed) | around
        for name, base in unit.derives:
            if base in self.holding:  # an object has what any of its classes was given
                self.mutators[name] |= {base} | self.mutators.get(base, frozenset())

    def _renamed(self, unit: Unit, kinds: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return new names of functions and classes, with their old ones: ``Model = Net``."""
        new = {name for name in unit.binds - unit.frees.keys() if kinds.get(name) == FIXED}
        return [(name, other) for name, other in unit.shares if name in new and other in self.frees]


def _changed_by(
    unit: Unit, name: str, bodies: Mapping[str, Body], fixed: Iterable[str]
) -> frozenset[str]:
    """Return the names around a function, or a class, that its own statements may change."""
    found = {*unit.mutates, *unit.passes, name}  # what its defaults and attributes hold
    for body in unit.bodies.get(name, ()):
        effect = effect_of(body, bodies, fixed)
        changed = worst_of(body) if effect is None else effect.changed - body.parameters
        found |= changed
    return frozenset(found)
