"""Are the slices of a repository sound? Each is run again, and its weights are compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import jupyter_mvt as mvt
from jupyter_mvt.api.reproduce import Reproduction, carried_out, plan_of
from jupyter_mvt.api.version import Version
from jupyter_mvt.capture.rerun.plan import Outcome, Piece, Plan
from jupyter_mvt.errors import MvtError


@dataclass
class Slice:
    """One version's slice: ``sound``, ``unsound``, ``chance`` (the whole notebook differs too)."""

    version: str
    verdict: str
    cells: int
    all_cells: int
    why: str = ""
    lines: int = 0
    all_lines: int = 0


def check(folder: Path, name: str, timeout: float) -> Slice:
    """Reproduce one version; if it differs, find out whether all cells together agree."""
    repo = mvt.open(folder)
    version = repo[name]
    try:
        found = repo.reproduce(name, trust=True, folder=folder, timeout=timeout)
    except MvtError as error:
        return Slice(name, "unknown", 0, version.commit.content.code.n_cells, error.message)
    before = [text for cell, text in version.cells if cell.order <= _last(version)]
    size = (found.cells, len(before))
    lines = {"lines": found.lines, "all_lines": sum(text.count("\n") + 1 for text in before)}
    if found.verdict == "identical":
        return Slice(name, "sound", *size, **lines)
    whole = _everything(version, folder, timeout)
    agrees = bool(whole.verdicts) and all(v.same == "identical" for v in whole.verdicts)
    return Slice(name, "unsound" if agrees else "chance", *size, why=_why(found), **lines)


def _last(version: Version) -> int:
    orders = [cell.order for cell, _ in version.cells if cell.made]
    return max(orders, default=0)


def _everything(version: Version, folder: Path, timeout: float) -> Outcome:
    plan = plan_of(version._handle, version, 1e-5)
    pieces = []
    for cell, text in version.cells:
        if cell.order <= _last(version) and (cell.ok or cell.failed_at):
            end = cell.failed_at or text.count("\n") + 1
            pieces.append(Piece(order=cell.order, source=text, spans=((1, end),),
                                failed_at=cell.failed_at))  # fmt: skip
    states = {piece.order: piece.rng for piece in plan.pieces}
    first = min(states)
    whole = [Piece(order=p.order, source=p.source, spans=p.spans, failed_at=p.failed_at,
                   rng=states.get(p.order, {})) for p in pieces]  # fmt: skip
    del first
    try:
        return carried_out(
            Plan(store=plan.store, commit=plan.commit, pieces=tuple(whole), imports=plan.imports),
            folder, timeout,
        )  # fmt: skip
    except MvtError:
        return Outcome()


def _why(found: Reproduction) -> str:
    outcome = found.outcome
    if outcome.failed_in:
        return f"cell {outcome.failed_in}: {outcome.error[:120]}"
    return "; ".join(f"{v.model} {v.same} {v.tensor} {v.why}" for v in outcome.verdicts)[:160]
