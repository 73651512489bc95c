"""Universal Binary JSON as XGBoost writes it: typed arrays become numpy arrays and back.

Reading what `write` wrote gives it back byte for byte, so a model that was taken apart is the
same file again.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import refuse

__all__ = ["read", "write"]

_DTYPES = {"d": ">f4", "D": ">f8", "i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8"}
_MARKS = {np.dtype(name).newbyteorder("=").name: mark for mark, name in _DTYPES.items()}
_INTS = (("i", "b"), ("I", ">h"), ("l", ">i"), ("L", ">q"))
_DEPTH = 32


def read(content: bytes) -> Any:
    """Return the document that `content` encodes; typed arrays in native byte order."""
    document, _ = _value(content, 1, chr(content[0]), 0)
    return document


def _value(content: bytes, at: int, mark: str, depth: int) -> tuple[Any, int]:
    if depth > _DEPTH:
        refuse("a document is nested too deeply")
    if mark == "{":
        return _object(content, at, depth)
    if mark == "[":
        return _array(content, at, depth)
    if mark == "S":
        return _text(content, at)
    if mark in "TFZ":
        return {"T": True, "F": False, "Z": None}[mark], at
    code = {"d": ">f", "D": ">d", "U": "B", **dict(_INTS)}.get(mark)
    if code is None:
        refuse(f"there is no kind of value {mark!r}")
    return struct.unpack_from(code, content, at)[0], at + struct.calcsize(code)


def _count(content: bytes, at: int) -> tuple[int, int]:
    count, at = _value(content, at + 1, chr(content[at]), 0)
    if type(count) is not int or not 0 <= count <= len(content):
        refuse("a length is out of range")
    return count, at


def _text(content: bytes, at: int) -> tuple[str, int]:
    size, at = _count(content, at)
    return content[at : at + size].decode("utf-8", "surrogateescape"), at + size


def _object(content: bytes, at: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while content[at] != ord("}"):
        key, at = _text(content, at)
        found[key], at = _value(content, at + 1, chr(content[at]), depth + 1)
    return found, at + 1


def _array(content: bytes, at: int, depth: int) -> tuple[Any, int]:
    if content[at] == ord("$"):
        dtype = np.dtype(_DTYPES[chr(content[at + 1])])
        count, at = _count(content, at + 3)
        stored = np.frombuffer(content, dtype, count, at)
        return stored.astype(dtype.newbyteorder("=")), at + stored.nbytes
    items = []
    if content[at] == ord("#"):
        count, at = _count(content, at + 1)
        for _ in range(count):
            item, at = _value(content, at + 1, chr(content[at]), depth + 1)
            items.append(item)
        return items, at
    while content[at] != ord("]"):
        item, at = _value(content, at + 1, chr(content[at]), depth + 1)
        items.append(item)
    return items, at + 1


def write(document: Any) -> bytes:
    """Return the bytes of `document`."""
    out = bytearray()
    _write(document, out)
    return bytes(out)


def _write(value: Any, out: bytearray) -> None:
    if isinstance(value, dict):
        out += b"{"
        for key, item in value.items():
            _write_text(key, out)
            _write(item, out)
        out += b"}"
    elif isinstance(value, np.ndarray):
        mark = _MARKS.get(value.dtype.name)
        if mark is None or value.ndim != 1:
            refuse("an array of a model is of another kind than XGBoost's")
        out += b"[$" + mark.encode() + b"#L" + struct.pack(">q", value.size)
        out += value.astype(_DTYPES[mark]).tobytes()
    elif isinstance(value, list):
        out += b"[#L" + struct.pack(">q", len(value))
        for item in value:
            _write(item, out)
    elif isinstance(value, str):
        out += b"S"
        _write_text(value, out)
    else:
        _write_scalar(value, out)


def _write_text(text: Any, out: bytearray) -> None:
    if not isinstance(text, str):
        refuse("a name in a model is no text")
    content = text.encode("utf-8", "surrogateescape")
    out += b"L" + struct.pack(">q", len(content)) + content


def _write_scalar(value: Any, out: bytearray) -> None:
    if value is None or isinstance(value, bool):
        out += {None: b"Z", True: b"T", False: b"F"}[value]
    elif isinstance(value, float):
        out += b"d" + struct.pack(">f", value)
    elif isinstance(value, int) and -(2**63) <= value < 2**63:
        # The smallest that holds it, as XGBoost does.
        mark, code = next(
            (mark, code)
            for mark, code in _INTS
            if abs(value + (value < 0)) < 1 << (8 * struct.calcsize(code) - 1)
        )
        out += mark.encode() + struct.pack(code, value)
    else:
        refuse(f"a {type(value).__qualname__} is no value of a model")
