"""Classes of the notebook that hold nothing that an object of theirs could change."""

from __future__ import annotations

import ast

__all__ = ["bases_of_stateless", "holds_nothing"]

_DECORATORS = frozenset({"abstractmethod", "inference_mode", "no_grad", "override", "property",
                         "setter", "staticmethod"})  # fmt: skip
_REACHING = frozenset({"__class__", "__dict__", "classmethod", "cls", "delattr", "exec", "eval",
                       "globals", "mro", "__mro__", "setattr", "type", "vars"})  # fmt: skip
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def bases_of_stateless(node: ast.ClassDef) -> frozenset[str] | None:
    """Return plain names of the bases of a class that holds no state, if these hold none either.

    ``None`` if it may hold some: values that can be changed, or a method that reaches for it.
    """
    if node.decorator_list or node.keywords:
        return None
    if not all(isinstance(base, (ast.Name, ast.Attribute)) for base in node.bases):
        return None
    if not all(map(_is_plain, node.body)):
        return None
    parts = list(ast.walk(node))
    # super(Net, self).__init__() asks the bases, and reaches for nothing.
    asking = {id(arg) for part in parts if isinstance(part, ast.Call) for arg in part.args[:1]
              if isinstance(part.func, ast.Name) and part.func.id == "super"}  # fmt: skip
    for part in parts:
        name = getattr(part, "id", None)
        reaching = {name, getattr(part, "attr", None)} & _REACHING
        if reaching or (name == node.name and id(part) not in asking):
            return None
    return frozenset(base.id for base in node.bases if isinstance(base, ast.Name))


def _is_plain(part: ast.stmt) -> bool:
    if isinstance(part, _FUNCTIONS):
        given = [*part.args.defaults, *(one for one in part.args.kw_defaults if one is not None)]
        return all(map(_is_constant, given)) and all(map(_is_harmless, part.decorator_list))
    if isinstance(part, (ast.Assign, ast.AnnAssign)):
        return part.value is None or _is_constant(part.value)
    return isinstance(part, ast.Pass) or (
        isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    )


def holds_nothing(default: ast.expr) -> bool:
    """Tell whether the default of a parameter is nothing new that calls could change."""
    return _is_constant(default) or isinstance(default, (ast.Attribute, ast.Lambda, ast.Name))


def _is_constant(value: ast.expr) -> bool:
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    if isinstance(value, ast.Tuple):
        return all(map(_is_constant, value.elts))
    return isinstance(value, ast.Constant)


def _is_harmless(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in _DECORATORS
