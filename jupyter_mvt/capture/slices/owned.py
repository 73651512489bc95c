"""What methods of the notebook's own classes do, whatever such a name means elsewhere.

``predict`` and ``get`` are known to change nothing; a class of the notebook may count its calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jupyter_mvt.capture.slices.aliases import Aliases
from jupyter_mvt.capture.slices.effects import SUBCLASSED, Body, closure, effect_of, worst_of
from jupyter_mvt.capture.slices.harmless import ANYTHING, FILES

if TYPE_CHECKING:
    from jupyter_mvt.capture.slices.syntax import Unit

__all__ = ["Owned"]

_BUILDERS = frozenset({"__init__", "__new__", "__post_init__"})
_CALLED, _DROPPED, _NAMED_IN = "__call__", "__del__", "__set_name__"
_NAMED = frozenset({_CALLED, _DROPPED, _NAMED_IN, SUBCLASSED})
"""Special methods that are not called where an object is merely looked at."""
_WEAK = frozenset({"finalize", "weakref"})
_TOLD = "<told>"
"""Stands for all that is called when an object is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Method:
    """What a method of that name may change.

    Attributes
    ----------
    owner, given
        Whether it changes its object, and what it is given.
    around
        Names around its class that it changes.
    forced
        Of these the ones that are changed even if they are classes or modules.
    attrs
        Attributes that it asks for.
    """

    owner: bool = False
    given: bool = False
    around: frozenset[str] = frozenset()
    forced: frozenset[str] = frozenset()
    attrs: frozenset[str] = frozenset()

    def __or__(self, other: _Method) -> _Method:
        return _Method(
            owner=self.owner or other.owner,
            given=self.given or other.given,
            around=self.around | other.around,
            forced=self.forced | other.forced,
            attrs=self.attrs | other.attrs,
        )


