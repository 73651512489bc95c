"""Classes that are reached by an object of theirs, and not by name: ``type(p).seen = a``.

Which class that is cannot be told; each class of the notebook counts as reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from jupyter_mvt.capture.slices.effects import Body, Facts, Handing
from jupyter_mvt.capture.slices.harmless import CLASSES
from jupyter_mvt.capture.slices.runs import FIXED, Run
from jupyter_mvt.capture.slices.syntax import Unit

__all__ = ["with_classes"]

_Pairs = frozenset[tuple[str, str]]


def with_classes(runs: Sequence[Run]) -> Sequence[Run]:
    """Return runs of which statements name all classes that they may reach."""
    if not any(_reaches(unit) for run in runs for unit in run.units):
        return runs
    classes: frozenset[str] = frozenset().union(*map(_defined, runs))
    return [replace(run, units=tuple(_unit(unit, classes) if _reaches(unit) else unit
                                     for unit in run.units)) for run in runs]  # fmt: skip


def _defined(run: Run) -> frozenset[str]:
    """Return names of classes that a run has bound, and of functions where that is not known."""
    found: set[str] = set()
    for unit in run.units:
        functions = {name for name, own in unit.bodies.items()
                     if len(own) == 1 and own[0].name == name}  # fmt: skip
        found |= unit.bodies.keys() - functions
        found |= {name for name in unit.binds - unit.imports - functions
                  if run.kinds.get(name) == FIXED}  # fmt: skip
    return frozenset(found)


def _reaches(unit: Unit) -> bool:
    pairs = unit.shares | unit.keeps | unit.attrs | unit.copies
    return (
        CLASSES in unit.reads | unit.mutates | unit.passes
        or any(CLASSES in pair for pair in pairs)
        or any(map(_hands, unit.handings))
        or any(_has(step) for own in unit.bodies.values() for body in own for step in body.steps)
    )


def _has(step: Facts) -> bool:
    return CLASSES in step.reads | step.mutates | step.returns or (
        any(CLASSES in pair for pair in step.shares) or any(map(_hands, step.handings))
    )


def _hands(handing: Handing) -> bool:
    return any(name == CLASSES for _, name in handing.given)


def _unit(unit: Unit, classes: frozenset[str]) -> Unit:
    return replace(
        unit,
        reads=_names(unit.reads, classes),
        mutates=_names(unit.mutates, classes),
        passes=_names(unit.passes, classes),
        sets=_names(unit.sets, classes),
        assigned=_names(unit.assigned, classes),
        shares=_pairs(unit.shares, classes),
        keeps=_pairs(unit.keeps, classes),
        copies=_pairs(unit.copies, classes),
        attrs=_pairs(unit.attrs, classes),
        handings=_handings(unit.handings, classes),
        bodies={name: tuple(_body(body, classes) for body in own)
                for name, own in unit.bodies.items()},
    )  # fmt: skip


def _body(body: Body, classes: frozenset[str]) -> Body:
    around = classes - body.own
    return replace(body, steps=tuple(_facts(step, around) for step in body.steps))


def _facts(step: Facts, classes: frozenset[str]) -> Facts:
    return replace(
        step,
        reads=_names(step.reads, classes),
        mutates=_names(step.mutates, classes),
        sets=_names(step.sets, classes),
        assigned=_names(step.assigned, classes),
        shares=_pairs(step.shares, classes),
        returns=_names(step.returns, classes),
        handings=_handings(step.handings, classes),
    )


def _names(names: frozenset[str], classes: frozenset[str]) -> frozenset[str]:
    return names - {CLASSES} | classes if CLASSES in names else names


def _pairs(pairs: _Pairs, classes: frozenset[str]) -> _Pairs:
    def stood(name: str) -> Iterable[str]:
        return classes if name == CLASSES else (name,)

    return frozenset((a, b) for one, other in pairs for a in stood(one) for b in stood(other))


def _handings(handings: frozenset[Handing], classes: frozenset[str]) -> frozenset[Handing]:
    return frozenset(
        replace(one, given=frozenset((slot, name) for slot, given in one.given
                                     for name in _names(frozenset({given}), classes)))
        for one in handings
    )  # fmt: skip
