"""What a pickle says, whatever its bytes are: the same for two pickles of equal objects.

A pickle of an equal object may differ in its bytes: equal texts are one object here and two
there, sets have no order, a class of a notebook has another number each time its cell runs. So
the program is followed, without importing or calling anything, and what it would build is
digested. Everything counts that restoring gives back; only what a line number or a run leaves
does not.
"""

from __future__ import annotations

import pickletools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from jupyter_mvt.capture.declarative.policy import is_stamp
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.ids import digest

__all__ = ["program_identity"]

_MOST_BYTES = 256 << 10
"""A longer program counts by its bytes: following it would take longer than storing it."""
_ATOMS = frozenset({
    "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT", "SHORT_BINUNICODE", "BINUNICODE",
    "BINUNICODE8", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "BYTEARRAY8",
})  # fmt: skip
_PLAIN = {"NONE": "None", "NEWTRUE": "True", "NEWFALSE": "False"}
_EMPTY = {"EMPTY_LIST": "list", "EMPTY_TUPLE": "tuple", "EMPTY_DICT": "dict", "EMPTY_SET": "set",
          "NEXT_BUFFER": "buffer"}  # fmt: skip
_MADE = {"TUPLE1": ("tuple", 1), "TUPLE2": ("tuple", 2), "TUPLE3": ("tuple", 3),
         "REDUCE": ("call", 2), "NEWOBJ": ("new", 2), "NEWOBJ_EX": ("new", 3),
         "STACK_GLOBAL": ("global", 2)}  # fmt: skip
_MARKED = {"TUPLE": "tuple", "FROZENSET": "frozenset"}
_GETS = frozenset({"BINGET", "LONG_BINGET"})
_IGNORED = frozenset({"PROTO", "FRAME", "READONLY_BUFFER"})
# Where cloudpickle says from which line and file a function is, and which class's number is whose.
_OF_A_RUN = {
    "_make_skeleton_class": (4,),
    "_make_skeleton_enum": (5,),
    "_make_function": (1,),
    "CodeType": (10, 13, 14),
}
_LINES = ("str:__firstlineno__", "str:__static_attributes__")

_Value: TypeAlias = "str | _Node"
"""Something that is built; of a text or a number, all that is to say: ``"int:3"``."""


@dataclass(slots=True, eq=False)
class _Node:
    kind: str
    parts: Sequence[_Value] = ()
    items: list[_Value] = field(default_factory=list)
    pairs: list[_Value] = field(default_factory=list)
    states: list[_Value] = field(default_factory=list)
    found: str = ""


def program_identity(program: bytes, outside: Sequence[Any]) -> str:
    """Return the digest of what `program` builds.

    Parameters
    ----------
    program
        A pickle of protocol 5, of our own pickler.
    outside
        What the numbers of its persistent ids stand for, as builtins.
    """
    if len(program) > _MOST_BYTES:
        return digest(program)
    try:
        return _digest(_follow(program, outside))
    except (RecursionError, LookupError, AttributeError, ValueError):
        return digest(program)  # deeper, or built otherwise, than any pickle of ours is known to be


def _follow(program: bytes, outside: Sequence[Any]) -> _Value:
    stack: list[Any] = []
    marks: list[int] = []
    memo: list[_Value] = []
    for opcode, argument, _ in pickletools.genops(program):
        name = opcode.name
        if name in _ATOMS:
            stack.append(_atom(argument))
        elif name == "MEMOIZE":
            memo.append(stack[-1])
        elif name in _GETS:
            stack.append(memo[int(argument or 0)])
        elif name == "MARK":
            marks.append(len(stack))
        elif name == "BINPERSID":
            number = int(_text(stack.pop().parts[1]))
            stack.append(f"outside:{encode(outside[number]).hex()}")
        elif name == "STOP":
            value: _Value = stack.pop()
            return value
        elif name not in _IGNORED:
            _step(name, stack, marks)
    msg = "the program has no end"
    raise ValueError(msg)


