"""Statements that train: which object, by which call, on what."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["FITS", "STEPS", "Argument", "Training", "trained_parameter", "trainings"]

FITS = frozenset({"fit", "fit_transform", "fit_predict", "partial_fit", "train_on_batch"})
STEPS = frozenset({"backward", "step"})
_CALLS = FITS | STEPS | {"train"}
_MEASURES = re.compile(r"no_grad|inference_mode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a training call: its keyword, its text, and the name at its root.

    `plain` tells that the argument is just that name, so that looking it up gives the value.
    """

    keyword: str = ""
    text: str
    root: str
    plain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One training statement.

    Attributes
    ----------
    line
        Within the cell; later lines train later.
    method
        ``"fit"``, ``"backward"`` … or the name of the user's function that fits.
    receivers
        Names that may hold what was trained, likeliest first.
    group
        Whether the receiver is the variable of a loop, so that all elements were trained.
    arguments
        What it was trained on.
    fed
        Of a loop of one's own: what its calls are given, or select from, that it does not make.
    """

    line: int
    method: str
    receivers: tuple[str, ...]
    group: bool = False
    arguments: tuple[Argument, ...] = ()
    fed: tuple[Argument, ...] = ()


def trainings(tree: ast.Module, trainers: Mapping[str, tuple[int, str]]) -> tuple[Training, ...]:
    """Return the training statements of a cell, in order.

    Parameters
    ----------
    tree
        The cell.
    trainers
        User's functions that fit one of their parameters: name → its position and name.
    """
    found = [
        replace(training, fed=_fed(statement)) if training.method in STEPS else training
        for statement in tree.body
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        for training in _within(statement, statement, {}, trainers)
    ]
    return tuple(sorted(found, key=lambda item: item.line))


def _fed(loop: ast.stmt) -> tuple[Argument, ...]:
    """Return the names that calls in a loop are given, and that are selected from, but not made."""
    found: dict[str, ast.Name] = {}
    made = {node.id for node in ast.walk(loop)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
    todo: list[ast.AST] = [loop]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.With) and _MEASURES.search(ast.unparse(node.items[0])):
            continue
        given: list[ast.expr] = []
        if isinstance(node, ast.Call):
            given = [*node.args, *(word.value for word in node.keywords)]
        elif isinstance(node, ast.Subscript):
            given = [node.value]
        for value in (value for item in given for value in _elements(item)):
            if isinstance(value, ast.Name) and value.id not in made:
                found.setdefault(value.id, value)
        todo += ast.iter_child_nodes(node)
    places = sorted(found.values(), key=lambda name: (name.lineno, name.col_offset))
    return tuple(_argument("", name) for name in places)


def _within(
    node: ast.AST,
    statement: ast.stmt,
    loops: dict[str, ast.expr],
    trainers: Mapping[str, tuple[int, str]],
) -> Iterator[Training]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        return
    if isinstance(node, ast.stmt):
        statement = node
    if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        targets = (n.id for n in ast.walk(node.target) if isinstance(n, ast.Name))
        loops = {**loops, **dict.fromkeys(targets, node.iter)}
    if isinstance(node, ast.Call):
        training = _call(node, statement, loops, trainers)
        if training is not None:
            yield training
    for child in _children(node):
        yield from _within(child, statement, loops, trainers)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    # A comprehension's generators come first: its element sees their names.
    generators = getattr(node, "generators", ())
    if not generators:
        yield from ast.iter_child_nodes(node)
        return
    element = ast.Tuple(elts=[], ctx=ast.Load())
    element.elts = [getattr(node, name) for name in ("key", "value", "elt") if hasattr(node, name)]
    loop = ast.For(target=generators[0].target, iter=generators[0].iter, body=[], orelse=[])
    loop.body = [ast.copy_location(ast.Expr(value=element), node)]
    yield ast.copy_location(loop, node)


def _call(
    node: ast.Call,
    statement: ast.stmt,
    loops: dict[str, ast.expr],
    trainers: Mapping[str, tuple[int, str]],
) -> Training | None:
    targets = _targets(statement, node)
    if isinstance(node.func, ast.Attribute) and node.func.attr in _CALLS:
        method = node.func.attr
        receiver = _root(node.func.value)
        if method == "train" and not node.args and "trainer" not in (receiver or "").lower():
            return None  # model.train() only sets a mode
        iterated = loops.get(receiver or "")
        named = _root(iterated) if iterated is not None else receiver
        arguments = _arguments(node, skip=None)
        if method in STEPS:
            arguments = tuple(_argument("", source) for source in loops.values())
        return Training(
            line=node.lineno,
            method=method,
            receivers=tuple(name for name in (named, *targets) if name),
            group=iterated is not None and method not in STEPS,
            arguments=arguments,
        )
    if isinstance(node.func, ast.Name) and node.func.id in trainers:
        position, keyword = trainers[node.func.id]
        given = [arg for i, arg in enumerate(node.args) if i == position]
        given += [word.value for word in node.keywords if word.arg == keyword]
        receivers = [root for arg in given if (root := _root(arg)) is not None]
        return Training(
            line=node.lineno,
            method=node.func.id,
            receivers=(*targets, *receivers),
            arguments=_arguments(node, skip=position),
        )
    return None


def _targets(statement: ast.stmt, node: ast.Call) -> tuple[str, ...]:
    """Names bound to the call's own result, or to a chain that starts with it."""
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
        return ()
    value: ast.expr = statement.value
    while isinstance(value, (ast.Attribute, ast.Await)):
        value = value.value
    if value is not node:
        return ()
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return tuple(target.id for target in targets if isinstance(target, ast.Name))


def _arguments(node: ast.Call, *, skip: int | None) -> tuple[Argument, ...]:
    words = [("", arg) for i, arg in enumerate(node.args) if i != skip]
    words += [(word.arg or "", word.value) for word in node.keywords]
    return tuple(
        _argument(keyword, value)
        for keyword, given in words
        for value in _elements(given)
        if not isinstance(value, (ast.Constant, ast.Lambda))
    )


def _elements(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what a displayed list holds: ``eval_set=[(X_val, y_val)]``."""
    if isinstance(node, (ast.List, ast.Tuple)):
        for item in node.elts:
            yield from _elements(item)
    else:
        yield node


def _argument(keyword: str, node: ast.expr) -> Argument:
    return Argument(
        keyword=keyword,
        text=ast.unparse(node)[:200],
        root=_root(node) or "",
        plain=isinstance(node, ast.Name),
    )


def _root(node: ast.AST) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred, ast.Await)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            node = node.args[0]  # tqdm(loader), enumerate(loader), zip(a, b)
        else:
            node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def trained_parameter(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, str] | None:
    """Return position and name of the parameter that the function fits, if it fits one."""
    names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    fitted: str | None = None
    steps = False
    for child in ast.walk(node):
        if not isinstance(child, ast.Call) or not isinstance(child.func, ast.Attribute):
            continue
        if child.func.attr in FITS:
            root = _root(child.func.value)
            fitted = root if root in names else fitted
        steps = steps or child.func.attr in STEPS
    if fitted is None and steps and names:
        likely = [name for name in names if name in {"model", "net", "network", "module"}]
        fitted = likely[0] if likely else names[0]
    return None if fitted is None else (names.index(fitted), fitted)
