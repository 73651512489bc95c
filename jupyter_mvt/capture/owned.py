"""What methods of the notebook's own classes do, whatever such a name means elsewhere.

``predict`` and ``get`` are known to change nothing; a class of the notebook may count its calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jupyter_mvt.capture.effects import Body, effect_of, worst_of

if TYPE_CHECKING:
    from jupyter_mvt.capture.syntax import Unit

__all__ = ["Owned"]

_BUILDERS = frozenset({"__init__", "__new__", "__post_init__"})
_NAMED = frozenset({"__call__", "__init_subclass__", "__set_name__"})
"""Special methods that are not called where nobody names the object."""


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
        for name, own in unit.bodies.items():
            for body in own:
                if body.name == name:
                    self._functions[name] = _method(body, bodies, fixed, owned=False)
                    continue
                self._classes.add(name)
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

    def changed(self, unit: Unit) -> tuple[set[str], set[str]]:
        """Return names that a statement may change through them; then those it changes anyway."""
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
        for function, name in unit.spared:
            method = (self._methods.get(function) or self._builders.get(function)
                      or self._functions.get(function))  # fmt: skip
            if method is not None and method.given:
                changed.add(name)
        called += [self._builders[name] for name in unit.calls & self._builders.keys()]
        forced |= {name for method in called for name in method.forced}
        return changed.union(*(method.around for method in called)), forced

    def given_back(self, unit: Unit) -> set[tuple[str, str]]:
        """Return pairs of names that a statement binds, and what may be in the answers of them.

        ``get_score(x)`` gives back nothing of ``x``, unless the notebook has its own.
        """
        held = {name for name, attr in unit.attrs if attr in self._methods}
        own = self._methods.keys() | self._functions.keys()
        held |= {name for function, name in unit.spared if function in own}
        return {(bound, name) for bound in unit.binds for name in held}

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
