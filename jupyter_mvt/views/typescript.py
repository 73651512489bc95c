"""The wire as TypeScript, one file for the views and one for the parts that they are made of.

``python -m jupyter_mvt.views.typescript > js/src/protocol/wire.ts``, and the same with the word
``parts`` for ``parts.ts``. The declarations are made from the typed dictionaries of `views.wire`;
a test keeps the files in step, so that Python and the browser cannot drift apart.
"""

from __future__ import annotations

import inspect
import re
import sys
import types
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from jupyter_mvt.views import wire, wire_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["declarations", "parts"]

_HEAD = """\
// Made from jupyter_mvt/views/{source}.py, not to be edited:
//   python -m jupyter_mvt.views.typescript{word} > js/src/protocol/{file}.ts
"""
_PLAIN: dict[Any, str] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}


def declarations() -> str:
    """Return the file of the views, which names the parts that it needs and passes all on."""
    text = _declared([name for name in wire.__all__ if name not in wire_parts.__all__])
    used = [name for name in wire_parts.__all__ if re.search(rf"\b{name}\b", text)]
    listed = "".join(f"  {name},\n" for name in used)
    return (
        _HEAD.format(source="wire", word="", file="wire")
        + f'import type {{\n{listed}}} from "./parts";\n\nexport type * from "./parts";\n\n{text}'
    )


def parts() -> str:
    """Return the file of the parts."""
    head = _HEAD.format(source="wire_parts", word=" parts", file="parts")
    return head + _declared(wire_parts.__all__)


def _declared(names: Iterable[str]) -> str:
    blocks = []
    for name in names:
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
    sys.stdout.write(parts() if sys.argv[1:] == ["parts"] else declarations())
