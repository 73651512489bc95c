"""What is noted of the names of a statement; `names` walks over it and fills this in."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from jupyter_mvt.capture.slices.effects import Body, Handing
from jupyter_mvt.capture.slices.expressions import copied_names, held_names, in_place, root_name
from jupyter_mvt.capture.slices.harmless import (
    ANSWER,
    ANYTHING,
    CLASSES,
    FILES,
    FUTURE,
    PATH,
    SETTINGS,
    WARNINGS,
    holds_file,
    is_look,
    modules_named,
    only_keeps,
    reads_files,
    spares_arguments,
    writes_files,
)
from jupyter_mvt.capture.slices.lending import Lending
from jupyter_mvt.capture.slices.lines import OURS
from jupyter_mvt.capture.slices.settings import (
    filters_warnings,
    holds_settings,
    only_drawn,
    raises_warnings,
    reloads,
    sets_libraries,
)

__all__ = ["NameBook"]


class NameBook:
    """The names found so far; `_shadow` holds the local names of the functions around.

    Attributes
    ----------
    again
        Names that it binds at several places.
    shares
        Pairs of names whose values may hold one another from here on.
    keeps
        Pairs: the value of the first may hold that of the second, and never changes it.
    sets
        Names that are changed even if they are modules: ``np.seterr(…)``, ``pd.options.x = 1``.
    assigned
        Those of `sets` by which a library may go, if they are of one.
    draws
        Whether it may draw from a random number generator.
    handings
        Calls of plain names; what they are given is not among `passes` and `shares`.
    bodies
        Functions that are defined → their statements.
    returns
        Names whose state a function may give back here.
    attrs
        ``(name, attribute)``: what is asked of it, or of something below it. A class of the
        notebook may give a well-known name a meaning of its own.
    spared
        ``(function, name)``: what is given to calls that are known not to change it.
    wraps
        Decorators of the functions and classes that are defined.
    stateless
        Functions and classes that hold nothing that can be changed → names of their bases, that
        must not hold anything either.
    graphs
        Pairs: the first was computed from the second, so that ``backward`` may reach it.
    copies
        Pairs: the first may hold what the second holds, unless that is numbers and texts only.
    lends
        What it hands out that may be called later.
    derives
        Pairs: a class that is defined, and a base or metaclass of it.
    """

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        self.again: set[str] = set()
        self.sure: set[str] = set()
        self.mutates: set[str] = set()
        self.passes: set[str] = set()
        self.calls: set[str] = set()
        self.imports: set[str] = set()
        self.shares: set[tuple[str, str]] = set()
        self.keeps: set[tuple[str, str]] = set()
        self.sets: set[str] = set()
        self.assigned: set[str] = set()
        self.frees: dict[str, frozenset[str]] = {}
        self.draws = False
        self.handings: set[Handing] = set()
        self.bodies: dict[str, tuple[Body, ...]] = {}
        self.returns: set[str] = set()
        self.attrs: set[tuple[str, str]] = set()
        self.spared: set[tuple[str, str]] = set()
        self.graphs: set[tuple[str, str]] = set()
        self.wraps: set[str] = set()
        self.stateless: dict[str, frozenset[str]] = {}
        self.copies: set[tuple[str, str]] = set()
        self.derives: set[tuple[str, str]] = set()
        self.lends: set[Lending] = set()
        self._shadow: list[frozenset[str]] = []

    def _bind(self, name: str) -> None:
        if name in self.binds:
            self.again.add(name)
        self.binds.add(name)
        self.sure.add(name)

    def _outer(self, name: str | None) -> bool:
        if name is None or name in OURS:
            return False
        return not any(name in names for names in self._shadow)

    def _together(self, called: ast.expr, held: set[str]) -> None:
        """Note that what a call is given may be kept by its receiver, or by one another."""
        root = root_name(called.value) if isinstance(called, ast.Attribute) else None
        if isinstance(called, ast.Attribute) and is_look(called.attr, fresh=True):
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
            modules = modules_named(node)
            self.reads |= modules  # one that was imported before is not looked for again
            self.mutates |= {FILES, PATH} if modules else {FILES}

    def _settings(self, node: ast.Call) -> None:
        """Note that a call works as libraries are set to, and that it may set one."""
        self.reads.add(SETTINGS)
        if sets_libraries(node):
            self.mutates.add(SETTINGS)
        if filters_warnings(node):
            self.mutates.add(WARNINGS)
            if raises_warnings(node):  # from here on, others undo that
                self.mutates.add(SETTINGS)
                self.shares.add((WARNINGS, SETTINGS))
        if reloads(node):
            self.reads |= {FILES, PATH}
            self.mutates.add(SETTINGS)
            for arg in node.args:
                self._mutated(root_name(arg), sets=True)

    def _lend(self, lent: Iterable[Lending]) -> None:
        self.lends |= {one for one in lent if self._outer(one.name)}

    def _wrapped(self, decorators: list[ast.expr]) -> None:
        if not self._shadow:
            self.wraps |= {name for one in decorators if (name := root_name(one)) is not None}

    def _annotated(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """Note that annotations are kept as texts, if a cell has said so before."""
        parts = list(ast.walk(node))
        if any(isinstance(part, ast.AnnAssign) or getattr(part, "annotation", None)
               or getattr(part, "returns", None) for part in parts):  # fmt: skip
            self.reads.add(FUTURE)

    def _define(self, name: str, free: frozenset[str]) -> None:
        if not self._shadow:
            self._bind(name)
            self.frees[name] = free

    def _assigned(self, target: ast.expr) -> None:
        """Note that a part of something is bound anew, or deleted."""
        root = root_name(target)
        self._mutated(root, sets=True)
        if root is not None and self._outer(root) and not only_drawn(target):
            self.assigned.add(root)

    def _mutated(self, root: str | None, *, sets: bool = False) -> None:
        if root is None or not self._outer(root):
            return
        self.mutates.add(root)
        if ANSWER.fullmatch(root) and root not in self.sure:
            self.mutates.add(ANYTHING)  # what an answer is called besides is not known
        if sets:
            self.sets.add(root)
            if root == CLASSES:
                self.mutates.add(ANYTHING)  # it may be a library's
            if root in ("os", "sys"):  # os.chdir, os.environ, sys.path
                self.mutates |= {FILES, PATH}

    def _share(self, target: ast.expr, value: ast.expr, *, closes: bool = False) -> None:
        named = {n.id for n in ast.walk(value) if isinstance(n, ast.Name) and self._outer(n.id)}
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and self._outer(node.id):
                self.graphs |= {(node.id, name) for name in named}
                if holds_file(value) and not closes:
                    self.shares.add((node.id, FILES))
                if holds_settings(value):
                    self.shares.add((node.id, SETTINGS))
                if ANYTHING in held_names(value):
                    self.shares.add((node.id, ANYTHING))
        if isinstance(value, ast.Call) and (handing := self._handing(value)) is not None:
            bound = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
            bound = {name for name in bound if self._outer(name)}
            self.handings.add(replace(handing, targets=frozenset(bound)))
            return
        held = self._held(value)
        copied = {name for name in copied_names(value) if self._outer(name)}
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and self._outer(node.id):
                self.shares |= {(node.id, name) for name in held}
                self.copies |= {(node.id, name) for name in copied}

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
