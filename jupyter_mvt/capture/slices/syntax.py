"""What one cell reads, writes, defines and trains, by its syntax alone."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jupyter_mvt.capture.slices.effects import Body, Handing
from jupyter_mvt.capture.slices.harmless import FILES, OUT, PATH, PSEUDO
from jupyter_mvt.capture.slices.lending import Lending
from jupyter_mvt.capture.slices.lines import (
    OUR_VALUE,
    PLAIN_MAGIC,
    SHOWS_ONLY,
    captured_name,
    plain_lines,
)
from jupyter_mvt.capture.slices.names import names_in
from jupyter_mvt.capture.slices.refits import refitted
from jupyter_mvt.capture.slices.training import Training, trained_parameter, trainings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["EMPTY", "CellSyntax", "Unit", "analyse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A top-level statement of a cell; statements that share a line are one.

    Attributes
    ----------
    first, last
        Its lines in the cell as written, from 1.
    foreign
        Whether it is a magic or shell line, which only IPython understands.
    shares, keeps, sets, assigned, draws, handings, bodies, attrs, spared, graphs, wraps,
    stateless, copies, derives, again, lends
        See `namebook.NameBook`.
    frees
        Function or class that it defines → free names.
    refits
        The name that it fits, and does nothing else with; see `refits.refitted`.

    The others are those of `CellSyntax`.
    """

    first: int
    last: int
    foreign: bool = False
    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    kills: frozenset[str] = frozenset()
    mutates: frozenset[str] = frozenset()
    passes: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    shares: frozenset[tuple[str, str]] = frozenset()
    keeps: frozenset[tuple[str, str]] = frozenset()
    frees: Mapping[str, frozenset[str]] = field(default_factory=dict)
    draws: bool = False
    handings: frozenset[Handing] = frozenset()
    bodies: Mapping[str, tuple[Body, ...]] = field(default_factory=dict)
    attrs: frozenset[tuple[str, str]] = frozenset()
    spared: frozenset[tuple[str, str]] = frozenset()
    graphs: frozenset[tuple[str, str]] = frozenset()
    wraps: frozenset[str] = frozenset()
    stateless: Mapping[str, frozenset[str]] = field(default_factory=dict)
    copies: frozenset[tuple[str, str]] = frozenset()
    derives: frozenset[tuple[str, str]] = frozenset()
    refits: str = ""
    again: frozenset[str] = frozenset()
    lends: frozenset[Lending] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSyntax:
    """The facts of one cell.

    Attributes
    ----------
    reads
        Names that the cell needs from before it (free variables of functions included).
    binds
        Top-level names that plain binding may bind.
    kills
        Names whose earlier value cannot matter: surely bound before any use.
    mutates
        Names whose value may be changed in place: ``x.fit(...)``, ``x[...] =``, ``x += ...``.
    passes
        Names given to calls of functions that may change them.
    calls
        Plain names that are called.
    definitions
        Name → source text of the top-level statement that binds it.
    trained
        Training statements, in order.
    trainers
        Function → position and name of the parameter that it fits.
    frees
        Function or class → its free names.
    units
        Its statements, in order.
    """

    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    kills: frozenset[str] = frozenset()
    mutates: frozenset[str] = frozenset()
    passes: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    definitions: Mapping[str, str] = field(default_factory=dict)
    trained: tuple[Training, ...] = ()
    trainers: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    frees: Mapping[str, frozenset[str]] = field(default_factory=dict)
    units: tuple[Unit, ...] = ()

    @property
    def writes(self) -> frozenset[str]:
        """Names bound or changed in place."""
        return self.binds | self.mutates


EMPTY = CellSyntax()


def analyse(source: str, trainers: Mapping[str, tuple[int, str]] | None = None) -> CellSyntax:
    """Return the facts of a cell's text; text that is no Python has none.

    Parameters
    ----------
    source
        The cell as written, magics included.
    trainers
        Functions of earlier cells that fit one of their parameters.
    """
    text, tree = _parse(source)
    if tree is None:
        return EMPTY if SHOWS_ONLY.match(source) else CellSyntax(units=(_foreign(source),))
    units = _units(source, text, tree)
    names = names_in(tree.body)
    own = {
        node.name: parameter
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (parameter := trained_parameter(node)) is not None
    }
    return CellSyntax(
        reads=_real(names.reads),
        binds=frozenset(names.binds),
        kills=frozenset(names.sure - names.reads),
        mutates=_real(names.mutates - names.imports),
        passes=frozenset(names.passes | {n for h in names.handings for _, n in h.given}),
        calls=frozenset(names.calls),
        definitions=_definitions(text, tree),
        trained=trainings(tree, {**(trainers or {}), **own}),
        trainers=own,
        frees={name: _real(free) for name, free in names.frees.items()},
        units=units,
    )


