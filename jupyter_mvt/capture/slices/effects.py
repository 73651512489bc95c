"""What a call of a function written in the notebook may change, keep or give back.

Its body is walked as a cell is: statement by statement, with the names that share state. What a
body leaves open (a function that is given to it, recursion) counts as the worst.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mvt.capture.slices.aliases import Aliases
from jupyter_mvt.capture.slices.harmless import ANYTHING
from jupyter_mvt.capture.slices.lending import Lending

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "SUBCLASSED",
    "Body",
    "Effect",
    "Facts",
    "Handing",
    "closure",
    "effect_of",
    "handed",
    "worst_of",
]

SUBCLASSED = "__init_subclass__"
"""The method that a class statement calls of its bases."""

_RETURN = "<return>"
_DEEPEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """A call of a plain name: what is given to it, and which names its answer is bound to.

    Attributes
    ----------
    given
        ``(slot, name)``: slots are positions, keywords, or ``"*"`` when they cannot be told.
    """

    function: str
    given: frozenset[tuple[str, str]] = frozenset()
    targets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The names of one statement of a function; see `names.names_in` and `syntax.CellSyntax`.

    Attributes
    ----------
    mutates, shares
        Those it hands over, and those it only keeps, included.
    returns
        Names whose state it may give back.
    attrs
        Attributes that are asked for.
    lends
        What it hands out.
    """

    reads: frozenset[str] = frozenset()
    sure: frozenset[str] = frozenset()
    mutates: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
    shares: frozenset[tuple[str, str]] = frozenset()
    returns: frozenset[str] = frozenset()
    handings: frozenset[Handing] = frozenset()
    frees: Mapping[str, frozenset[str]] = field(default_factory=dict)
    attrs: frozenset[str] = frozenset()
    lends: frozenset[Lending] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A function's statements, with the names of each.

    Attributes
    ----------
    name
        Its own.
    slots
        Slot of a call → parameter.
    rest
        Parameters that take what has no slot of its own: ``*args``, ``**options``.
    steps
        Names of each statement.
    own
        Local names, parameters included.
    given
        Parameter → names that its default may be, or hold.
    lazy
        Whether a call of it only begins: generators, coroutines.
    ends
        Whether what a call has begun does something when it is let go.
    """

    name: str
    slots: Mapping[str, str]
    rest: tuple[str, ...]
    steps: tuple[Facts, ...]
    own: frozenset[str]
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lazy: bool = False
    ends: bool = False

    @property
    def parameters(self) -> frozenset[str]:
        """Names of all parameters."""
        return frozenset(self.slots.values()) | frozenset(self.rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a call does to what it is given.

    Attributes
    ----------
    changed
        Parameters that it may change, and names around it.
    shared
        Pairs of parameters, names around it and ``<return>`` that may share state afterwards.
    """

    changed: frozenset[str] = frozenset()
    shared: frozenset[tuple[str, str]] = field(default_factory=frozenset)


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


def effect_of(
    body: Body, bodies: Mapping[str, Body], fixed: Iterable[str], depth: int = 0
) -> Effect | None:
    """Return the effect of a function, ``None`` when it cannot be told.

    Parameters
    ----------
    body
        The function.
    bodies
        Functions around it that it may call.
    fixed
        Names around it whose values are never changed: modules, functions, numbers.
    """
    if depth > _DEEPEST:
        return None
    fixed = frozenset(fixed) - body.own
    around = {name: other for name, other in bodies.items() if name not in body.own}
    aliases = Aliases()
    # A parameter may be rebound; what was given stays known by a name of its own.
    aliases.join((name, f"<{name}>") for name in body.parameters)
    changed: set[str] = set()
    for step in body.steps:
        mutated = set(step.mutates - (fixed - step.sets))
        pairs = set(step.shares)
        # A function within it stands for all that it refers to.
        pairs |= {(name, free) for name, frees in step.frees.items() for free in frees}
        for handing in step.handings:
            more, joined = handed(handing, around, fixed, depth + 1)
            mutated |= more - fixed
            pairs |= joined
        if ANYTHING in mutated:
            return None
        aliases.bind(step.sure - step.reads)
        aliases.join(pair for pair in pairs if not fixed & set(pair))
        aliases.join((_RETURN, name) for name in step.returns - fixed)
        changed |= aliases.reach(mutated)
    return Effect(changed=_outside(changed, body), shared=frozenset(_ties(aliases, body)))


def worst_of(body: Body) -> frozenset[str]:
    """Return the names around a function that it may change, where no more can be told."""
    given = {name for step in body.steps for handing in step.handings for _, name in handing.given}
    changed = {name for step in body.steps for name in step.mutates}
    return frozenset((changed | given) - body.own)


def _outside(names: Iterable[str], body: Body) -> frozenset[str]:
    """Return names as a caller knows them: parameters by name, no local ones."""
    given = {f"<{name}>": name for name in body.parameters}
    return frozenset(given.get(name, name) for name in names if name not in body.own)


def _ties(aliases: Aliases, body: Body) -> Iterator[tuple[str, str]]:
    given = {f"<{name}>" for name in body.parameters}
    seen = sorted((aliases.names | {_RETURN}) - body.own)
    for name in seen:
        if name in given or name == _RETURN:
            for other in _outside(aliases.reach([name]), body) - {name}:
                yield name.strip("<>") if name in given else name, other


def handed(
    handing: Handing, bodies: Mapping[str, Body], fixed: Iterable[str], depth: int = 0
) -> tuple[set[str], set[tuple[str, str]]]:
    """Return the names that a call may change, and pairs that may share state from then on."""
    names = sorted({name for _, name in handing.given})
    body = bodies.get(handing.function)
    effect = None if body is None else effect_of(body, bodies, fixed, depth)
    if body is None or effect is None:
        # Nothing is known: all that is given may be changed, and kept by one another.
        together = {*names, *handing.targets, handing.function}
        return {*names, handing.function}, {
            (names[0] if names else handing.function, n) for n in together
        }
    places: dict[str, set[str]] = {_RETURN: set(handing.targets)}
    for slot, name in handing.given:
        for parameter in _parameters(body, slot):
            places.setdefault(parameter, set()).add(name)

    def outside(one: str) -> set[str]:
        if one in places or one in body.parameters:
            return places[one] if one in places else set(body.given.get(one, ()))
        return {one}

    changed = {name for one in effect.changed for name in outside(one)}
    pairs = {(a, b) for one, other in effect.shared for a in outside(one) for b in outside(other)}
    if body.lazy:
        pairs |= {(target, name) for target in handing.targets for name in changed}
    return changed, pairs


def _parameters(body: Body, slot: str) -> tuple[str, ...]:
    if slot in body.slots:
        return (body.slots[slot],)
    return tuple(sorted(body.parameters)) if slot == "*" else body.rest
