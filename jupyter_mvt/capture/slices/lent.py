"""What functions may change that were handed to libraries: hooks, signals, timers, handlers.

A library may call such a function whenever it likes. From the statement on that handed it out,
any statement that does something may change what the function changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jupyter_mvt.capture.slices.defined import Defined
from jupyter_mvt.capture.slices.effects import Body, closure, effect_of
from jupyter_mvt.capture.slices.harmless import CALLBACKS, PSEUDO
from jupyter_mvt.capture.slices.lending import GIVEN, KEPT, PLACED, SET, Lending
from jupyter_mvt.capture.slices.owned import Owned
from jupyter_mvt.capture.slices.runs import ATOM, DATA, FIXED, MANY
from jupyter_mvt.capture.slices.syntax import Unit

__all__ = ["Lent"]


@dataclass(slots=True)
class Lent:
    """What is changed by functions that were handed out by the statements walked over so far.

    Attributes
    ----------
    names
        Names that they change.
    """

    names: set[str] = field(default_factory=set)
    _inside: dict[str, frozenset[Lending]] = field(default_factory=dict)
    _assigned: dict[str, frozenset[str]] = field(default_factory=dict)

    def changed(self, unit: Unit) -> set[str]:
        """Return what a statement may change because something that it does calls them."""
        return set(self.names) if _acts(unit) else set()

    def needed(self, unit: Unit) -> set[str]:
        """Return `CALLBACKS` where a statement may call them, or binds anew what they change."""
        touched = _acts(unit) or self.names & unit.binds
        return {CALLBACKS} if self.names and touched else set()

    def learn(
        self, unit: Unit, kinds: Mapping[str, str], known: Defined, owned: Owned,
        fixed: Iterable[str],
    ) -> set[str]:  # fmt: skip
        """Note what a statement hands out, after it was run; return what that changes later."""
        for name, own in unit.bodies.items():
            self._inside[name] = frozenset(
                one for body in own for step in body.steps for one in step.lends
                if one.name not in body.own
            )  # fmt: skip
            self._assigned[name] = frozenset().union(*map(_around, own))
        handed = set(unit.lends)
        for name in closure(unit.calls, known.frees) & self._inside.keys():
            handed |= self._inside[name]
        found = _beside(unit, known, fixed)
        for one in handed:
            found |= self._changed_by(one, kinds, known, owned)
        found = {
            name for name in found if name and (kinds.get(name) != FIXED or name in known.holding)
        }
        self.names |= found
        return found | {CALLBACKS} if found else found

    def _changed_by(
        self, one: Lending, kinds: Mapping[str, str], known: Defined, owned: Owned
    ) -> set[str]:
        """Return what may be changed later by what was handed out once."""
        if one.manner == GIVEN and one.receiver in known.bodies:
            return set()  # one of the notebook's own, of which it is told what it does
        if kinds.get(one.receiver) in (ATOM, DATA, MANY):
            return set()  # tables and arrays call at once what they are given
        if not one.name:
            return {one.attr}
        around = set(known.mutators.get(one.name, ())) - {one.name}
        if one.name in known.bodies:
            return around | self._assigned.get(one.name, frozenset())
        into_library = one.manner in (SET, PLACED) and kinds.get(one.receiver) == FIXED
        made = known.made.get(one.name, frozenset())
        if one.attr:
            return owned.by_method(one.name, one.attr) if made else set()
        if not into_library:
            return set()
        if one.name in known.frees:
            return around
        if made:
            return {one.name}.union(*(known.mutators.get(name, ()) for name in made)) - made
        loose = kinds.get(one.name) not in (ATOM, DATA, FIXED)
        return {one.name} if loose and one.manner == PLACED else set()


def _acts(unit: Unit) -> bool:
    defines = bool(unit.frees) and not unit.wraps and not unit.calls
    return bool(unit.reads - PSEUDO or unit.imports or unit.calls) and not defines


def _beside(unit: Unit, known: Defined, fixed: Iterable[str]) -> set[str]:
    """Return what is kept beside a function that changes it: ``Thread(target=f, args=(x,))``."""
    kept = [one for one in unit.lends if one.manner == KEPT]
    changing = {
        one.receiver
        for one in kept
        if one.name in known.bodies and _changes_given(known, one.name, fixed)
    }
    return {one.name for one in kept if one.receiver in changing and one.name not in known.frees}


def _changes_given(known: Defined, name: str, fixed: Iterable[str]) -> bool:
    body = known.bodies[name]
    effect = effect_of(body, known.bodies, fixed)
    return effect is not None and bool(effect.changed & body.parameters)


def _around(body: Body) -> frozenset[str]:
    """Return names around a function that it binds anew: ``global n``."""
    return frozenset(name for step in body.steps
                     for name in step.sure | step.mutates) - body.own  # fmt: skip
