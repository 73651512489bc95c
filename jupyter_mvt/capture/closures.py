"""The source closure of a class or function of the notebook: its text and all that it needs.

`inspect.getsource` fails for classes defined in cells, so the text comes from the recorded
cells. Dependencies come first: imports, constants, helpers, bases; each statement once.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_mvt.capture.adapter import Sources

__all__ = ["code_shape", "free_names", "remember", "source_closure", "sources_from"]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)

# Calls in a constant that make a value and touch nothing else.
_HARMLESS = frozenset(
    {"bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "max", "min",
     "range", "round", "set", "str", "sum", "tuple", "abs", "len", "torch.device", "re.compile",
     "namedtuple", "collections.namedtuple", "NamedTuple", "TypeVar", "logging.getLogger",
     "np.array", "numpy.array", "torch.tensor"}
)  # fmt: skip
_PLAIN = (bool, int, float, complex, str, bytes, type(None))


_stored: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""Class or function that a version's text was run for → that text: no cell here defines it."""


def remember(obj: Any, text: str) -> None:
    """Note the closure that a class or function was made of."""
    _stored[obj] = text


def sources_from(
    definition: Callable[[str], str | None],
    namespace: Mapping[str, Any],
    earlier: Callable[[str, Any], Callable[[str], str | None] | None] = lambda name, obj: None,
) -> Sources:
    """Return how adapters find the text of what was defined in cells; see `source_closure`.

    Parameters
    ----------
    definition
        Text of the statement that bound a name last, `CellLog.definition`.
    namespace
        The notebook's names.
    earlier
        For an object whose name now means other code: how names were defined when it was;
        ``None`` if that is not known.
    """

    def source(obj: Any) -> str | None:
        qualname = getattr(obj, "__qualname__", "")
        if getattr(obj, "__module__", "") != "__main__" or "<" in qualname:
            return None
        root, *inner = qualname.split(".")
        if isinstance(obj, (type, FunctionType)) and obj in _stored:
            return _stored[obj]
        live = namespace.get(root)
        for step in inner:
            live = getattr(live, step, None)
        if live is obj or _same_code(live, obj):
            return source_closure(root, definition, namespace)
        then = None if inner else earlier(root, obj)
        return None if then is None else _earlier_closure(root, then, definition, namespace)

    return source


def _earlier_closure(
    name: str,
    then: Callable[[str], str | None],
    now: Callable[[str], str | None],
    values: Mapping[str, Any],
) -> str | None:
    """Return the closure of what `name` meant `then`, ``None`` where that cannot be told.

    Classes mean what they were; what is called by name means its definition of `now`, unless it
    was used up when `name` was defined.
    """
    fixed = _used_at_once(then(name) or "")

    def definition(needed: str) -> str | None:
        before, after = then(needed), now(needed)
        if needed == name or (before is not None and _is_class(before)):
            return before
        return None if needed in fixed and before != after else after

    known = all(definition(needed) is not None or now(needed) is None for needed in fixed)
    return source_closure(name, definition, values) if known else None


def _used_at_once(text: str) -> set[str]:
    """Return names that a definition reads when it runs: bases, decorators, defaults."""
    found, todo = set(), list[ast.AST](_parse(text))
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            todo += [*node.decorator_list, node.args]
        elif not isinstance(node, ast.Lambda):
            todo += ast.iter_child_nodes(node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
    return found


def _is_class(text: str) -> bool:
    return any(isinstance(node, ast.ClassDef) for node in _parse(text))


def source_closure(
    name: str,
    definition: Callable[[str], str | None],
    values: Mapping[str, Any] | None = None,
) -> str | None:
    """Return the text that defines `name`, and before it what that text refers to.

    Parameters
    ----------
    name
        Top-level name of the class or function.
    definition
        Text of the statement that bound a name last, ``None`` if no cell did.
    values
        Live values: a constant that was computed is written as its value, if that is plain.

    Returns
    -------
    str or None
        ``None`` when no cell defines `name` as a class or function.
    """
    text = definition(name)
    if text is None or not _defines(text, name):
        return None
    pieces: dict[str, None] = {}
    _gather(name, definition, values or {}, pieces, set())
    return "\n\n".join(pieces) + "\n"


def _same_code(one: Any, other: Any) -> bool:
    """Tell whether two classes or functions do the same: a cell that was run again."""
    if type(one) is not type(other):
        return False
    if not isinstance(one, type):
        code = getattr(one, "__code__", None)
        return code is not None and code_shape(code) == code_shape(getattr(other, "__code__", None))
    codes, bases = [], []
    for cls in (one, other):
        codes.append({key: code_shape(value.__code__) for key, value in vars(cls).items()
                      if hasattr(value, "__code__")})  # fmt: skip
        bases.append([f"{base.__module__}.{base.__qualname__}" for base in cls.__mro__])
    return codes[0] == codes[1] and bases[0] == bases[1]


def code_shape(code: Any) -> Any:
    """Return what code does: without line numbers, which move with every edit above."""
    if not isinstance(code, CodeType):
        return code
    consts = tuple((type(item).__name__, code_shape(item)) for item in code.co_consts)
    return (code.co_code, code.co_names, code.co_varnames, code.co_freevars, consts)


def _gather(
    name: str,
    definition: Callable[[str], str | None],
    values: Mapping[str, Any],
    pieces: dict[str, None],
    visited: set[str],
) -> None:
    if name in visited:
        return
    visited.add(name)
    text = _usable(name, definition, values)
    if text is None:
        return
    for needed in sorted(free_names(text)):
        _gather(needed, definition, values, pieces, visited)
    pieces.setdefault(text.strip("\n"), None)


def _defines(text: str, name: str) -> bool:
    body = _parse(text)
    return any(isinstance(node, _DEFINITIONS) and node.name == name for node in body)


def _parse(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return []


def _usable(
    name: str,
    definition: Callable[[str], str | None],
    values: Mapping[str, Any],
    above: frozenset[str] = frozenset(),
) -> str | None:
    """Return the text that binds `name` if running it only defines; else its plain value."""
    text = definition(name)
    if text is None or name in above:
        return None
    body = _parse(text)
    defines = all(isinstance(node, (*_DEFINITIONS, *_IMPORTS)) or _constant(node) for node in body)
    needed = {
        part.id
        for node in body
        if not isinstance(node, (*_DEFINITIONS, *_IMPORTS))
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    }
    # A constant made of what is not part of the closure would fail where it is restored.
    known = all(
        hasattr(builtins, item) or _usable(item, definition, values, above | {name}) is not None
        for item in needed
    )
    if body and defines and known:
        return text
    value = values.get(name)
    return f"{name} = {value!r}" if name in values and _is_plain(value) else None


def _constant(node: ast.stmt) -> bool:
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
        return False
    return all(
        not isinstance(part, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr))
        and (not isinstance(part, ast.Call) or ast.unparse(part.func) in _HARMLESS)
        for part in ast.walk(node.value)
    )


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return len(value) <= 1000 and all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return len(value) <= 1000 and all(
            _is_plain(key) and _is_plain(item) for key, item in value.items()
        )
    return type(value) in _PLAIN


def free_names(text: str) -> frozenset[str]:
    """Return the global names that `text` uses, inside functions and classes too."""
    try:
        table = symtable.symtable(text, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}
    return frozenset(_used(table)) - bound


def _used(table: symtable.SymbolTable) -> set[str]:
    top = table.get_type() == "module"
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (top or symbol.is_global())
    }
    for child in table.get_children():
        names |= _used(child)
    return names
