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
from functools import lru_cache
from typing import Any, TypeAlias

from jupyter_mvt.capture.declarative.graph import plain_bytes
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
_EMPTY = {"EMPTY_LIST": "list", "EMPTY_DICT": "dict", "EMPTY_SET": "set",
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

_Value: TypeAlias = "str | int"
"""A thing that is built, by its number; of a text or a number, all to say: ``"int:3"``."""


class _Built:
    """The things that a program builds, in rows beside one another.

    An object for each, with lists of its own, would keep Python collecting all the while: a
    layer of a network is fifty of them.
    """

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.found: list[str] = []
        self._parts: list[tuple[_Value, ...]] = []
        self.items: dict[_Value, list[_Value]] = {}
        self.pairs: dict[_Value, list[_Value]] = {}
        self.states: dict[_Value, list[_Value]] = {}
        self._once: dict[tuple[_Value, ...], tuple[_Value, ...]] = {}
        self.nothing = self.new("tuple")

    def new(self, kind: str, parts: tuple[_Value, ...] = ()) -> int:
        """Return the number of another thing; most are made of the same few parts."""
        self.kinds.append(kind)
        self.found.append("")
        self._parts.append(self._once.setdefault(parts, parts))
        return len(self.kinds) - 1

    def parts(self, value: _Value) -> tuple[_Value, ...]:
        """Return what a thing is made of."""
        return self._parts[_number(value)]


def _number(value: _Value) -> int:
    if isinstance(value, str):
        msg = "a text or a number has no parts"
        raise ValueError(msg)
    return value


def _more(table: dict[_Value, list[_Value]], value: _Value) -> list[_Value]:
    """Return what is added to a thing later, to be added to."""
    return table.setdefault(_number(value), [])


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
    return _identity(program, tuple(map(encode, outside)))


@lru_cache(maxsize=8)  # a model that goes on training is the same program, commit after commit
def _identity(program: bytes, outside: tuple[bytes, ...]) -> str:
    try:
        built = _Built()
        return _digest(built, _follow(built, program, outside))
    except (RecursionError, LookupError, ValueError):
        return digest(program)  # deeper, or built otherwise, than any pickle of ours is known to be


def _follow(built: _Built, program: bytes, outside: Sequence[bytes]) -> _Value:
    stack: list[_Value] = []
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
            number = int(_text(built.parts(stack.pop())[1]))
            stack.append(f"outside:{outside[number].hex()}")
        elif name == "STOP":
            return stack.pop()
        elif name not in _IGNORED:
            _step(built, name, stack, marks)
    msg = "the program has no end"
    raise ValueError(msg)


def _step(built: _Built, name: str, stack: list[_Value], marks: list[int]) -> None:
    if name in _PLAIN:
        stack.append(_PLAIN[name])
    elif name == "EMPTY_TUPLE":
        stack.append(built.nothing)
    elif name in _EMPTY:
        stack.append(built.new(_EMPTY[name]))
    elif name in _MADE:
        kind, count = _MADE[name]
        stack.append(built.new(kind, tuple(_taken(stack, len(stack) - count))))
    elif name in _MARKED:
        taken = _taken(stack, marks.pop())
        stack.append(built.new(_MARKED[name], tuple(taken)))
    elif name in ("APPENDS", "ADDITEMS"):
        taken = _taken(stack, marks.pop())
        _more(built.items, stack[-1]).extend(taken)
    elif name == "SETITEMS":
        taken = _taken(stack, marks.pop())
        _more(built.pairs, stack[-1]).extend(taken)
    else:
        _small(built, name, stack, marks)


def _small(built: _Built, name: str, stack: list[_Value], marks: list[int]) -> None:
    if name == "APPEND":
        item = stack.pop()
        _more(built.items, stack[-1]).append(item)
    elif name == "SETITEM":
        pair = _taken(stack, len(stack) - 2)
        _more(built.pairs, stack[-1]).extend(pair)
    elif name == "BUILD":
        state = stack.pop()
        _more(built.states, stack[-1]).append(state)
    elif name == "POP":
        # A setter was called for what it does to its first argument: `_function_setstate`.
        call = stack.pop()
        if isinstance(call, int) and built.kinds[call] == "call":
            _more(built.states, built.parts(built.parts(call)[1])[0]).append(call)
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


def _taken(stack: list[_Value], start: int) -> list[_Value]:
    taken = stack[start:]
    del stack[start:]
    return taken


def _digest(built: _Built, value: _Value) -> str:
    if isinstance(value, str):
        return value
    if built.found[value]:
        return built.found[value]
    built.found[value] = "within itself"
    kind = built.kinds[value]
    items = [_digest(built, item) for item in built.items.get(value, ())]
    parts = [_digest(built, part) for part in _told(built, value)]
    told = [
        kind,
        sorted(parts) if kind == "frozenset" else parts,
        sorted(items) if kind == "set" else items,
        _pairs(built, value),
        [_state(built, state) for state in built.states.get(value, ())],
    ]
    built.found[value] = digest(plain_bytes(told))
    return built.found[value]


def _pairs(built: _Built, value: int) -> list[list[str]]:
    pairs = built.pairs.get(value, [])
    keyed = zip(pairs[::2], pairs[1::2], strict=True)
    return [[_digest(built, key), _digest(built, item)] for key, item in keyed
            if not (key in _LINES or is_stamp(_text(key)))]  # fmt: skip


def _state(built: _Built, state: _Value) -> Any:
    """Return what a state says: in which order attributes were set makes no other object."""
    if isinstance(state, str) or built.kinds[state] != "dict":
        return _digest(built, state)
    return ["attributes", sorted(_pairs(built, state))]


def _told(built: _Built, value: int) -> Sequence[_Value]:
    """Return the parts of a call that tell what is called with, not where or when."""
    parts = built.parts(value)
    if built.kinds[value] != "call":
        return parts
    called, given = parts
    if isinstance(called, str) or isinstance(given, str) or built.kinds[given] != "tuple":
        return parts
    # A global is its module and its name; cloudpickle is asked for CodeType by a call.
    named = called if built.kinds[called] == "global" else built.parts(called)[1]
    name = "" if isinstance(named, str) else _text((built.parts(named) or ("",))[-1])
    places = _OF_A_RUN.get(name, ())
    if not places:
        return parts
    return [called, *(part for place, part in enumerate(built.parts(given)) if place not in places)]
