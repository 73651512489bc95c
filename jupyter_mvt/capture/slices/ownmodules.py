"""What modules may keep that belong to the notebook, and not to an installed package.

What a function of such a module changes in it (``global n``, a list at its top) no cell tells.
Its text does: a module of functions and constants keeps nothing.
"""

from __future__ import annotations

import ast
import os
import sys
import sysconfig
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any

from jupyter_mvt.capture.slices.effects import effect_of, worst_of
from jupyter_mvt.capture.slices.harmless import LOOKS, spares_arguments
from jupyter_mvt.capture.slices.stateless import bases_of_stateless, holds_nothing
from jupyter_mvt.capture.slices.syntax import CellSyntax, Unit, analyse

__all__ = ["changes_when_asked", "keeps_state"]

_INSTALLED = tuple(
    {os.path.realpath(path) + os.sep for key, path in sysconfig.get_paths().items()
     if key in ("stdlib", "platstdlib", "purelib", "platlib")}
)  # fmt: skip
_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_LONGEST = 1_000_000
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CALM = frozenset({"compile", "getLogger", "namedtuple", "NewType", "Path", "TypeVar"})


def keeps_state(value: Any) -> bool:
    """Tell whether a module, class or function is of the notebook's own files, and may keep state.

    That of a module that it imports counts as its own.
    """
    module = value if isinstance(value, ModuleType) else _module_of(value)
    return module is not None and _keeps(module, set())


def changes_when_asked(cls: type) -> bool:
    """Tell whether methods that elsewhere change nothing, like ``predict``, change its objects."""
    module = _module_of(cls)
    file = "" if module is None else _own_file(module)
    if not file:
        return False
    return bool(_facts(file, _stamp(file))[1].intersection(base.__name__ for base in cls.__mro__))


def _module_of(value: Any) -> ModuleType | None:
    name = getattr(value, "__module__", None)
    return sys.modules.get(name) if isinstance(name, str) and name != "__main__" else None


def _keeps(module: ModuleType, seen: set[str]) -> bool:
    file = _own_file(module)
    if not file or file in seen:
        return False
    seen.add(file)
    if _facts(file, _stamp(file))[0]:
        return True
    for value in list(vars(module).values()):
        if isinstance(value, (ModuleType, FunctionType, type)):
            other = value if isinstance(value, ModuleType) else _module_of(value)
            if other is not None and other is not module and _keeps(other, seen):
                return True
    return False


def _own_file(module: ModuleType) -> str:
    """Return the text that a module was made of, ``""`` where it is an installed one."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not file.endswith(".py"):
        return ""
    top = module.__name__.partition(".")[0]
    return "" if top == "jupyter_mvt" or _is_installed(file, top) else file


@lru_cache(maxsize=4096)
def _is_installed(file: str, top: str) -> bool:
    real = os.path.realpath(file)
    if real.startswith(_INSTALLED) or any(part in real for part in _PACKAGES):
        return True
    # A folder of packages anywhere: beside each lies what its installer has noted of it.
    folder = os.path.dirname(real)
    while os.path.basename(folder) and os.path.basename(folder) != top:
        folder = os.path.dirname(folder)
    beside = os.path.dirname(folder if os.path.basename(folder) else real)
    try:
        return any(name.endswith(".dist-info") for name in os.listdir(beside))
    except OSError:
        return False


def _stamp(file: str) -> tuple[int, int]:
    try:
        found = os.stat(file)
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=512)
def _facts(file: str, stamp: tuple[int, int]) -> tuple[bool, frozenset[str]]:
    """Return whether a module may keep state, and which of its classes change when asked."""
    if not 0 < stamp[1] <= _LONGEST:
        return stamp[1] > 0, frozenset()
    try:
        with open(file, encoding="utf-8") as lines:
            text = lines.read()
        tree = ast.parse(text)
        syntax = analyse(text)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return True, frozenset()
    return _may_keep(tree, syntax), _restless(syntax)


def _may_keep(tree: ast.Module, syntax: CellSyntax) -> bool:
    parts = list(ast.walk(tree))
    if any(isinstance(part, (ast.Global, ast.Nonlocal)) for part in parts):
        return True
    for part in parts:
        if isinstance(part, ast.ClassDef) and bases_of_stateless(part) is None:
            return True
        if isinstance(part, _FUNCTIONS) and not _is_still(part):
            return True
    if any(map(_holds, tree.body)):
        return True
    around = {name for unit in syntax.units for own in unit.bodies.values()
              for body in own for step in body.steps for name in step.sets - body.own}  # fmt: skip
    return bool(around) or any(map(_writes_to_given, syntax.units))


def _writes_to_given(unit: Unit) -> bool:
    """Tell whether a function does what its name does not promise: ``my_score`` that appends."""
    for name, own in unit.bodies.items():
        if spares_arguments(ast.Name(name)) and len(own) == 1 and own[0].name == name:
            effect = effect_of(own[0], {}, ())
            if effect is None or effect.changed & own[0].parameters:
                return True
    return False


def _is_still(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = [*function.args.defaults, *(one for one in function.args.kw_defaults if one)]
    known = {"property", "staticmethod", "abstractmethod", "no_grad", "override", "inference_mode"}
    return all(map(holds_nothing, given)) and all(
        _last(one.func if isinstance(one, ast.Call) else one) in known
        for one in function.decorator_list
    )


def _holds(statement: ast.stmt) -> bool:
    """Tell whether a statement at the top of a module binds what can be changed."""
    if isinstance(statement, (ast.If, ast.Try, ast.For, ast.While, ast.With)):
        return any(_holds(part) for part in ast.walk(statement) if isinstance(part, ast.Assign))
    if isinstance(statement, ast.AugAssign):
        return True
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = [getattr(target, "id", "") for target in targets]
    value = statement.value
    if all(name.isupper() or name == "__all__" for name in names):
        # A constant by its name, as long as nothing in it can be reached and changed.
        return not all(isinstance(part, ast.Constant) for part in _leaves(value))
    return not (
        holds_nothing(value) or (isinstance(value, ast.Call) and _last(value.func) in _CALM)
    )


def _leaves(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        return [leaf for part in value.elts for leaf in _leaves(part)]
    if isinstance(value, ast.Dict):
        parts = [*(key for key in value.keys if key is not None), *value.values]
        return [leaf for part in parts for leaf in _leaves(part)]
    return [value.operand if isinstance(value, ast.UnaryOp) else value]


def _last(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _restless(syntax: CellSyntax) -> frozenset[str]:
    found = set()
    for unit in syntax.units:
        for name, own in unit.bodies.items():
            for body in own:
                effect = effect_of(body, {}, ())
                changed = worst_of(body) | body.parameters if effect is None else effect.changed
                if body.name != name and body.name in LOOKS and body.slots.get("0") in changed:
                    found.add(name)
    return frozenset(found)
