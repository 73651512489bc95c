"""What a statement hands out that may be called later: functions, methods, objects with methods."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import NamedTuple

from jupyter_mvt.capture.slices.expressions import root_name
from jupyter_mvt.capture.slices.harmless import called_name
from jupyter_mvt.capture.slices.settings import only_drawn, sets_globally

__all__ = ["GIVEN", "KEPT", "PLACED", "SET", "Lending", "given_to", "lambdas", "placed", "wrapped"]

GIVEN, KEPT, SET, PLACED = "given", "kept", "set", "placed"
"""How something is handed out: to any call; to one that keeps it (a class, ``partial``); to one
that changes what it belongs to (``gc.callbacks.append``); as an attribute or an item."""

_BUILTINS = frozenset(dir(builtins))
_WRAPPERS = frozenset({
    "cache", "classmethod", "compile", "contextmanager", "dataclass", "enable_grad", "function",
    "inference_mode", "jit", "lru_cache", "njit", "no_grad", "property", "script",
    "set_grad_enabled", "singledispatch", "staticmethod", "total_ordering", "vmap", "wraps",
})  # fmt: skip
"""Decorators whose function is called only where it is called by name."""


class Lending(NamedTuple):
    """Something that is handed out: ``receiver.call(name.attr)``; texts are empty where none is."""

    receiver: str
    name: str
    attr: str
    manner: str


def given_to(node: ast.Call) -> Iterator[Lending]:
    """Yield what a call is given; builtins call at once what they are given, if at all."""
    called = node.func
    if isinstance(called, ast.Name) and called.id == "setattr" and len(node.args) == 3:
        yield from placed(node.args[0], node.args[2])
    if isinstance(called, ast.Name) and called.id in _BUILTINS:
        return
    name = called_name(node)
    manner = GIVEN
    if sets_globally(name) and isinstance(called, ast.Attribute):
        manner = SET
    elif name[:1].isupper() or name.startswith("partial"):
        manner = KEPT
    for value in (*node.args, *(word.value for word in node.keywords)):
        for one, attr in _named(value, made=manner == SET):
            yield Lending(root_name(called) or "", one, attr, manner)


def placed(target: ast.expr, value: ast.expr) -> Iterator[Lending]:
    """Yield what becomes a part of something: ``warnings.showwarning = f``."""
    root = root_name(target)
    if isinstance(target, ast.Name) or root is None or only_drawn(target):
        return
    for one, attr in _named(value, made=True):
        yield Lending(root, one, attr, PLACED)


def wrapped(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[Lending]:
    """Yield a function, or a class, for each decorator that may call it later."""
    for one in node.decorator_list:
        called = one.func if isinstance(one, ast.Call) else one
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name not in _WRAPPERS:
            yield Lending(root_name(one) or "", node.name, "", SET)


def lambdas(node: ast.Call | ast.Assign) -> Iterator[ast.Lambda]:
    """Yield the lambdas that are given to a call itself, or bound to a part of something."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _BUILTINS:
            return
        values = [*node.args, *(word.value for word in node.keywords)]
    else:
        values = [node.value]
    for value in values:
        yield from (part for part in _parts(value) if isinstance(part, ast.Lambda))


def _named(value: ast.expr, *, made: bool) -> Iterator[tuple[str, str]]:
    """Yield names, and what is asked of them, that an expression gives as they are.

    Where `made` is set, names of what is called stand for what that makes: ``Handler()``.
    """
    for part in _parts(value):
        if isinstance(part, ast.Name):
            yield part.id, ""
        elif isinstance(part, ast.Attribute) and (root := root_name(part)) is not None:
            yield root, part.attr
        elif made and isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            yield part.func.id, ""


def _parts(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        inside = value.elts
    elif isinstance(value, ast.Dict):
        inside = value.values
    elif isinstance(value, ast.IfExp):
        inside = [value.body, value.orelse]
    elif isinstance(value, ast.BoolOp):
        inside = value.values
    elif isinstance(value, (ast.Starred, ast.NamedExpr)):
        inside = [value.value]
    else:
        yield value
        return
    for one in inside:
        yield from _parts(one)
