"""Figures and tables that differ, beside each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from msgspec import UNSET

from jupyter_mvt.compare.alignment import pair_similar
from jupyter_mvt.compare.side import Side, cells, grid, text
from jupyter_mvt.compare.tablemarks import CellEdit, Place, marks
from jupyter_mvt.objects.output import Grid, Kind, Output

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["OutputChange", "OutputsDiff", "Shown", "diff_outputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One side of an output.

    Attributes
    ----------
    number
        Its place among the version's outputs, from 0.
    nth
        Of the figures, or tables, of its cell, from 1; 0 where there is one only.
    grid, marks
        Of a table: its text, and where it differs from the other side's.
    """

    number: int
    output: Output
    nth: int = 0
    grid: Grid | None = None
    marks: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputChange:
    """A figure or table that differs; a side on which it was not shown is ``None``.

    `edits` are cells that both tables have with different texts.
    """

    kind: Kind
    presence: Literal["added", "removed", "changed"]
    base: Shown | None = None
    other: Shown | None = None
    edits: tuple[CellEdit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsDiff:
    """Outputs that differ, in the order of the other side; `equal` are those of equal bytes."""

    changes: tuple[OutputChange, ...]
    equal: tuple[Output, ...] = ()

    @property
    def total(self) -> int:
        """How many outputs were compared."""
        return len(self.changes) + len(self.equal)


Numbered = tuple[int, Output]


def diff_outputs(base: Side, other: Side) -> OutputsDiff | None:
    """Compare what cells showed.

    Outputs of equal bytes are the same one; others are paired within the same cell, figure by
    figure and table by table in order. Cells are the same by the notebook's id, else by their
    text, else by similar text.
    """
    left, right = _numbered(base), _numbered(other)
    # A figure that another cell drew before is the same figure.
    pairs = _equal(left, right)
    gone = [one for one in left if not any(one is pair[0] for pair in pairs)]
    come = [one for one in right if not any(one is pair[1] for pair in pairs)]
    for mine, theirs in _same_cells(base, gone, other, come):
        pairs += _within(mine, theirs)
    changes = []
    for was, now in pairs:
        if was[1].body != now[1].body:
            changes.append(_change(base, was, other, now))
    paired = {id(one) for pair in pairs for one in pair}
    changes += [
        OutputChange(kind=one[1].kind, presence="added", other=_shown(other, one))
        for one in right if id(one) not in paired
    ]  # fmt: skip
    changes.sort(key=lambda change: change.other.number if change.other else 0)
    changes += [
        OutputChange(kind=one[1].kind, presence="removed", base=_shown(base, one))
        for one in left if id(one) not in paired
    ]  # fmt: skip
    equal = tuple(now[1] for was, now in pairs if was[1].body == now[1].body)
    return OutputsDiff(changes=tuple(changes), equal=equal) if changes else None


def _numbered(side: Side) -> list[Numbered]:
    kept = side.commit.content.outputs
    return [] if kept is UNSET else list(enumerate(kept))


def _same_cells(
    base: Side, left: Sequence[Numbered], other: Side, right: Sequence[Numbered]
) -> list[tuple[list[Numbered], list[Numbered]]]:
    """Return the outputs of each cell that both sides have."""
    mine, theirs = _by_cell(left), _by_cell(right)
    twins = _twins(
        [_Cell(base, group) for group in mine], [_Cell(other, group) for group in theirs]
    )
    return [(mine[i], theirs[j]) for i, j in twins]


def _by_cell(found: Iterable[Numbered]) -> list[list[Numbered]]:
    groups: dict[tuple[str, int], list[Numbered]] = {}
    for one in found:
        groups.setdefault((one[1].cell_id, one[1].cell), []).append(one)
    return list(groups.values())


class _Cell:
    """What a group of outputs tells of its cell."""

    def __init__(self, side: Side, group: Sequence[Numbered]) -> None:
        first = group[0][1]
        self.id = first.cell_id
        run = next((run for run in cells(side) if run.order == first.cell), None)
        self.source = "" if run is None else str(run.source)
        self.text = "" if run is None else text(side, run.source)


def _twins(left: Sequence[_Cell], right: Sequence[_Cell]) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for names, others in (([c.id for c in left], [c.id for c in right]),
                          ([c.source for c in left], [c.source for c in right])):  # fmt: skip
        known = {name: i for i, name in enumerate(names) if name and i not in found}
        for j, name in enumerate(others):
            if j not in found.values() and name in known:
                found[known.pop(name)] = j
    gone = [i for i in range(len(left)) if i not in found and left[i].text]
    come = [j for j in range(len(right)) if j not in found.values() and right[j].text]
    similar = pair_similar([left[i].text for i in gone], [right[j].text for j in come])
    found |= {gone[theirs]: come[mine] for mine, theirs in similar.items()}
    return sorted(found.items())


def _within(left: Sequence[Numbered], right: Sequence[Numbered]) -> list[tuple[Numbered, Numbered]]:
    pairs: list[tuple[Numbered, Numbered]] = []
    for kind in ("figure", "table"):
        gone = [one for one in left if one[1].kind == kind]
        come = [one for one in right if one[1].kind == kind]
        pairs += zip(gone, come, strict=False)
    return pairs


def _equal(left: Sequence[Numbered], right: Sequence[Numbered]) -> list[tuple[Numbered, Numbered]]:
    pairs = []
    rest = list(left)
    for now in right:
        was = next((one for one in rest if one[1].body == now[1].body), None)
        if was is not None:
            rest = [one for one in rest if one is not was]
            pairs.append((was, now))
    return pairs


def _change(base: Side, was: Numbered, other: Side, now: Numbered) -> OutputChange:
    left, right = _shown(base, was), _shown(other, now)
    if left.grid is None or right.grid is None:
        return OutputChange(kind=now[1].kind, presence="changed", base=left, other=right)
    found = marks(left.grid, right.grid)
    return OutputChange(
        kind="table",
        presence="changed",
        base=_marked(left, found.base),
        other=_marked(right, found.other),
        edits=found.edits,
    )


def _marked(shown: Shown, places: tuple[Place, ...]) -> Shown:
    return replace(shown, marks=places)


def _shown(side: Side, one: Numbered) -> Shown:
    number, output = one
    of_cell = [
        i for i, each in _numbered(side)
        if (each.cell, each.cell_id, each.kind) == (output.cell, output.cell_id, output.kind)
    ]  # fmt: skip
    nth = of_cell.index(number) + 1 if len(of_cell) > 1 else 0
    table = None if output.kind == "figure" else grid(side, output.body)
    return Shown(number=number, output=output, nth=nth, grid=table)
