"""What expressions may be or hold, and which names functions have of their own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jupyter_mvt.capture.slices.harmless import (
    ANYTHING,
    CLASSES,
    COUNTS,
    called_name,
    hands_out_names,
    is_look,
    patches,
    spares_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "arguments",
    "changes",
    "copied_names",
    "defaults",
    "held_names",
    "in_place",
    "is_lazy",
    "locals_of",
    "may_swallow",
    "outer_names",
    "paired",
    "pairwise",
    "root_name",
    "with_default",
]

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_CLASSES = frozenset({"__base__", "__bases__", "__class__", "__mro__", "mro"})
_STEPS = (ast.Attribute, ast.Subscript, ast.Call, ast.Starred, ast.Await, ast.NamedExpr)
_SHALLOW = frozenset({
    "agg", "aggregate", "copy", "drop_duplicates", "dropna", "fillna", "item", "max", "melt", "min",
    "mode", "pivot_table", "sample", "sort_index", "sort_values", "sum", "to_dict", "to_list",
    "tolist", "train_test_split", "unique",
})  # fmt: skip
_SWALLOWING = frozenset({"assertRaises", "raises", "suppress"})
_PLAIN_CONTEXTS = frozenset({"autocast", "catch_warnings", "inference_mode", "no_grad", "open"})


def held_names(value: ast.expr) -> set[str]:
    """Return the names whose state the value of an expression may be, or hold."""
    if isinstance(value, ast.Name):
        return {value.id}
    if _is_class(value):
        return {CLASSES}
    if isinstance(value, (ast.Attribute, ast.Subscript, ast.Starred, ast.Await, ast.NamedExpr)):
        return held_names(value.value)
    if isinstance(value, (ast.Constant, ast.Compare, ast.JoinedStr, ast.UnaryOp, ast.Slice)):
        return set()
    if isinstance(value, ast.BinOp):
        sides = (value.left, value.right)
        plain = any(isinstance(side, ast.Constant) for side in sides)
        return set() if plain else _held_by(sides)
    if isinstance(value, ast.Call):
        return _held_by_call(value)
    if isinstance(value, ast.Lambda):
        return outer_names(value)
    if isinstance(value, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
    return _held_by(child for child in ast.iter_child_nodes(value) if isinstance(child, ast.expr))


def copied_names(value: ast.expr) -> set[str]:
    """Return the names whose parts the value of an expression may hold, in a container of its own.

    ``x.copy()``, ``copy.copy(x)``, ``2 * x``: nothing of an array, all elements of a list, and
    what the cells of a table hold, if that is more than numbers and texts.
    """
    found: set[str] = set()
    for part in ast.walk(value):
        if isinstance(part, ast.Call) and called_name(part) in _SHALLOW:
            receiver = getattr(part.func, "value", None)
            found |= _held_by(part.args) | (held_names(receiver) if receiver else set())
        elif isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
            sides = (part.left, part.right)
            if any(isinstance(side, ast.Constant) for side in sides):
                found |= _held_by(sides)
    return found


def _held_by(values: Iterable[ast.expr]) -> set[str]:
    return {name for value in values for name in held_names(value)}


def _held_by_call(node: ast.Call) -> set[str]:
    called = node.func
    given = [*node.args, *(word.value for word in node.keywords)]
    if isinstance(called, ast.Attribute):
        if is_look(called.attr, fresh=True, given=len(given)):
            return set()
        given.append(called.value)
    elif isinstance(called, ast.Name):
        if called.id in COUNTS:
            return set()
        given.append(called)
    if patches(node) or hands_out_names(called):
        return _held_by(given) | {ANYTHING}
    if any(word.arg == "shuffle" for word in node.keywords) or not spares_fresh(called):
        return _held_by(given)
    return set()


def spares_fresh(called: ast.expr) -> bool:
    """Tell whether a call surely returns something that shares nothing."""
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in COUNTS or name.endswith(("_score", "_error", "_report", "_matrix", "_curve"))


def in_place(node: ast.Call) -> bool:
    """Tell whether a call is told to write to what it is given."""
    return any(
        (word.arg in ("inplace", "copy") and not _is(word.value, word.arg == "copy"))
        or word.arg == "out"
        for word in node.keywords
    )


def _is(node: ast.expr, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def changes(node: ast.AST, names: set[str]) -> bool:
    """Tell whether a call in a comprehension may change one of its own variables."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Attribute) and not is_look(called.attr, given=len(node.args)):
        return root_name(called.value) in names
    given = {root_name(arg) for arg in node.args}
    return bool(given & names) and not spares_arguments(called)


