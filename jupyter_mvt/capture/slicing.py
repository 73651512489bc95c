"""Which runs made a value: a backward walk over what cells read and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.capture.training import STEPS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from jupyter_mvt.capture.syntax import CellSyntax

__all__ = ["made_by"]


def made_by(
    runs: Sequence[tuple[CellSyntax, frozenset[str], bool]],
    names: Iterable[str],
    certain: Collection[int] = (),
) -> frozenset[int]:
    """Return the positions of the runs that the values of `names` depend on.

    Errs on the side of keeping a run: a method call may change its receiver, a function its
    arguments, and a failed run removes nothing.

    Parameters
    ----------
    runs
        For each run its syntax, the names seen to be rebound, and whether it succeeded.
    names
        What was made.
    certain
        Positions of runs that are known to have changed it.
    """
    frees: dict[str, frozenset[str]] = {}
    mutators: dict[str, frozenset[str]] = {}
    for syntax, _, _ in runs:
        frees.update(syntax.frees)
        mutators.update(dict.fromkeys(syntax.frees, syntax.mutates))
    needed = _closure(names, frees)
    kept = set()
    for i in range(len(runs) - 1, -1, -1):
        syntax, rebound, ok = runs[i]
        written = syntax.writes | syntax.passes | rebound
        if any(training.method in STEPS for training in syntax.trained):
            written |= syntax.reads  # a loop names the loss and the optimizer, not the model
        for name in syntax.calls & mutators.keys():
            written |= mutators[name]
        if not written & needed and i not in certain:
            continue
        kept.add(i)
        if ok:
            needed -= syntax.kills
        needed |= _closure(syntax.reads, frees)
    return frozenset(kept)


def _closure(names: Iterable[str], frees: Mapping[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(frees.get(name, ()))
    return found
