"""Which statements made a value: forwards what each may have changed, backwards what it needed.

The walk errs on the side of keeping a statement. A call may change its receiver and what it is
given, and with them everything that shares state; only what was seen (types of values, content
before and after a cell) makes it certain that nothing happened.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from jupyter_mvt.capture.slices.aliases import Aliases
from jupyter_mvt.capture.slices.calm import Stretch, stretches
from jupyter_mvt.capture.slices.defined import Defined, given_attributes
from jupyter_mvt.capture.slices.effects import closure, handed
from jupyter_mvt.capture.slices.harmless import ANYTHING, MODULES, PSEUDO, SETTINGS
from jupyter_mvt.capture.slices.lent import Lent
from jupyter_mvt.capture.slices.owned import Owned
from jupyter_mvt.capture.slices.ownstate import own_names, through_modules, with_reloads
from jupyter_mvt.capture.slices.renewal import renew, unfitted
from jupyter_mvt.capture.slices.runs import ATOM, DATA, FIXED, MANY, STATEFUL, Run, Step
from jupyter_mvt.capture.slices.syntax import Unit
from jupyter_mvt.capture.slices.unnamed import with_classes

__all__ = ["made_by", "spans"]

_LIBRARIES = frozenset({"__builtins__", "__import__", "builtins", "environ"})
"""Names by which libraries are reached that no cell may have bound to a module."""
_BUILTINS = frozenset(dir(builtins)) | {"display", "get_ipython"}


def made_by(
    runs: Sequence[Run], names: Iterable[str], kinds: Mapping[str, str] | None = None
) -> dict[int, tuple[Unit, ...]]:
    """Return, by position of the run, the statements that the values of `names` depend on.

    Parameters
    ----------
    runs
        In order.
    names
        What was made.
    kinds
        Kinds of the values that names had before the first run.
    """
    runs = with_reloads(with_classes(runs))
    steps, frees = _forwards(runs, dict(kinds or {}))
    needed = closure(names, frees)
    bound = [run.rebound.union(*(step.unit.binds for step in own))
             for run, own in zip(runs, steps, strict=True)]  # fmt: skip
    calm = stretches([(run.before, run.after) for run in runs], bound)
    for i, run in enumerate(runs):
        for name in run.unchanged - bound[i]:
            calm[i].setdefault(name, Stretch(name, i, i))
        calm[i].update({unfitted(name): replace(one, name=unfitted(name))
                        for name, one in calm[i].items()})  # fmt: skip
    doubtful: set[Stretch] = set()
    while True:
        kept, passed = _walk(runs, steps, needed, calm, doubtful)
        found = _doubts(kept, passed, calm)
        if not found:
            return {i: tuple(step.unit for step in kept[i]) for i in sorted(kept)}
        doubtful |= found


def spans(units: Iterable[Unit]) -> tuple[tuple[int, int], ...]:
    """Return first and last lines of statements, neighbours joined."""
    found: list[tuple[int, int]] = []
    for unit in units:
        if found and unit.first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(unit.last, found[-1][1]))
        else:
            found.append((unit.first, unit.last))
    return tuple(found)


def _walk(
    runs: Sequence[Run],
    steps: Sequence[list[Step]],
    needed: set[str],
    calm: Sequence[Mapping[str, Stretch]],
    doubtful: set[Stretch],
) -> tuple[dict[int, list[Step]], set[Stretch]]:
    """Return the steps that are kept of each run, and the stretches that were passed over."""
    kept: dict[int, list[Step]] = {}
    passed: set[Stretch] = set()
    for i in range(len(runs) - 1, -1, -1):
        over = {calm[i][name] for name in needed & calm[i].keys()} - doubtful
        passed |= over
        # What is needed after the run and was the same before it passes by.
        carried = {stretch.name for stretch in over}
        own, inside = _backwards(runs[i], steps[i], needed - carried)
        needed = inside | carried
        if own:
            kept[i] = own
    return kept, passed


def _doubts(
    kept: Mapping[int, list[Step]],
    passed: set[Stretch],
    calm: Sequence[Mapping[str, Stretch]],
) -> set[Stretch]:
    """Return stretches that do not hold: a kept step may write to it, and its undoing be lost.

    Of a stretch of several runs it is not known what it was within: a step may have read that.
    """
    found = set()
    for i, own in kept.items():
        for step in own:
            for name in (step.written | step.reads) & calm[i].keys():
                stretch = calm[i][name]
                if name in step.written or stretch.first < stretch.last:
                    found.add(stretch)
    return found & passed


def _backwards(run: Run, steps: list[Step], inside: set[str]) -> tuple[list[Step], set[str]]:
    """Return the steps of a run that `inside` depends on, and what is needed before it."""
    seen = inside & (run.touched | run.changed)
    explained = set().union(*(step.written for step in steps)) if steps else set()
    forced = bool(seen - explained)
    kept: list[Step] = []
    draws = False
    for step in reversed(steps):
        drawn = run.drew and step.unit.draws
        if not (forced or step.written & inside or (draws and drawn)):
            continue
        kept.append(step)
        draws = draws or drawn
        if step.sure:
            inside = inside - step.kills
        inside = inside | step.reads
    return kept[::-1], inside


def _forwards(
    runs: Sequence[Run], kinds: dict[str, str]
) -> tuple[list[list[Step]], Mapping[str, frozenset[str]]]:
    aliases, owned, known = Aliases(), Owned(), Defined(given_attributes(runs))
    restless, opened, lent = set[str](), set[str](), Lent()
    # Only where somebody walks back over a graph does it matter what was computed from what.
    walked = any(attr == "backward" for run in runs for unit in run.units for _, attr in unit.attrs)
    found = []
    for run in runs:
        units = list(_executed(run))
        now = _kinds_within(run, units, kinds)
        behind_syntax = own_names(run, units, now)
        now |= behind_syntax
        opened |= behind_syntax.keys()
        steps = []
        for unit in units:
            before = dict(known.frees)
            known.define(unit)
            fixed = [name for name, kind in now.items()
                     if kind in (ATOM, FIXED) and name not in known.holding]  # fmt: skip
            calls = [handed(one, known.bodies, fixed) for one in unit.handings]
            given = {name for names, _ in calls for name in names}
            behind, forced = owned.changed(unit, known.holding, known.frees)
            lost, losing = owned.dropped(unit, aliases)
            there = kinds.keys() | run.rebound | aliases.names | unit.binds
            changed = _there(_changed(unit, given | behind, now, known), there) | forced
            changed |= _set_behind(unit, now, known)
            theirs, needed, kept = through_modules(unit, now, {**known.made, **before}, aliases)
            needed |= aliases.reach(unit.reads) & known.given_more & known.frees.keys()
            needed |= lent.needed(unit)
            changed |= theirs | _drawn_through(unit, aliases, now, restless) | lent.changed(unit)
            links = kept.union(owned.given_back(unit), *(pairs for _, pairs in calls))
            _link(unit, aliases, now, known, links=links, graphs=walked)
            aliases.keep(
                pair for pair in unit.keeps if not {kinds.get(n) for n in pair} & {ATOM, FIXED}
            )
            written = aliases.reach(changed | lost) | lost | unit.binds
            sure = _is_sure(run, unit)
            # A name is read as it was before the statement, and as functions in it see it.
            reads = closure(unit.reads, {**known.made, **before})
            reads |= closure(unit.reads - unit.binds, known.refers) | losing | needed
            if ANYTHING in written:
                written |= aliases.names | PSEUDO
            if ANYTHING in reads:
                reads |= aliases.names | {MODULES}
            alone = _fits_alone(unit, {**known.made, **before}, known.refers)
            steps.append(Step(unit, frozenset(written), frozenset(reads), sure, unit.kills, alone))
            known.follow(unit, now, fixed, sure=sure, classes=owned.classes)
            owned.learn(unit, known.bodies, fixed)
            steps[-1].written |= lent.learn(unit, now, known, owned, fixed)
            restless = restless - unit.kills | owned.restless(unit)
            restless |= unit.binds if theirs & opened else set()
        _explain(run, steps)
        for name in run.rebound:
            kinds[name] = behind_syntax.get(name, run.kinds.get(name, ""))
        aliases.join((name, MODULES) for name in run.rebound
                     if behind_syntax and kinds[name] not in (ATOM, FIXED))  # fmt: skip
        found.append(steps)
    renew(runs, found)
    return found, known.refers


def _there(names: Iterable[str], bound: Collection[str]) -> set[str]:
    """Return those of `names` that something was ever bound to; of others nothing can be changed.

    Private names, and those of modules that imports may find, are not watched.
    """
    return {name for name in names if name in bound or name in PSEUDO or name[:1] in "_<"}


def _link(
    unit: Unit, aliases: Aliases, kinds: Mapping[str, str], known: Defined,
    *, links: set[tuple[str, str]], graphs: bool,
) -> None:  # fmt: skip
    """Note which values may share state once a statement was run; `links` are some of them."""
    aliases.bind(unit.kills)
    aliases.join((name, name) for name in unit.binds)
    copies = {pair for pair in unit.copies if kinds.get(pair[1]) == MANY}
    joined = links | copies | _joined(unit, known.holding, graphs=graphs)
    aliases.join(_shared(joined, kinds, known))


def _set_behind(unit: Unit, kinds: Mapping[str, str], known: Defined) -> set[str]:
    """Return what is set by functions that a statement calls, and `SETTINGS` if a library is."""
    found: set[str] = set()
    if unit.calls or unit.mutates or unit.passes or unit.handings:
        called = closure(unit.reads, known.frees) & known.setters.keys()
        found = found.union(*(known.setters[name] for name in called))
    theirs = any(name in _LIBRARIES or (kinds.get(name) == FIXED and name not in known.frees)
                 for name in found | unit.assigned)  # fmt: skip
    return found | {SETTINGS} if theirs else found


def _fits_alone(unit: Unit, *refers: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether nothing that a fit is given asks for the model itself."""
    others = unit.reads - {unit.refits}
    return bool(unit.refits) and ANYTHING not in others and not any(
        unit.refits in closure(others, book) for book in refers
    )  # fmt: skip


