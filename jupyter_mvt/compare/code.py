"""Code that differs: cells first, then lines."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from jupyter_mvt.capture.cells.log import is_bookkeeping
from jupyter_mvt.compare.alignment import pair_similar
from jupyter_mvt.compare.diff import CellChange, CodeDiff, Line
from jupyter_mvt.compare.side import Side, cells, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.objects.code import Cell

__all__ = ["diff_code", "line_diff"]

_CONTEXT = 3
_LONG = 2000
"""Beyond so many lines difflib may use its heuristic, or it would take minutes."""


def diff_code(base: Side, other: Side) -> CodeDiff | None:
    """Compare the texts of the cells that ran, not when or how often they did.

    Of a cell that ran several times its last successful run counts. Cells that hold only our own
    magics are left out, failed ones too unless nothing else ran.
    """
    git = _git(base, other)
    if base.commit.content.code.cells_id == other.commit.content.code.cells_id:
        found: list[CellChange] = []
        total = other.commit.content.code.n_cells
    else:
        left, right = _last_runs(base), _last_runs(other)
        found = _changes(base, left, other, right)
        total = len(right) + sum(change.presence == "removed" for change in found)
    return CodeDiff(cells=tuple(found), total=total, git=git) if found or git else None


def _git(base: Side, other: Side) -> tuple[str, str] | None:
    a, b = base.commit.content.code.git, other.commit.content.code.git
    heads = tuple(git.head + ("+" if git.dirty else "") if git else "" for git in (a, b))
    return (heads[0], heads[1]) if heads[0] != heads[1] else None


def _last_runs(side: Side) -> list[Cell]:
    runs = cells(side)
    chosen = [run for run in runs if run.ok] or list(runs)
    newest: dict[str, Cell] = {}
    for run in chosen:
        # Delete first: a cell that ran again stands where it ran last.
        key = run.cell_id or run.source
        newest.pop(key, None)
        newest[key] = run
    distinct = {run.source: run for run in newest.values()}
    return [run for run in distinct.values() if not is_bookkeeping(text(side, run.source))]


def _changes(
    base: Side, left: Sequence[Cell], other: Side, right: Sequence[Cell]
) -> list[CellChange]:
    common = {run.source for run in left} & {run.source for run in right}
    gone = [run for run in left if run.source not in common]
    fresh = [run for run in right if run.source not in common]
    twins = _twins(base, gone, other, fresh)
    found = []
    for index, run in enumerate(fresh):
        twin = twins.get(index)
        before = "" if twin is None else text(base, gone[twin].source)
        lines = line_diff(before, text(other, run.source))
        if not lines:
            continue
        found.append(
            CellChange(
                presence="added" if twin is None else "changed",
                base_order=0 if twin is None else gone[twin].order,
                other_order=run.order,
                lines=lines,
            )
        )
    for index in sorted(set(range(len(gone))) - set(twins.values())):
        run = gone[index]
        change = CellChange(
            presence="removed", base_order=run.order, lines=line_diff(text(base, run.source), "")
        )
        found.insert(_place(run, left, right, found), change)
    return found


def _twins(base: Side, gone: Sequence[Cell], other: Side, fresh: Sequence[Cell]) -> dict[int, int]:
    """Pair edited cells: by the notebook's own id, else the most similar texts."""
    by_id = {run.cell_id: index for index, run in enumerate(gone) if run.cell_id}
    twins = {index: by_id[run.cell_id] for index, run in enumerate(fresh) if run.cell_id in by_id}
    left = [index for index in range(len(gone)) if index not in set(twins.values())]
    right = [index for index in range(len(fresh)) if index not in twins]
    pairs = pair_similar(
        [text(base, gone[index].source) for index in left],
        [text(other, fresh[index].source) for index in right],
    )
    return twins | {right[mine]: left[theirs] for mine, theirs in pairs.items()}


def _place(
    run: Cell, left: Sequence[Cell], right: Sequence[Cell], found: Sequence[CellChange]
) -> int:
    """Return where a cell that is gone stood: behind the last one before it that is left."""
    orders = {cell.source: cell.order for cell in right}
    anchor = 0
    for cell in left:
        if cell.order >= run.order:
            break
        anchor = orders.get(cell.source, anchor)
    for index, change in enumerate(found):
        if change.presence == "removed":
            if change.base_order > run.order:
                return index
        elif change.other_order > anchor:
            return index
    return len(found)


def line_diff(base: str, other: str) -> tuple[Line, ...]:
    """Return the lines that differ with three lines of context; whole texts if one is empty."""
    a, b = base.splitlines(), other.splitlines()
    matcher = SequenceMatcher(None, a, b, autojunk=max(len(a), len(b)) > _LONG)
    lines: list[Line] = []
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        for tag, a1, a2, b1, b2 in group:
            if tag == "equal":
                lines += [Line(kind="same", base=a1 + i + 1, other=b1 + i + 1, text=a[a1 + i])
                          for i in range(a2 - a1)]  # fmt: skip
                continue
            lines += [Line(kind="removed", base=i + 1, other=0, text=a[i]) for i in range(a1, a2)]
            lines += [Line(kind="added", base=0, other=i + 1, text=b[i]) for i in range(b1, b2)]
    return tuple(lines)