def _step(name: str, stack: list[Any], marks: list[int]) -> None:
    if name in _PLAIN:
        stack.append(_PLAIN[name])
    elif name in _EMPTY:
        stack.append(_Node(_EMPTY[name]))
    elif name in _MADE:
        kind, count = _MADE[name]
        stack.append(_Node(kind, _taken(stack, len(stack) - count)))
    elif name in _MARKED:
        taken = _taken(stack, marks.pop())
        stack.append(_Node(_MARKED[name], taken))
    elif name in ("APPENDS", "ADDITEMS"):
        taken = _taken(stack, marks.pop())
        stack[-1].items.extend(taken)
    elif name == "SETITEMS":
        taken = _taken(stack, marks.pop())
        stack[-1].pairs.extend(taken)
    else:
        _small(name, stack, marks)


def _small(name: str, stack: list[Any], marks: list[int]) -> None:
    if name == "APPEND":
        item = stack.pop()
        stack[-1].items.append(item)
    elif name == "SETITEM":
        pair = _taken(stack, len(stack) - 2)
        stack[-1].pairs.extend(pair)
    elif name == "BUILD":
        state = stack.pop()
        stack[-1].states.append(state)
    elif name == "POP":
        # A setter was called for what it does to its first argument: `_function_setstate`.
        call = stack.pop()
        if isinstance(call, _Node) and call.kind == "call":
            call.parts[1].parts[0].states.append(call)  # type: ignore[union-attr]
    elif name == "POP_MARK":
        del stack[marks.pop() :]
    else:
        msg = f"{name} is no opcode of ours"
        raise ValueError(msg)


def _atom(value: Any) -> str:
    if isinstance(value, str):
        return f"str:{value}" if value.isascii() else f"other:{value!a}"
    kind = type(value).__name__
    return f"{kind}:{value!r}" if isinstance(value, (int, float)) else f"{kind}:{value.hex()}"


def _text(value: _Value) -> str:
    return value.partition(":")[2] if isinstance(value, str) else ""


def _taken(stack: list[Any], start: int) -> list[Any]:
    taken = stack[start:]
    del stack[start:]
    return taken


def _digest(value: _Value) -> str:
    if isinstance(value, str):
        return value
    if value.found:
        return value.found
    value.found = "within itself"
    items = [_digest(item) for item in value.items]
    parts = [_digest(part) for part in _told(value)]
    told = [
        value.kind,
        sorted(parts) if value.kind == "frozenset" else parts,
        sorted(items) if value.kind == "set" else items,
        _pairs(value),
        [_state(state) for state in value.states],
    ]
    value.found = digest(encode(told))
    return value.found


def _pairs(node: _Node) -> list[list[str]]:
    keyed = zip(node.pairs[::2], node.pairs[1::2], strict=True)
    return [[_digest(key), _digest(value)] for key, value in keyed
            if not (key in _LINES or is_stamp(_text(key)))]  # fmt: skip


def _state(state: _Value) -> Any:
    """Return what a state says: in which order attributes were set makes no other object."""
    if isinstance(state, str) or state.kind != "dict":
        return _digest(state)
    return ["attributes", sorted(_pairs(state))]


def _told(node: _Node) -> Sequence[_Value]:
    """Return the parts of a call that tell what is called with, not where or when."""
    if node.kind != "call":
        return node.parts
    called, given = node.parts
    if isinstance(called, str) or isinstance(given, str) or given.kind != "tuple":
        return node.parts
    # A global is its module and its name; cloudpickle is asked for CodeType by a call.
    named = called if called.kind == "global" else called.parts[1]
    name = "" if isinstance(named, str) or not named.parts else _text(named.parts[-1])
    places = _OF_A_RUN.get(name, ())
    if not places:
        return node.parts
    return [called, *(part for place, part in enumerate(given.parts) if place not in places)]
