"""safetensors: the header names every tensor's bytes."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.arrays import RAW_DTYPES, dtype_of
from jupyter_mvt.capture.files.ranges import Layout, Range, Unsound, checked

if TYPE_CHECKING:
    from jupyter_mvt.capture.files.source import Source

__all__ = ["read_safetensors"]

_LONGEST = 16 << 20
_MOST_TENSORS = 200_000
_MOST_FACTS, _LONGEST_FACT = 64, 400
_DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "C64": "complex64",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8", "BOOL": "bool",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "F8_E8M0": "float8_e8m0fnu",
}  # fmt: skip


def read_safetensors(source: Source) -> Layout | None:
    """Return the layout, ``None`` if this is another format.

    Raises
    ------
    Unsound
        The header is malformed, too large, or names a tensor twice.
    """
    if source.size < 10:
        return None
    head = bytes(source.read(0, 9))
    length = int.from_bytes(head[:8], "little")
    if head[8:] != b"{" or length > source.size - 8:
        return None
    if length > _LONGEST:
        msg = f"its header is longer than {_LONGEST >> 20} MiB"
        raise Unsound(msg)
    header = _parse(bytes(source.read(8, 8 + length)))
    facts = header.pop("__metadata__", None)
    if len(header) > _MOST_TENSORS:
        msg = f"it names more than {_MOST_TENSORS} tensors"
        raise Unsound(msg)
    ranges = [_range(name, item, 8 + length) for name, item in header.items()]
    return Layout(format="safetensors", ranges=checked(ranges, source.size), facts=_facts(facts))


def _parse(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        msg = "its header is no JSON"
        raise Unsound(msg) from error
    if not isinstance(header, dict):
        msg = "its header is no JSON object"
        raise Unsound(msg)
    return header


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        msg = f"its header names {twice[:60]!r} twice"
        raise Unsound(msg)
    return found


def _range(name: str, item: Any, base: int) -> Range:
    try:
        word, shape, (start, stop) = item["dtype"], tuple(item["shape"]), item["data_offsets"]
    except (TypeError, KeyError, ValueError) as error:
        msg = f"its header does not describe {name[:60]!r}"
        raise Unsound(msg) from error
    numbers = (*shape, start, stop)
    if not all(type(number) is int and number >= 0 for number in numbers) or len(shape) > 32:
        msg = f"the shape or place of {name[:60]!r} is malformed"
        raise Unsound(msg)
    dtype = _DTYPES.get(word, "") if isinstance(word, str) else ""
    if not dtype:
        return Range(path=name, dtype="bytes", shape=(stop - start,), start=base + start,
                     stop=base + stop)  # fmt: skip
    size = RAW_DTYPES.get(dtype) or dtype_of(dtype).itemsize
    if prod(shape) * size != stop - start:
        msg = f"{name[:60]!r} is not as large as its shape says"
        raise Unsound(msg)
    return Range(path=name, dtype=dtype, shape=shape, start=base + start, stop=base + stop)


def _facts(found: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(found, dict):
        return ()
    short = [
        (str(key), value)
        for key, value in sorted(found.items())
        if isinstance(value, str) and len(value) <= _LONGEST_FACT
    ]
    return tuple(short[:_MOST_FACTS])