def _joined(unit: Unit, holding: set[str], *, graphs: bool) -> set[tuple[str, str]]:
    """Return pairs that a statement lets share state, by its text alone."""
    pairs = {*unit.shares, *(unit.graphs if graphs else ())}
    return pairs | {(name, one.function) for one in unit.handings if one.function in holding
                    for name in one.targets}  # fmt: skip


def _drawn_through(
    unit: Unit, aliases: Aliases, kinds: Mapping[str, str], restless: Iterable[str]
) -> set[str]:
    """Return what is changed through what holds it: generators in ``KFold(random_state=r)``."""
    moving = {name for name, kind in kinds.items() if kind == STATEFUL}.union(restless)
    looked = (name for name in unit.reads if kinds.get(name) not in (ATOM, FIXED, DATA))
    return moving & aliases.reach(looked) if moving else set()


def _executed(run: Run) -> Iterable[Unit]:
    if run.ok or run.failed_at == 0:
        return run.units
    return (unit for unit in run.units if unit.first <= run.failed_at)


def _is_sure(run: Run, unit: Unit) -> bool:
    return run.ok or 0 < unit.last < run.failed_at


def _kinds_within(run: Run, units: list[Unit], before: Mapping[str, str]) -> dict[str, str]:
    """Return kinds that hold all through a run."""
    times = Counter(name for unit in units for name in (*unit.binds, *unit.again))
    again = frozenset().union(*(unit.again for unit in units))
    # What ends as it began, or is gone, may have been something else in between.
    kinds = {name: kind for name, kind in before.items()
             if name not in run.rebound and times[name] < 2}  # fmt: skip
    for name in run.rebound & run.kinds.keys():
        after = run.kinds[name]
        if before.get(name, after if times[name] < 2 else "") == after and name not in again:
            kinds[name] = after
    return kinds


