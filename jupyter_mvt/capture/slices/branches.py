"""The names of statements that hold others: what may not be run binds nothing surely."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jupyter_mvt.capture.slices.expressions import may_swallow, pairwise, root_name
from jupyter_mvt.capture.slices.harmless import SETTINGS
from jupyter_mvt.capture.slices.namebook import NameBook
from jupyter_mvt.capture.slices.settings import holds_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Branches"]


class Branches(NameBook, ast.NodeVisitor):
    """Walks over branches, loops and blocks."""

    def _part(self, nodes: Iterable[ast.AST]) -> None:
        """Visit what may not be run at all: what it binds is surely bound within it only."""
        surely = set(self.sure)
        for node in nodes:
            self.visit(node)
        self.sure = surely

    def visit_If(self, node: ast.If | ast.While) -> None:
        """Take either part as one that may be left out."""
        self.visit(node.test)
        self._part(node.body)
        self._part(node.orelse)

    visit_While = visit_If

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """Take one of the two as computed."""
        self.visit(node.test)
        self._part([node.body])
        self._part([node.orelse])

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Take what follows the first value as one that may not be computed."""
        self.visit(node.values[0])
        self._part(node.values[1:])

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        """Take its body as one that may end anywhere."""
        self._part([*node.body, *node.orelse])
        for handler in node.handlers:
            self._part([handler])
        self._part(node.finalbody)

    visit_TryStar = visit_Try

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Bind the name that the exception has within the handler."""
        if node.name is not None and self._outer(node.name) and not self._shadow:
            self._bind(node.name)
        self.generic_visit(node)

    def visit_Match(self, node: ast.Match) -> None:
        """Take names of cases as parts of the subject; at most one case is run."""
        self.visit(node.subject)
        for case in node.cases:
            self._part([case])
        for part in ast.walk(node):
            name = getattr(part, "rest" if isinstance(part, ast.MatchMapping) else "name", None)
            if isinstance(part, ast.pattern) and name is not None and self._outer(name):
                self.binds.add(name)
                self._share(ast.Name(name, ast.Store()), node.subject)
                if name in self.mutates:
                    self._mutated(root_name(node.subject))

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """Take names of the loop as parts of what is walked over, which may be empty."""
        self.visit(node.iter)
        self.draws = True  # walking over a loader shuffles
        surely = set(self.sure)
        self._target(node.target)
        pairs = list(pairwise(node.target, node.iter))
        for target, walked in pairs:
            self._share(target, walked)
        self._part(node.body)
        self.sure = surely  # there may be nothing to walk over
        self._part(node.orelse)
        # Changing an element changes the container that is walked over.
        for target, walked in pairs:
            if {n.id for n in ast.walk(target) if isinstance(n, ast.Name)} & self.mutates:
                self.mutates |= {n.id for n in ast.walk(walked) if isinstance(n, ast.Name)}

    visit_AsyncFor = visit_For

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        """Take a block as one that may be left early, if its context swallows exceptions."""
        for item in node.items:
            self.visit(item)
        if any(may_swallow(item.context_expr) for item in node.items):
            self._part(node.body)
        else:
            for child in node.body:
                self.visit(child)

    visit_AsyncWith = visit_With

    def visit_withitem(self, node: ast.withitem) -> None:
        """Take what is entered as changed by that."""
        self.visit(node.context_expr)
        if not isinstance(node.context_expr, ast.Call):
            self._mutated(root_name(node.context_expr))
        if node.optional_vars is not None:
            self._target(node.optional_vars)
            self._share(node.optional_vars, node.context_expr, closes=True)

    def _target(self, node: ast.expr) -> None:
        if isinstance(node, (ast.Tuple, ast.List)):
            for item in node.elts:
                self._target(item)
        elif isinstance(node, ast.Starred):
            self._target(node.value)
        elif isinstance(node, ast.Name):
            self.visit(node)
        else:
            self._assigned(node)
            if isinstance(node, ast.Attribute) and holds_settings(node.value):
                self.mutates.add(SETTINGS)  # decimal.getcontext().prec = 6
            self.generic_visit(node)
