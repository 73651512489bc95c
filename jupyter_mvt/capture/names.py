"""The names of a statement: read, bound, changed in place, handed over, sharing state."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mvt.capture.effects import Body, Facts, Handing
from jupyter_mvt.capture.expressions import (
    arguments,
    changes,
    defaults,
    held_names,
    in_place,
    locals_of,
    outer_names,
    root_name,
)
from jupyter_mvt.capture.harmless import (
    ANYTHING,
    FILES,
    LOOKS,
    PATH,
    VIEWS,
    draws_nothing,
    only_keeps,
    reads_files,
    runs_anything,
    sets_globally,
    spares_arguments,
    writes_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["names_in"]

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def names_in(statements: Iterable[ast.stmt]) -> _Names:
    """Return the names of statements that follow one another at the top of a cell."""
    names = _Names()
    for statement in statements:
        names.visit(statement)
    return names


class _Book:
    """The names found so far; `_shadow` holds the local names of the functions around.

    Attributes
    ----------
    shares
        Pairs of names whose values may hold one another from here on.
    keeps
        Pairs: the value of the first may hold that of the second, and never changes it.
    sets
        _Names that are changed even if they are modules: ``np.seterr(…)``, ``pd.options.x = 1``.
    draws
        Whether it may draw from a random number generator.
    handings
        Calls of plain names; what they are given is not among `passes` and `shares`.
    bodies
        Functions that are defined → their statements.
    returns
        _Names whose state a function may give back here.
    """

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        self.sure: set[str] = set()
        self.mutates: set[str] = set()
        self.passes: set[str] = set()
        self.calls: set[str] = set()
        self.imports: set[str] = set()
        self.shares: set[tuple[str, str]] = set()
        self.keeps: set[tuple[str, str]] = set()
        self.sets: set[str] = set()
        self.frees: dict[str, frozenset[str]] = {}
        self.draws = False
        self.handings: set[Handing] = set()
        self.bodies: dict[str, tuple[Body, ...]] = {}
        self.returns: set[str] = set()
        self._shadow: list[frozenset[str]] = []
        self._branches = 0

    def _bind(self, name: str) -> None:
        self.binds.add(name)
        if not self._branches:
            self.sure.add(name)

    def _outer(self, name: str | None) -> bool:
        return name is not None and not any(name in names for names in self._shadow)

    def _together(self, called: ast.expr, held: set[str]) -> None:
        """Note that what a call is given may be kept by its receiver, or by one another."""
        root = root_name(called.value) if isinstance(called, ast.Attribute) else None
        if isinstance(called, ast.Attribute) and called.attr in LOOKS - VIEWS:
            return
        if isinstance(called, ast.Name) and spares_arguments(called):
            return
        if self._outer(root) and root is not None:
            pairs = {(root, name) for name in held}
            if only_keeps(called):
                self.keeps |= pairs
                return
            self.shares |= pairs
        first = min(held, default="")
        self.shares |= {(first, name) for name in held}

    def _touch_files(self, node: ast.Call) -> None:
        if reads_files(node):
            self.reads.add(FILES)
        if writes_files(node):
            self.reads.add(FILES)
            self.mutates.add(FILES)

    def _define(self, name: str, free: frozenset[str]) -> None:
        if not self._shadow:
            self._bind(name)
            self.frees[name] = free

    def _mutated(self, root: str | None, *, sets: bool = False) -> None:
        if root is None or not self._outer(root):
            return
        self.mutates.add(root)
        if sets:
            self.sets.add(root)
            if root in ("os", "sys"):  # os.chdir, os.environ, sys.path
                self.mutates |= {FILES, PATH}

    def _share(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(value, ast.Call) and (handing := self._handing(value)) is not None:
            bound = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
            bound = {name for name in bound if self._outer(name)}
            self.handings.add(replace(handing, targets=frozenset(bound)))
            return
        held = self._held(value)
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and self._outer(node.id):
                self.shares |= {(node.id, name) for name in held}

    def _handing(self, node: ast.Call) -> Handing | None:
        """Return what a call gives to a function that may be one of the notebook's own."""
        called = node.func
        if not isinstance(called, ast.Name) or spares_arguments(called) or in_place(node):
            return None
        if not self._outer(called.id):
            return None
        given = [("*" if isinstance(arg, ast.Starred) else str(place), arg)
                 for place, arg in enumerate(node.args)]  # fmt: skip
        if "*" in dict(given):
            given = [("*", arg) for _, arg in given]
        given += [(word.arg or "*", word.value) for word in node.keywords]
        return Handing(
            function=called.id,
            given=frozenset((slot, name) for slot, arg in given
                            for name in (self._held(arg) | self._roots(arg))),
        )  # fmt: skip

    def _roots(self, value: ast.expr) -> set[str]:
        root = root_name(value)
        return {root} if root is not None and self._outer(root) else set()

    def _held(self, value: ast.expr) -> set[str]:
        return {name for name in held_names(value) if self._outer(name)}