def _changed(
    unit: Unit,
    given: Iterable[str],
    kinds: Mapping[str, str],
    known: Defined,
) -> set[str]:
    """Return names whose values the statement itself may change in place."""
    called = {
        name for name in unit.calls - known.frees.keys() - _BUILTINS if kinds.get(name) != FIXED
    }
    changed = {*unit.mutates, *unit.passes, *given, *called}
    for name in closure(unit.reads, known.frees) & known.mutators.keys():
        changed |= known.mutators[name]
    changed |= closure(unit.wraps & known.frees.keys(), known.frees)
    changed |= {name for name in unit.reads if kinds.get(name) == STATEFUL}
    surely = unit.mutates & known.holding
    return set(surely) | {
        name
        for name in changed
        if name in unit.sets or kinds.get(name) not in (ATOM, FIXED)
        if name in unit.sets or name not in unit.imports
        if name in kinds or name not in _BUILTINS
    }


def _shared(
    pairs: Iterable[tuple[str, str]],
    kinds: Mapping[str, str],
    known: Defined,
) -> Iterable[tuple[str, str]]:
    """Yield pairs that may share state from now on; functions stand for what they refer to."""
    for one, other in pairs:
        if _has_no_state(one, kinds):
            continue
        # A class that was given an attribute holds it.
        kind = "" if one in known.holding else kinds.get(one)
        for name in closure([other], known.frees) if other in known.frees else (other,):
            pair = {kind, kinds.get(name)}
            apart = bool(pair & {ATOM, FIXED}) or pair == {DATA, STATEFUL} or name in known.frees
            # What a function only goes by is no part of what it is.
            apart = apart or _has_no_state(name, kinds) or (name in PSEUDO and name != other)
            if not apart:
                yield one, name
        for name in known.mutators.get(other, ()):
            fixed = kinds.get(name) in (ATOM, FIXED) and name not in known.holding
            if not (fixed or _has_no_state(name, kinds)):
                yield one, name


def _has_no_state(name: str, kinds: Mapping[str, str]) -> bool:
    """Tell whether a name is a builtin that nobody has bound to something else."""
    return name in _BUILTINS and name not in kinds


def _explain(run: Run, steps: list[Step]) -> None:
    """Blame what was rebound behind the syntax on every statement that may have done it."""
    bound = frozenset().union(*(step.unit.binds for step in steps)) if steps else frozenset()
    behind = run.rebound - bound
    if not behind:
        return
    may = [step for step in steps if step.unit.calls or step.unit.mutates or step.unit.passes
           or step.unit.foreign or step.unit.draws or "*" in step.unit.binds]  # fmt: skip
    for step in may or steps:
        step.written |= behind
