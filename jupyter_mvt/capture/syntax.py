"""What one cell reads, writes, defines and trains, by its syntax alone."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mvt.capture.effects import Body, Handing
from jupyter_mvt.capture.harmless import ANYTHING, FILES, PATH
from jupyter_mvt.capture.names import names_in
from jupyter_mvt.capture.training import Training, trained_parameter, trainings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["EMPTY", "CellSyntax", "Unit", "analyse", "plain_source"]

_BODY_MAGICS = frozenset({"time", "timeit", "capture", "prun", "mvt"})
_STATEMENT_MAGIC = re.compile(r"^(\s*)%(?:time|prun)\s+(?=[^\s-])")
_FOREIGN_LINE = re.compile(r"^(\s*)(?:[%!?]|[\w.]+\?{1,2}\s*$)")
_FOREIGN_VALUE = re.compile(r"^(\s*[\w.,\s]+=\s*)[%!].*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A top-level statement of a cell; statements that share a line are one.

    Attributes
    ----------
    first, last
        Its lines in the cell as written, from 1.
    foreign
        Whether it is a magic or shell line, which only IPython understands.
    shares, keeps, sets, draws, handings, bodies
        See `names.names_in`.
    frees
        Function or class that it defines → free names.

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
    imports: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    shares: frozenset[tuple[str, str]] = frozenset()
    keeps: frozenset[tuple[str, str]] = frozenset()
    frees: Mapping[str, frozenset[str]] = field(default_factory=dict)
    draws: bool = False
    handings: frozenset[Handing] = frozenset()
    bodies: Mapping[str, tuple[Body, ...]] = field(default_factory=dict)


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


def plain_source(source: str) -> str:
    """Return `source` as Python: magics and shell lines become ``pass`` or ``None``."""
    return _plain(source)[0]


def _plain(source: str) -> tuple[str, int]:
    """Return plain Python and how many lines of `source` were left out before it."""
    lines = source.split("\n")
    start = 0
    while start < len(lines) and not lines[start].strip():
        start += 1
    while start < len(lines) and lines[start].startswith("%%"):
        name = re.match(r"%%(\w*)", lines[start])
        if name is None or name[1] not in _BODY_MAGICS:
            return "", len(lines)
        start += 1
    return "\n".join(_plain_line(line) for line in lines[start:]), start


def _plain_line(line: str) -> str:
    line = _STATEMENT_MAGIC.sub(r"\1", line)
    found = _FOREIGN_LINE.match(line)
    if found is not None:
        return f"{found[1]}pass"
    return _FOREIGN_VALUE.sub(r"\1None", line)


def analyse(source: str, trainers: Mapping[str, tuple[int, str]] | None = None) -> CellSyntax:
    """Return the facts of a cell's text; text that is no Python has none.

    Parameters
    ----------
    source
        The cell as written, magics included.
    trainers
        Functions of earlier cells that fit one of their parameters.
    """
    text, skipped, tree = _parse(source)
    if tree is None:
        return EMPTY if not source.strip() else CellSyntax(units=(_foreign(source),))
    units = _units(source, text, skipped, tree)
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
    return frozenset(names) - {ANYTHING, FILES, PATH}


def _parse(source: str) -> tuple[str, int, ast.Module | None]:
    for text, skipped in ((source, 0), _plain(source)):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if tree.body or not source.strip() or skipped < source.count("\n") + 1:
            return text, skipped, tree
    return source, 0, None


def _foreign(source: str) -> Unit:
    """Return a cell in another language: it may have changed any file."""
    touched = frozenset({FILES, PATH})
    return Unit(first=1, last=source.count("\n") + 1, foreign=True, reads=touched, mutates=touched)


def _units(source: str, text: str, skipped: int, tree: ast.Module) -> tuple[Unit, ...]:
    written = source.split("\n")[skipped:]
    plain = text.split("\n")
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
    return tuple(
        _unit(first + skipped, last + skipped, nodes,
              foreign=written[first - 1 : last] != plain[first - 1 : last])
        for first, last, nodes in groups
    )  # fmt: skip


def _unit(first: int, last: int, nodes: list[ast.stmt], *, foreign: bool) -> Unit:
    names = names_in(nodes)
    touched = {FILES, PATH} if foreign else set()
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
        imports=frozenset(names.imports),
        calls=frozenset(names.calls),
        shares=frozenset(names.shares),
        keeps=frozenset(names.keeps),
        frees=dict(names.frees),
        draws=names.draws,
        handings=frozenset(names.handings),
        bodies=dict(names.bodies),
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
        # By whole lines: two statements on one line keep each other company.
        segment = "\n".join(lines[start - 1 : statement.end_lineno])
        found.update(dict.fromkeys(names.binds, segment))
    return found