@dataclass(slots=True)
class Owned:
    """The classes of the cells walked over so far."""

    _methods: dict[str, _Method] = field(default_factory=dict)
    _builders: dict[str, _Method] = field(default_factory=dict)
    _functions: dict[str, _Method] = field(default_factory=dict)
    _classes: set[str] = field(default_factory=set)
    _restless: set[str] = field(default_factory=set)
    _above: dict[str, frozenset[str]] = field(default_factory=dict)
    _told: bool = False

    @property
    def classes(self) -> frozenset[str]:
        """Names of the classes."""
        return frozenset(self._classes)

    def learn(self, unit: Unit, bodies: Mapping[str, Body], fixed: Iterable[str]) -> None:
        """Note the classes that a statement defines.

        Parameters
        ----------
        bodies, fixed
            See `effects.effect_of`.
        """
        found = False
        self._told = self._told or bool(unit.imports & _WEAK)
        for name, above in unit.derives:
            self._above[name] = self._above.get(name, frozenset()) | {above}
        for name, own in unit.bodies.items():
            for body in own:
                self._told = self._told or body.ends
                if body.name == name:
                    self._functions[name] = _method(body, bodies, fixed, owned=False)
                    continue
                self._classes.add(name)
                self._told = self._told or body.name == _DROPPED
                method = _method(body, bodies, fixed)
                builds = body.name in _BUILDERS
                silent = body.name.startswith("__") and not builds and body.name not in _NAMED
                if silent and (method.owner or method.forced):
                    self._restless.add(name)
                known = self._builders if builds else self._methods
                key = name if builds else body.name
                known[key] = known.get(key, _Method()) | method
                found = True
        if found:
            self._settle()

    def changed(
        self, unit: Unit, holding: Iterable[str], frees: Mapping[str, frozenset[str]]
    ) -> tuple[set[str], set[str]]:
        """Return names that a statement may change through them; then those it changes anyway.

        Parameters
        ----------
        holding
            Classes that may hold what their objects change.
        frees
            Function or class → names that it refers to.
        """
        called: list[_Method] = []
        changed: set[str] = set()
        forced: set[str] = set()
        for name, attr in unit.attrs:
            method = self._methods.get(attr)
            if method is not None:
                called.append(method)
                if method.owner:
                    changed.add(name)
                    forced |= {name} & self._classes
        if SUBCLASSED in self._methods:
            # An alias of a class is told of it, too.
            forced |= self._family(self._subclassed(unit, frees))
        for function, name in unit.spared:
            method = (self._methods.get(function) or self._builders.get(function)
                      or self._functions.get(function))  # fmt: skip
            if method is not None and (method.given or self._told):
                changed.add(name)
        above = self._family(name for _, name in unit.derives)
        called += self._made_by(unit, above)
        for name, method in self._asked_by(unit, frees):
            called.append(method)
            changed |= frees.get(name, frozenset()) if method.owner else frozenset()
        makers = (unit.calls | above) & self._builders.keys() & set(holding)
        forced |= {name for name in makers if self._builders[name].owner}
        around = changed.union(*(method.around for method in called))
        forced |= {name for method in called for name in method.forced}
        return around, forced | (around & self._classes & set(holding))

    def _subclassed(self, unit: Unit, frees: Mapping[str, frozenset[str]]) -> set[str]:
        """Return bases of classes that a statement, or a function that it calls, defines."""
        found = {name for name, attr in unit.attrs if attr == SUBCLASSED}
        for name in closure(unit.calls, frees) & self._functions.keys():
            found |= (
                frees.get(name, frozenset()) if SUBCLASSED in self._functions[name].attrs else set()
            )
        return found

    def _asked_by(
        self, unit: Unit, frees: Mapping[str, frozenset[str]]
    ) -> Iterator[tuple[str, _Method]]:
        """Yield functions that a statement calls, with the methods that they ask for."""
        for name in closure(unit.calls, frees) & self._functions.keys():
            for attr in self._functions[name].attrs & self._methods.keys():
                yield name, self._methods[attr]

    def _made_by(self, unit: Unit, above: set[str]) -> list[_Method]:
        """Return methods that are called where objects, and classes, are made."""
        called = [self._builders[name] for name in (unit.calls | above) & self._builders.keys()]
        if unit.bodies and _NAMED_IN in self._methods:
            called.append(replace(self._methods[_NAMED_IN], around=unit.reads))
        metaclasses = any("type" in self._above.get(name, ()) for name in self._family(unit.calls))
        if metaclasses and _CALLED in self._methods:
            called.append(self._methods[_CALLED])
        return called

    def _family(self, names: Iterable[str]) -> set[str]:
        """Return classes and all that they derive from."""
        return closure(names, self._above)

    def dropped(self, unit: Unit, aliases: Aliases) -> tuple[set[str], set[str]]:
        """Return what a statement may change by letting go of values; then what it needs for that.

        Objects are told of it by ``__del__``, and files are written to their end.
        """
        lost = set(unit.binds)
        if not self._told:
            return ({FILES}, lost) if lost and FILES in aliases.reach(lost) else (set(), set())
        if ("gc", "collect") in unit.attrs:
            return {ANYTHING}, set()
        lost |= (
            unit.mutates | unit.passes | {name for one in unit.handings for _, name in one.given}
        )
        method = self._methods.get(_DROPPED, _Method())
        near = aliases.reach(lost)
        told = {_TOLD} if (unit.reads | unit.calls) & _WEAK else set()
        return near | method.around | method.forced | told, near | {_TOLD}

    def given_back(self, unit: Unit) -> set[tuple[str, str]]:
        """Return pairs of names that a statement binds, and what may be in the answers of them.

        ``get_score(x)`` gives back nothing of ``x``, unless the notebook has its own.
        """
        held = {name for name, attr in unit.attrs if attr in self._methods}
        own = self._methods.keys() | self._functions.keys()
        held |= {name for function, name in unit.spared if function in own}
        # What the notebook's own `fit` is given it may keep, and change later.
        asked = {name for name, attr in unit.attrs if attr in self._methods}
        kept = {pair for pair in unit.keeps if pair[0] in asked}
        return kept | {(bound, name) for bound in unit.binds for name in held}

    def by_method(self, name: str, attr: str) -> set[str]:
        """Return what a method of an object changes, the object's own name among it."""
        method = self._methods.get(attr, _Method())
        return ({name} if method.owner else set()) | method.around

    def restless(self, unit: Unit) -> set[str]:
        """Return names that a statement binds to what changes when it is merely looked at."""
        return set(unit.binds) if unit.calls & self._restless else set()

    def _settle(self) -> None:
        """Let a method that asks for another one do what that one does."""
        changed = True
        while changed:
            changed = False
            for name, method in self._methods.items():
                more = method
                for attr in method.attrs & self._methods.keys():
                    other = self._methods[attr]
                    more = replace(more | other, attrs=method.attrs)
                if more != method:
                    self._methods[name] = more
                    changed = True


def _method(
    body: Body, bodies: Mapping[str, Body], fixed: Iterable[str], *, owned: bool = True
) -> _Method:
    effect = effect_of(body, bodies, fixed)
    changed = worst_of(body) | body.parameters if effect is None else effect.changed
    owner = {body.slots["0"]} if owned and "0" in body.slots else set()
    return _Method(
        owner=bool(changed & owner),
        given=bool((changed & body.parameters) - owner),
        around=frozenset(changed - body.parameters),
        forced=frozenset(name for step in body.steps for name in step.sets) - body.own,
        attrs=frozenset(attr for step in body.steps for attr in step.attrs),
    )