class _Names(_Book, ast.NodeVisitor):
    """Finds them."""

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
            self._share(target, node.value)
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Lambda):
                self.frees[target.id] = frozenset(outer_names(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self._target(node.target)
            self._share(node.target, node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._target(node.target)
        self._share(node.target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        root = root_name(node.target)
        if self._outer(root):
            assert root is not None
            if root not in self.sure:
                self.reads.add(root)
            self.mutates.add(root)
        self._share(node.target, node.value)
        if not isinstance(node.target, ast.Name):
            self.generic_visit(node.target)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.draws = True  # walking over a loader shuffles
        surely = set(self.sure)
        self._target(node.target)
        self._share(node.target, node.iter)
        self._branches += 1
        for child in (*node.body, *node.orelse):
            self.visit(child)
        self._branches -= 1
        self.sure = surely  # there may be nothing to walk over
        # Changing an element changes the container that is walked over.
        if {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)} & self.mutates:
            self.mutates |= {n.id for n in ast.walk(node.iter) if isinstance(n, ast.Name)}

    visit_AsyncFor = visit_For

    def visit_withitem(self, node: ast.withitem) -> None:
        self.visit(node.context_expr)
        if node.optional_vars is not None:
            self._target(node.optional_vars)
            self._share(node.optional_vars, node.context_expr)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        bound = {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        self.reads.add(PATH)
        if not self._shadow:
            self.imports |= bound
            for name in bound:
                self._bind(name)

    visit_ImportFrom = visit_Import

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        inside = in_place(node)
        if isinstance(called, ast.Attribute):
            if called.attr not in LOOKS or inside:
                self._mutated(root_name(called.value), sets=sets_globally(called.attr))
        elif isinstance(called, ast.Name):
            self.calls.add(called.id)
        self.draws = self.draws or not draws_nothing(called)
        self._touch_files(node)
        if runs_anything(called):
            self.reads.add(ANYTHING)
            self.mutates.add(ANYTHING)
        self.generic_visit(node)
        handing = self._handing(node)
        if handing is not None:
            self.handings.add(handing)
            return
        given = [*node.args, *(word.value for word in node.keywords)]
        held = {name for value in given for name in self._held(value)}
        if not spares_arguments(called) or inside:
            self.passes |= {root for arg in given if self._outer(root := root_name(arg)) and root}
            self.passes |= held
        self._together(called, held)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in (*node.decorator_list, *defaults(node.args)):
            self.visit(part)
        own = locals_of(node) | {node.name}
        if self._shadow:
            self._inside(node.body, own)
            return
        # Nothing of the body happens here; what a call of it does is told by `bodies`.
        at_rest = _Names()
        self._define(node.name, at_rest._inside(node.body, own) - self.sure)
        self.reads |= self.frees[node.name]
        self.bodies[node.name] = (_body(node),)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in defaults(node.args):
            self.visit(part)
        self._inside([node.body], frozenset(arg.arg for arg in arguments(node.args)))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            self.visit(part)
        bases = {name for base in node.bases if (name := root_name(base)) is not None}
        self._define(node.name, self._inside(node.body, frozenset({node.name})) | bases)
        if not self._shadow:
            methods = (n for n in ast.walk(node) if isinstance(n, _SCOPES[:2]))
            self.bodies[node.name] = tuple(map(_body, methods))

    def visit_Return(self, node: ast.Return | ast.Yield | ast.YieldFrom) -> None:
        if node.value is not None and not self._shadow:
            self.returns |= self._held(node.value)
        self.generic_visit(node)

    visit_Yield = visit_YieldFrom = visit_Return

    def _comprehension(self, node: ast.AST) -> None:
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        self.visit(generators[0].iter)
        self.draws = True
        own = {n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        self._shadow.append(frozenset(own))
        before = set(self.mutates)
        self.generic_visit(node)
        self._shadow.pop()
        # [layer.reset() for layer in layers] changes what it walks over.
        if any(changes(part, own) for part in ast.walk(node)) or self.mutates - before:
            walked = {n.id for g in generators for n in ast.walk(g.iter) if isinstance(n, ast.Name)}
            self.mutates |= {name for name in walked if self._outer(name)}

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

    def _target(self, node: ast.expr) -> None:
        if isinstance(node, (ast.Tuple, ast.List)):
            for item in node.elts:
                self._target(item)
        elif isinstance(node, ast.Starred):
            self._target(node.value)
        elif isinstance(node, ast.Name):
            self.visit_Name(node)
        else:
            self._mutated(root_name(node), sets=True)
            self.generic_visit(node)


def _body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Body:
    args = node.args
    by_place = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    slots = {str(place): name for place, name in enumerate(by_place)}
    slots |= {arg.arg: arg.arg for arg in (*args.args, *args.kwonlyargs)}
    return Body(
        slots=slots,
        rest=tuple(extra.arg for extra in (args.vararg, args.kwarg) if extra is not None),
        steps=tuple(_facts(names_in([statement])) for statement in node.body),
        own=locals_of(node) | {node.name},
    )


def _facts(names: _Names) -> Facts:
    return Facts(
        reads=frozenset(names.reads),
        sure=frozenset(names.sure),
        mutates=frozenset(names.mutates | names.passes),
        sets=frozenset(names.sets),
        shares=frozenset(names.shares | names.keeps),
        returns=frozenset(names.returns),
        handings=frozenset(names.handings),
        frees=dict(names.frees),
    )
