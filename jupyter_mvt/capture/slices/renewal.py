"""The walk's view of fits that start afresh: a model as it is apart from what it has learnt.

Such a fit needs the model's parameters only, so that an earlier fit, which changes only what is
learnt, need not be run before it. A name stands for both; `unfitted` for the parameters alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jupyter_mvt.capture.slices.runs import Run, Step

__all__ = ["renew", "unfitted"]


def unfitted(name: str) -> str:
    """Return what the parameters of a model are called."""
    return f"<unfitted {name}>"


def renew(runs: Sequence[Run], steps: Sequence[Sequence[Step]]) -> None:
    """Let fits that start afresh need, and change, no more than they do."""
    fits = {id(step) for run, own in zip(runs, steps, strict=True) for step in _renewals(run, own)}
    names = {step.unit.refits for own in steps for step in own if id(step) in fits}
    for step in (step for own in steps for step in own):
        fitted = step.unit.refits if id(step) in fits else ""
        step.written |= {unfitted(name) for name in (names & step.written) - {fitted}}
        step.kills |= {unfitted(name) for name in names & step.kills}
        if fitted:
            step.kills |= {fitted}
            step.reads = step.reads - {fitted} | {unfitted(fitted)}


def _renewals(run: Run, steps: Sequence[Step]) -> Iterator[Step]:
    """Yield the fits of a run that start afresh, as far as it was seen of their models."""
    for name in run.afresh if run.ok else ():
        fits = [step for step in steps if step.unit.refits == name]
        others = [step for step in steps if name in step.written and step.unit.refits != name]
        # The model was looked at when the run had ended: nothing else may have changed it
        # since it was fitted, but the one statement before that has made it.
        made = [step for step in others if name in step.kills]
        if not fits or len(made) < len(others) or len(made) > 1:
            continue
        if made and steps.index(made[0]) > steps.index(fits[0]):
            continue
        if all(step.refits for step in fits) and (made or name not in run.rebound):
            yield from fits
