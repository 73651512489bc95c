"""The wire as TypeScript: ``python -m jupyter_mvt.views.typescript > js/src/protocol/wire.ts``.

The declarations are made from the typed dictionaries of `views.wire`; a test keeps the file in
step, so that Python and the browser cannot drift apart.
"""

from __future__ import annotations

import inspect
import sys
import types
from typing import (
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from jupyter_mvt.views import wire

__all__ = ["declarations"]

_HEAD = """\
// Made from jupyter_mvt/views/wire.py, not to be edited:
//   python -m jupyter_mvt.views.typescript > js/src/protocol/wire.ts
"""
_PLAIN: dict[Any, str] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}


def declarations() -> str:
    """Return the whole TypeScript file."""
    blocks = [_HEAD]
    for name in wire.__all__:
        value = getattr(wire, name)
        blocks.append(_interface(value) if is_typeddict(value) else _alias(name, value))
    return "".join(blocks)


def _interface(cls: Any) -> str:
    lines = [*_comment(inspect.getdoc(cls) or ""), f"export interface {cls.__name__} {{"]
    for key, hint in get_type_hints(cls, vars(wire), include_extras=True).items():
        optional = get_origin(hint) is NotRequired
        inner = get_args(hint)[0] if optional else hint
        lines.append(f"  {key}{'?' if optional else ''}: {_type(inner)};")
    return "\n".join([*lines, "}", ""])


def _alias(name: str, hint: Any) -> str:
    if get_origin(hint) is Literal:
        return f"export type {name} = {_literal(hint)};\n"
    options = "".join(f"\n  | {_type(arg)}" for arg in get_args(hint))
    return f"export type {name} ={options};\n"


def _comment(text: str) -> list[str]:
    return ["/**", *(f" * {line}".rstrip() for line in text.split("\n")), " */"]


def _literal(hint: Any) -> str:
    return " | ".join(f'"{arg}"' for arg in get_args(hint))


def _type(hint: Any) -> str:
    if hint == wire.Verdict:
        return "Verdict"
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_typeddict(hint):
        return str(hint.__name__)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _literal(hint)
    if origin in {Union, types.UnionType}:
        return " | ".join(_type(arg) for arg in args)
    if origin is list:
        inner = _type(args[0])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<{_type(args[0])}, {_type(args[1])}>"
    msg = f"The wire has a type without a TypeScript counterpart: {hint!r}"
    raise TypeError(msg)


if __name__ == "__main__":
    sys.stdout.write(declarations())
