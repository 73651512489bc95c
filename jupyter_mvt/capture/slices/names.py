"""The names of a statement: read, bound, changed in place, handed over, sharing state."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jupyter_mvt.capture.slices.branches import Branches
from jupyter_mvt.capture.slices.effects import SUBCLASSED, Body, Facts
from jupyter_mvt.capture.slices.expressions import (
    arguments,
    changes,
    defaults,
    held_names,
    in_place,
    is_lazy,
    locals_of,
    outer_names,
    paired,
    root_name,
    with_default,
)
from jupyter_mvt.capture.slices.harmless import (
    ANSWER,
    ANYTHING,
    FUTURE,
    OUT,
    PATH,
    RELOADING,
    SETTINGS,
    draws_nothing,
    is_look,
    module,
    named_in_texts,
    patches,
    reaches_main,
    runs_anything,
    spares_arguments,
    written_to,
)
from jupyter_mvt.capture.slices.lending import KEPT, Lending, given_to, lambdas, placed, wrapped
from jupyter_mvt.capture.slices.lines import OURS, RELOADS
from jupyter_mvt.capture.slices.settings import set_by, sets_globally, sets_more
from jupyter_mvt.capture.slices.stateless import bases_of_stateless, holds_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["names_in"]

_ENDING = (ast.Try, ast.TryStar, ast.With, ast.AsyncWith)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def names_in(statements: Iterable[ast.stmt]) -> _Names:
    """Return the names of statements that follow one another at the top of a cell."""
    names = _Names()
    for statement in statements:
        names.visit(statement)
    return names


class _Names(Branches):
    """Finds them."""

    def visit_Name(self, node: ast.Name) -> None:
        if not self._outer(node.id):
            return
        if isinstance(node.ctx, ast.Load):
            if node.id not in self.sure:
                self.reads.add(node.id)
                if ANSWER.fullmatch(node.id):
                    self.reads.add(OUT)
        elif not self._shadow:
            self._bind(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._target(target)
            self._lend(placed(target, node.value))
            for one, value in paired(target, node.value):
                self._share(one, value)
                if target is not node.targets[0] and not isinstance(value, ast.Constant):
                    self._share(one, node.targets[0])  # a = b = []
            if isinstance(target, (ast.Attribute, ast.Subscript)):
                self._lend_lambdas(node, root_name(target) or "")
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Lambda):
                self.frees[target.id] = frozenset(outer_names(node.value))

    def visit_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.reads |= {target.id} - self.sure if self._outer(target.id) else set()
            else:
                self._assigned(target)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        root = root_name(node)
        if root is not None and self._outer(root):
            self.attrs.add((root, node.attr))
        self.generic_visit(node)

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
                self.reads |= {root, OUT} if ANSWER.fullmatch(root) else {root}
            if isinstance(node.target, ast.Name):
                self._mutated(root)
            else:
                self._assigned(node.target)
        self.reads.add(SETTINGS)
        self._share(node.target, node.value)
        if not isinstance(node.target, ast.Name):
            self.generic_visit(node.target)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self.reads.add(SETTINGS)  # whether it may divide by zero, or is part of a graph
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        bound = {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        self.reads.add(PATH)
        if "experimental" in (getattr(node, "module", None) or "").split("."):
            self.mutates.add(PATH)  # from sklearn.experimental import enable_iterative_imputer
        if getattr(node, "module", None) == "__future__" and "annotations" in bound:
            self.mutates.add(FUTURE)
        if not self._shadow:
            dotted = getattr(node, "module", None)
            names = (
                [dotted or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            )
            self.mutates |= {module(part) for name in names for part in name.split(".") if part}
            self.imports |= bound
            for name in bound:
                self._bind(name)

    visit_ImportFrom = visit_Import

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        inside = in_place(node)
        if isinstance(called, ast.Attribute):
            if inside or not is_look(called.attr, given=len(node.args) + len(node.keywords)):
                self._mutated(root_name(called.value), sets=sets_globally(called.attr))
                if sets_more(node) and (root := root_name(called.value)) and self._outer(root):
                    self.assigned.add(root)
            if called.attr == "backward":  # (2 * w).sum().backward()
                for part in ast.walk(called.value):
                    self._mutated(part.id if isinstance(part, ast.Name) else None)
        elif isinstance(called, ast.Name):
            self.calls |= {called.id} - OURS
            self.mutates |= {RELOADING} if called.id == RELOADS else set()
        self.draws = self.draws or not draws_nothing(called)
        self._lend(given_to(node))
        self._lend_lambdas(node, root_name(called) or "")
        self._touch_files(node)
        if runs_anything(called) or reaches_main(node):
            self.reads.add(ANYTHING)
            self.mutates.add(ANYTHING)
        self._settings(node)
        if isinstance(called, ast.Name) and called.id == "type" and len(node.args) == 3:
            self.attrs |= {(name, SUBCLASSED) for name in self._held(node.args[1])}
        self.reads |= {name for name in named_in_texts(node) if self._outer(name)}
        for one in set_by(node):
            self._assigned(one)
        if patches(node):
            self.mutates.add(ANYTHING)
        self.generic_visit(node)
        handing = self._handing(node)
        if handing is not None:
            self.handings.add(handing)
            return
        given = [*node.args, *(word.value for word in node.keywords)]
        held = {name for value in given for name in self._held(value)}
        roots = {root for arg in given if self._outer(root := root_name(arg)) and root}
        if not spares_arguments(called) or inside:
            self.passes |= roots | held
        else:
            name = called.attr if isinstance(called, ast.Attribute) else root_name(called) or ""
            self.spared |= {(name, one) for one in roots | held}
            self.passes |= {n for arg in written_to(node) if self._outer(n := root_name(arg)) and n}
        self._together(called, held)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in (*node.decorator_list, *defaults(node.args)):
            self.visit(part)
        self._lend(wrapped(node))
        self._wrapped(node.decorator_list)
        own = locals_of(node) | {node.name}
        self._annotated(node)
        if self._shadow:
            self._inside(node.body, own)
            return
        # Nothing of the body happens here; what a call of it does is told by `bodies`.
        at_rest = _Names()
        around = at_rest._inside(node.body, own)
        surely = set(self.sure)
        self._define(node.name, around | set(filter(None, map(root_name, node.decorator_list))))
        self.reads |= self.frees[node.name] - surely
        self.bodies[node.name] = (_body(node),)
        if all(map(holds_nothing, defaults(node.args))):
            self.stateless[node.name] = frozenset()  # as far as it was seen to be

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in defaults(node.args):
            self.visit(part)
        self._inside([node.body], frozenset(arg.arg for arg in arguments(node.args)))

    def _lend_lambdas(self, node: ast.Call | ast.Assign, receiver: str) -> None:
        """Note what lambdas change that are handed out."""
        for one in lambdas(node):
            at_rest = _Names()
            at_rest._inside([one.body], frozenset(arg.arg for arg in arguments(one.args)))
            changed = {name for name in at_rest.mutates | at_rest.passes if self._outer(name)}
            self.lends |= {Lending(receiver, "", name, KEPT) for name in changed}

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            self.visit(part)
        self._lend(wrapped(node))
        self._wrapped(node.decorator_list)
        self._annotated(node)
        bases = {name for base in node.bases if (name := root_name(base)) is not None}
        self._derive(node, bases)
        self._define(node.name, self._inside(node.body, frozenset({node.name})) | bases)
        if not self._shadow:
            stateless = bases_of_stateless(node)
            if stateless is not None:
                self.stateless[node.name] = stateless
            methods = (n for n in ast.walk(node) if isinstance(n, _SCOPES[:2]))
            self.bodies[node.name] = tuple(map(_body, methods))

    def _derive(self, node: ast.ClassDef, bases: set[str]) -> None:
        """Note that bases are told of a class of theirs, and metaclasses make it."""
        above = bases | {name for word in node.keywords if (name := root_name(word.value))}
        above = {name for name in above if self._outer(name)}
        self.attrs |= {(name, SUBCLASSED) for name in above}
        if not self._shadow:
            self.derives |= {(node.name, name) for name in above}

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
        around = {n.id for g in generators for n in ast.walk(g.iter) if isinstance(n, ast.Name)}
        asked = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)
                 if root_name(n) in own}  # fmt: skip
        self.attrs |= {(name, attr) for name in around if self._outer(name) for attr in asked}
        # [layer.reset() for layer in layers] changes what it walks over.
        if any(changes(part, own) for part in ast.walk(node)) or self.mutates - before:
            self.mutates |= {name for name in around if self._outer(name)}

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


def _body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Body:
    args = node.args
    by_place = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    slots = {str(place): name for place, name in enumerate(by_place)}
    slots |= {arg.arg: arg.arg for arg in (*args.args, *args.kwonlyargs)}
    return Body(
        name=node.name,
        slots=slots,
        rest=tuple(extra.arg for extra in (args.vararg, args.kwarg) if extra is not None),
        steps=tuple(_facts(names_in([statement])) for statement in node.body),
        own=locals_of(node) | {node.name},
        given={arg.arg: frozenset(held_names(default)) for arg, default in with_default(args)},
        lazy=is_lazy(node),
        ends=is_lazy(node) and any(isinstance(part, _ENDING) for part in ast.walk(node)),
    )


def _facts(names: _Names) -> Facts:
    return Facts(
        reads=frozenset(names.reads),
        sure=frozenset(names.sure),
        mutates=frozenset(names.mutates | names.passes),
        sets=frozenset(names.sets),
        assigned=frozenset(names.assigned),
        shares=frozenset(names.shares | names.keeps),
        returns=frozenset(names.returns),
        handings=frozenset(names.handings),
        frees=dict(names.frees),
        attrs=frozenset(attr for _, attr in names.attrs),
        lends=frozenset(names.lends),
    )
