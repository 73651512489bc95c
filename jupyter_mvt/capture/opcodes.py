"""What a pickle names, read from its opcodes: nothing is loaded, imported or run."""

from __future__ import annotations

import pickletools
from collections.abc import Iterator

from jupyter_mvt.objects.ids import Buffer

__all__ = ["pickled_names"]

_MOST_OPCODES = 1_000_000
_MOST_NAMES = 50
_GETS = frozenset({"GET", "BINGET", "LONG_BINGET"})
_PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})


def pickled_names(program: Buffer) -> tuple[str, ...]:
    """Return the dotted names that `program` would import, in order; ``"?"`` for a damaged rest.

    It is a summary for people, and no gate: a hostile pickle can hide behind harmless names.
    """
    names: dict[str, None] = {}
    try:
        for name in _names(bytes(program)):
            names[name] = None
            if len(names) > _MOST_NAMES:
                break
    except Exception:
        # A reader of hostile bytes: whatever it stumbles over, the rest is not known.
        names["?"] = None
    return tuple(names)


def _names(program: bytes) -> Iterator[str]:
    memo: dict[int, str] = {}
    memoized = 0
    texts: list[str] = []
    last = ""
    for count, (opcode, argument, _) in enumerate(pickletools.genops(program)):
        if count > _MOST_OPCODES:
            yield "?"
            return
        kind = opcode.name
        if kind in ("GLOBAL", "INST"):
            yield str(argument).replace(" ", ".")
        elif kind == "STACK_GLOBAL":
            yield ".".join(texts[-2:]) if len(texts) > 1 else "?"
        if kind == "MEMOIZE":
            memo[memoized], memoized = last, memoized + 1
        elif kind in _PUTS and isinstance(argument, int):
            memo[argument] = last
        elif kind in _GETS and isinstance(argument, int):
            last = memo.get(argument, "")
            texts = [*texts[-1:], last]
        else:
            last = argument if isinstance(argument, str) and "UNICODE" in kind else ""
            texts = [*texts[-1:], last] if last else texts