def outer_names(node: ast.Lambda) -> set[str]:
    """Return what a lambda names besides its parameters."""
    own = {arg.arg for arg in arguments(node.args)}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - own


def root_name(node: ast.AST) -> str | None:
    """Return the name at the root of ``name.attr[0].call()``; `CLASSES` for ``type(p).seen``."""
    while isinstance(node, _STEPS):
        if _is_class(node):
            return CLASSES
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr" and node.args:
            node = node.args[0]  # getattr(a, "items").append(1)
            continue
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _is_class(node: ast.AST) -> bool:
    """Tell whether a value is a class that is not named: ``type(p)``, ``p.__class__``."""
    if isinstance(node, ast.Attribute):
        return node.attr in _CLASSES and isinstance(node.ctx, ast.Load)
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return False
    return isinstance(node.func, ast.Name) and node.func.id == "type"


def paired(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what an assignment binds with what that is bound to: ``a, b = b, a`` in pairs."""
    sides = (target, value)
    if all(isinstance(side, (ast.Tuple, ast.List)) for side in sides):
        ours, theirs = (side.elts for side in sides)  # type: ignore[attr-defined]
        if len(ours) == len(theirs) and not any(isinstance(n, ast.Starred) for n in theirs + ours):
            for one, other in zip(ours, theirs, strict=True):
                yield from paired(one, other)
            return
    yield target, value


def pairwise(target: ast.expr, walked: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what a loop binds with what that comes from: ``zip`` and ``enumerate`` in pairs."""
    called = walked.func if isinstance(walked, ast.Call) else None
    name = called.id if isinstance(called, ast.Name) else ""
    given = walked.args if isinstance(walked, ast.Call) else []
    parts = target.elts if isinstance(target, ast.Tuple) else []
    if name == "zip" and len(given) == len(parts):
        for part, one in zip(parts, given, strict=True):
            yield from pairwise(part, one)
    elif name == "enumerate" and len(parts) == 2 and len(given) == 1:
        yield from pairwise(parts[1], given[0])
    else:
        yield target, walked


def arguments(args: ast.arguments) -> Iterator[ast.arg]:
    """Yield all parameters."""
    yield from (*args.posonlyargs, *args.args, *args.kwonlyargs)
    yield from (extra for extra in (args.vararg, args.kwarg) if extra is not None)


def defaults(args: ast.arguments) -> list[ast.expr]:
    """Return the default values of parameters."""
    return [*args.defaults, *(node for node in args.kw_defaults if node is not None)]


def with_default(args: ast.arguments) -> list[tuple[ast.arg, ast.expr]]:
    """Return parameters that need not be given, with what they are then."""
    by_place = [*args.posonlyargs, *args.args]
    last = by_place[len(by_place) - len(args.defaults) :]
    named = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return [*zip(last, args.defaults, strict=True), *((a, d) for a, d in named if d is not None)]


def is_lazy(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a call of a function only begins: the rest is done when it is asked."""
    yields = (ast.Yield, ast.YieldFrom)
    return isinstance(node, ast.AsyncFunctionDef) or any(
        isinstance(part, yields) for part in ast.walk(node)
    )


def locals_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Return the local names of a function, parameters included."""
    own = {arg.arg for arg in arguments(node.args)}
    outer: set[str] = set()
    for child in (part for statement in node.body for part in ast.walk(statement)):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            own.add(child.id)
        elif isinstance(child, _SCOPES):
            own.add(child.name)
        elif isinstance(child, (ast.Import, ast.ImportFrom)):
            own |= {(alias.asname or alias.name).split(".")[0] for alias in child.names}
        elif isinstance(child, (ast.Global, ast.Nonlocal)):
            outer |= set(child.names)
        elif isinstance(child, ast.ExceptHandler) and child.name:
            own.add(child.name)
    return frozenset(own - outer)


def may_swallow(context: ast.expr) -> bool:
    """Tell whether ``with`` may go on after an exception: some of its body may not be run."""
    called = context.func if isinstance(context, ast.Call) else context
    if isinstance(called, ast.Attribute):
        return called.attr in _SWALLOWING
    return not (isinstance(called, ast.Name) and called.id in _PLAIN_CONTEXTS)
