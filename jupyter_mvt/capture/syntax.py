"""What one cell reads, writes, defines and trains, by its syntax alone."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mvt.capture.harmless import LOOKS, spares_arguments
from jupyter_mvt.capture.training import Training, trained_parameter, trainings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["EMPTY", "CellSyntax", "analyse", "plain_source"]

_BODY_MAGICS = frozenset({"time", "timeit", "capture", "prun", "mvt"})
_STATEMENT_MAGIC = re.compile(r"^(\s*)%(?:time|prun)\s+(?=[^\s-])")
_FOREIGN_LINE = re.compile(r"^(\s*)(?:[%!?]|[\w.]+\?{1,2}\s*$)")
_FOREIGN_VALUE = re.compile(r"^(\s*[\w.,\s]+=\s*)[%!].*$")


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

    @property
    def writes(self) -> frozenset[str]:
        """Names bound or changed in place."""
        return self.binds | self.mutates


EMPTY = CellSyntax()


def plain_source(source: str) -> str:
    """Return `source` as Python: magics and shell lines become ``pass`` or ``None``."""
    lines = source.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and lines[0].startswith("%%"):
        name = re.match(r"%%(\w*)", lines[0])
        if name is None or name[1] not in _BODY_MAGICS:
            return ""
        lines = lines[1:]
    return "\n".join(_plain_line(line) for line in lines)


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
    text, tree = _parse(source)
    if tree is None:
        return EMPTY
    names = _Names()
    for statement in tree.body:
        names.visit(statement)
    own = {
        node.name: parameter
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (parameter := trained_parameter(node)) is not None
    }
    return CellSyntax(
        reads=frozenset(names.reads),
        binds=frozenset(names.binds),
        kills=frozenset(names.sure - names.reads),
        mutates=frozenset(names.mutates - names.imports),
        passes=frozenset(names.passes),
        calls=frozenset(names.calls),
        definitions=_definitions(text, tree),
        trained=trainings(tree, {**(trainers or {}), **own}),
        trainers=own,
        frees=dict(names.frees),
    )


def _parse(source: str) -> tuple[str, ast.Module | None]:
    for text in (source, plain_source(source)):
        try:
            return text, ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return source, None


def _definitions(text: str, tree: ast.Module) -> dict[str, str]:
    lines = text.split("\n")
    found: dict[str, str] = {}
    for statement in tree.body:
        names = _Names()
        names.visit(statement)
        if not names.binds:
            continue
        decorators = getattr(statement, "decorator_list", ())
        start = min([statement.lineno, *(node.lineno for node in decorators)])
        # By whole lines: two statements on one line keep each other company.
        segment = "\n".join(lines[start - 1 : statement.end_lineno])
        found.update(dict.fromkeys(names.binds, segment))
    return found


class _Names(ast.NodeVisitor):
    """Collects names; `shadow` holds the local names of the functions around."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        self.sure: set[str] = set()
        self.mutates: set[str] = set()
        self.passes: set[str] = set()
        self.calls: set[str] = set()
        self.imports: set[str] = set()
        self.frees: dict[str, frozenset[str]] = {}
        self._shadow: list[frozenset[str]] = []
        self._branches = 0

    def _bind(self, name: str) -> None:
        self.binds.add(name)
        if not self._branches:
            self.sure.add(name)

    def _outer(self, name: str | None) -> bool:
        return name is not None and not any(name in names for names in self._shadow)

    def visit_Name(self, node: ast.Name) -> None:
        if not self._outer(node.id):
            return
        if isinstance(node.ctx, ast.Load):
            if node.id not in self.sure:
                self.reads.add(node.id)
        elif not self._shadow:
            self._bind(node.id)

    def _branch(self, node: ast.AST) -> None:
        self._branches += 1
        self.generic_visit(node)
        self._branches -= 1

    visit_If = visit_While = visit_Try = visit_Match = visit_IfExp = _branch

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._target(target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self._target(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        root = root_name(node.target)
        if self._outer(root):
            assert root is not None
            if root not in self.sure:
                self.reads.add(root)
            self.mutates.add(root)
        if not isinstance(node.target, ast.Name):
            self.generic_visit(node.target)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._target(node.target)
        self._branches += 1
        for child in (*node.body, *node.orelse):
            self.visit(child)
        self._branches -= 1
        # Changing an element changes the container that is walked over.
        if {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)} & self.mutates:
            self.mutates |= {n.id for n in ast.walk(node.iter) if isinstance(n, ast.Name)}

    visit_AsyncFor = visit_For

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        bound = {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        if not self._shadow:
            self.imports |= bound
            for name in bound:
                self._bind(name)

    visit_ImportFrom = visit_Import

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        if isinstance(called, ast.Attribute):
            if called.attr not in LOOKS:
                self._mutated(root_name(called.value))
        elif isinstance(called, ast.Name):
            self.calls.add(called.id)
        self.generic_visit(node)
        if spares_arguments(called):
            return
        given = [*node.args, *(word.value for word in node.keywords)]
        self.passes |= {root for arg in given if self._outer(root := root_name(arg)) and root}

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in (*node.decorator_list, *_defaults(node.args)):
            self.visit(part)
        self._define(node.name, self._inside(node.body, _locals(node) | {node.name}))

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in _defaults(node.args):
            self.visit(part)
        self._inside([node.body], frozenset(arg.arg for arg in _arguments(node.args)))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            self.visit(part)
        bases = {name for base in node.bases if (name := root_name(base)) is not None}
        self._define(node.name, self._inside(node.body, frozenset({node.name})) | bases)

    def _comprehension(self, node: ast.AST) -> None:
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        self.visit(generators[0].iter)
        own = {n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        self._shadow.append(frozenset(own))
        self.generic_visit(node)
        self._shadow.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def _inside(self, body: list[ast.stmt] | list[ast.expr], own: frozenset[str]) -> frozenset[str]:
        before, self.reads = self.reads, set()
        self._shadow.append(own)
        for part in body:
            self.visit(part)
        self._shadow.pop()
        free = frozenset(self.reads)
        self.reads = before | (free - self.sure)
        return free

    def _define(self, name: str, free: frozenset[str]) -> None:
        if not self._shadow:
            self._bind(name)
            self.frees[name] = free

    def _mutated(self, root: str | None) -> None:
        if root is not None and self._outer(root):
            self.mutates.add(root)

    def _target(self, node: ast.expr) -> None:
        if isinstance(node, (ast.Tuple, ast.List)):
            for item in node.elts:
                self._target(item)
        elif isinstance(node, ast.Starred):
            self._target(node.value)
        elif isinstance(node, ast.Name):
            self.visit_Name(node)
        else:
            self._mutated(root_name(node))
            self.generic_visit(node)


def root_name(node: ast.AST) -> str | None:
    """Return the name at the root of ``name.attr[0].call()``."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred, ast.Await)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _arguments(args: ast.arguments) -> Iterator[ast.arg]:
    yield from (*args.posonlyargs, *args.args, *args.kwonlyargs)
    yield from (extra for extra in (args.vararg, args.kwarg) if extra is not None)


def _defaults(args: ast.arguments) -> list[ast.expr]:
    return [*args.defaults, *(node for node in args.kw_defaults if node is not None)]


def _locals(node: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    own = {arg.arg for arg in _arguments(node.args)}
    outer: set[str] = set()
    for child in (part for statement in node.body for part in ast.walk(statement)):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            own.add(child.id)
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            own.add(child.name)
        elif isinstance(child, (ast.Import, ast.ImportFrom)):
            own |= {(alias.asname or alias.name).split(".")[0] for alias in child.names}
        elif isinstance(child, (ast.Global, ast.Nonlocal)):
            outer |= set(child.names)
        elif isinstance(child, ast.ExceptHandler) and child.name:
            own.add(child.name)
    return frozenset(own - outer)