def _real(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in names if name not in PSEUDO and name[:1] != "<")


def _parse(source: str) -> tuple[str, ast.Module | None]:
    for text in (source, "\n".join(plain_lines(source))):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if tree.body or not source.lstrip().startswith("%%"):
            return text, tree
    return source, None


def _foreign(source: str) -> Unit:
    """Return a cell in another language: it may have changed any file."""
    touched = frozenset({FILES, PATH})
    return Unit(first=1, last=source.count("\n") + 1, foreign=True, reads=touched, mutates=touched)


def _units(source: str, text: str, tree: ast.Module) -> tuple[Unit, ...]:
    written, plain = source.split("\n"), text.split("\n")
    groups: list[tuple[int, int, list[ast.stmt]]] = []
    for node in tree.body:
        decorators = getattr(node, "decorator_list", ())
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        last = node.end_lineno or first
        if groups and first <= groups[-1][1]:
            start, end, nodes = groups[-1]
            groups[-1] = (start, max(end, last), [*nodes, node])
        else:
            groups.append((first, last, [node]))
    answers = bool(tree.body) and isinstance(tree.body[-1], ast.Expr)
    captured = captured_name(source)
    units = tuple(
        _unit(first, last, nodes,
              foreign=any(_is_foreign(one, other) for one, other in
                          zip(written[first - 1 : last], plain[first - 1 : last], strict=True)),
              answers=answers and nodes[-1] is tree.body[-1])
        for first, last, nodes in groups
    )  # fmt: skip
    # Whatever is called may print, and what is printed is kept under that name.
    return tuple(replace(unit, mutates=unit.mutates | {captured}) if captured else unit
                 for unit in units)  # fmt: skip


def _is_foreign(written: str, plain: str) -> bool:
    ours = PLAIN_MAGIC.match(written) or OUR_VALUE.match(written)
    return written != plain and ours is None


def _unit(first: int, last: int, nodes: list[ast.stmt], *, foreign: bool, answers: bool) -> Unit:
    names = names_in(nodes)
    touched = {FILES, PATH} if foreign else set()
    if answers:
        names.mutates.add(OUT)
    return Unit(
        first=first,
        last=last,
        foreign=foreign,
        reads=frozenset(names.reads | touched),
        binds=frozenset(names.binds),
        kills=frozenset(names.sure - names.reads),
        mutates=frozenset(names.mutates | touched),
        passes=frozenset(names.passes),
        sets=frozenset(names.sets),
        assigned=frozenset(names.assigned),
        imports=frozenset(names.imports),
        calls=frozenset(names.calls),
        shares=frozenset(names.shares),
        keeps=frozenset(names.keeps),
        frees=dict(names.frees),
        draws=names.draws,
        handings=frozenset(names.handings),
        bodies=dict(names.bodies),
        attrs=frozenset(names.attrs),
        spared=frozenset(names.spared),
        graphs=frozenset(names.graphs),
        wraps=frozenset(names.wraps),
        stateless=dict(names.stateless),
        copies=frozenset(names.copies),
        again=frozenset(names.again),
        derives=frozenset(names.derives),
        lends=frozenset(names.lends),
        refits=refitted(nodes[0]) if len(nodes) == 1 else "",
    )


def _definitions(text: str, tree: ast.Module) -> dict[str, str]:
    lines = text.split("\n")
    found: dict[str, str] = {}
    for statement in tree.body:
        names = names_in([statement])
        if not names.binds:
            continue
        decorators = getattr(statement, "decorator_list", ())
        start = min([statement.lineno, *(node.lineno for node in decorators)])
        segment = "\n".join(lines[start - 1 : statement.end_lineno])
        if ";" in segment and not decorators:
            # What stands beside it on the line says nothing about it.
            segment = ast.get_source_segment(text, statement) or segment
        found.update(dict.fromkeys(names.binds, segment))
    return found
