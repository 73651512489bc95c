"""Canonical JSON: one byte string for one value, for ids and for the wire.

Keys are sorted, there is no white space, text is UTF-8. What JSON (or JavaScript) cannot say is
tagged: ``{"$float": "nan"}``, ``{"$int": "9007199254740993"}``; a mapping whose own keys start
with ``$`` is written as ``{"$map": [[key, value], …]}``, so that any flat user mapping survives.
Decoding is bounded: duplicate keys, excessive depth and foreign tags are refused.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_mvt.errors import CorruptionError

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["decode", "decode_as", "encode", "from_data", "to_data", "to_wire"]

T = TypeVar("T")

_SAFE_INT = 2**53 - 1
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_MAX_DEPTH = 64


def to_data(value: object) -> Any:
    """Return `value` (dataclasses, tuples, mappings, scalars) as plain JSON-like builtins."""
    import msgspec  # not before something is written: cells run without

    return msgspec.to_builtins(value, str_keys=True, enc_hook=_foreign)


def _foreign(value: object) -> Any:
    # numpy scalars know how to become Python's; no import of numpy is needed to ask them.
    item = getattr(value, "item", None)
    if item is not None and getattr(value, "shape", None) == ():
        return item()
    msg = f"a value of type {type(value).__qualname__} has no canonical encoding"
    raise TypeError(msg)


def to_wire(value: object) -> Any:
    """Return `value` as builtins that strict JSON and JavaScript carry without loss."""
    return _tag(to_data(value))


def encode(value: object) -> bytes:
    """Return the canonical bytes of `value`."""
    text = json.dumps(
        to_wire(value),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    # A lone surrogate (from a hostile name) has no UTF-8 form; keep it distinguishable.
    return text.encode("utf-8", "surrogatepass")


def decode(data: Buffer) -> Any:
    """Return the builtins that `data` encodes.

    Raises
    ------
    CorruptionError
        `data` is not canonical JSON of bounded depth (code ``corrupt-encoding``).
    """
    try:
        text = bytes(data).decode("utf-8", "surrogatepass")
        # Most records hold no tag; then only duplicate keys are to be looked for.
        hook = _untag if '"$' in text else _distinct
        parsed = json.loads(text, object_pairs_hook=hook, parse_constant=_refuse_constant)
        _check_depth(parsed, _MAX_DEPTH)
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        msg = f"A record cannot be decoded: {str(error)[:120] or type(error).__name__}."
        raise CorruptionError(msg, code="corrupt-encoding", hint="mvt fsck") from error
    return parsed


def from_data(data: Any, cls: type[T]) -> T:
    """Return builtins as an instance of the dataclass `cls`, validating types.

    Raises
    ------
    CorruptionError
        A field is missing or of another type (code ``corrupt-encoding``).
    """
    import msgspec

    try:
        return msgspec.convert(data, type=cls)
    except (
        msgspec.ValidationError,
        RecursionError,
        OverflowError,
        UnicodeEncodeError,  # a lone surrogate where a number or a fixed word belongs
    ) as error:
        msg = f"A record is not a {cls.__name__}: {error}."
        raise CorruptionError(msg, code="corrupt-encoding", hint="mvt fsck") from error


def decode_as(data: Buffer, cls: type[T]) -> T:
    """Return `data` decoded and converted to the dataclass `cls`."""
    return from_data(decode(data), cls)


def _tag(value: Any) -> Any:
    # By class first: a model of a thousand arrays has ten thousand values to look at.
    kind = value.__class__
    if kind is str or kind is bool or value is None:
        return value
    if kind is list or kind is tuple:
        # The states of generators and the sizes of arrays are long rows of small numbers.
        if set(map(type, value)) == {int} and -_SAFE_INT <= min(value) <= max(value) <= _SAFE_INT:
            return value
        return [item if item.__class__ is str else _tag(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": repr(value)}
    if isinstance(value, int):
        return value if -_SAFE_INT <= value <= _SAFE_INT else {"$int": str(value)}
    if kind is dict or isinstance(value, Mapping):
        if any(key.startswith("$") for key in value):
            return {"$map": [[key, _tag(value[key])] for key in sorted(value)]}
        return {key: _tag(item) for key, item in value.items()}
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        msg = "duplicate key"
        raise ValueError(msg)
    return mapping


def _untag(pairs: list[tuple[str, Any]]) -> Any:
    mapping = _distinct(pairs)
    if len(pairs) == 1 and pairs[0][0].startswith("$"):
        tag, value = pairs[0]
        if tag == "$float":
            return _FLOATS[value]
        if tag == "$int":
            return int(value)
        if tag == "$map":
            return {str(key): item for key, item in value}
    if any(key.startswith("$") for key in mapping):
        msg = "foreign tag"
        raise ValueError(msg)
    return mapping


def _refuse_constant(name: str) -> Any:
    msg = f"bare {name}"
    raise ValueError(msg)


def _check_depth(value: Any, left: int) -> None:
    # Level by level: a call for each container would take longer than the parsing.
    level = [value] if isinstance(value, (dict, list)) else []
    while level:
        left -= 1
        if not left and any(level):
            msg = "nested too deeply"
            raise ValueError(msg)
        level = [
            item
            for held in level
            for item in (held.values() if type(held) is dict else held)
            if type(item) is list or type(item) is dict
        ]
