"""Canonical bytes of single Python objects in a column, without pickle.

Equal values of equal types give equal bytes in every process. Objects of unknown types show
their type only, and are marked so that the dataset can say that its id does not cover them.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import uuid
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["OPAQUE", "cell_bytes"]

OPAQUE = b"?opaque:"

_BY_REPR = (bool, int, float, complex, type(None), decimal.Decimal, fractions.Fraction, uuid.UUID,
            datetime.datetime, datetime.date, datetime.time, datetime.timedelta, range)  # fmt: skip
_MAX_DEPTH = 32


def cell_bytes(value: Any, depth: int = 0) -> bytes:
    """Return bytes that two values share exactly when they are alike."""
    cls: type = type(value)
    if depth > _MAX_DEPTH:
        return OPAQUE + b"deep"
    if cls is str:
        return b"s" + str(value).encode("utf-8", "surrogatepass")
    if cls in (bytes, bytearray):
        return b"b" + bytes(value)
    if cls in _BY_REPR:
        return f"r{cls.__name__}:{value!r}".encode()
    if isinstance(value, np.generic):
        return f"n{value.dtype.str}:".encode() + value.tobytes()
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return f"a{value.dtype.str}{value.shape}:".encode() + np.ascontiguousarray(value).tobytes()
    if isinstance(value, np.ndarray):
        return _joined(f"o{value.shape}", [cell_bytes(item, depth + 1) for item in value.flat])
    if cls in (list, tuple):
        return _joined(cls.__name__, [cell_bytes(item, depth + 1) for item in value])
    if cls in (set, frozenset):
        return _joined("set", sorted(cell_bytes(item, depth + 1) for item in value))
    if isinstance(value, Mapping):
        pairs = [(cell_bytes(k, depth + 1), cell_bytes(v, depth + 1)) for k, v in value.items()]
        return _joined("map", [piece for pair in sorted(pairs) for piece in pair])
    if cls.__module__.partition(".")[0] == "pandas":
        return f"p{cls.__qualname__}:{value!r}".encode()  # NA, NaT, Timestamp, Interval, Period
    return OPAQUE + f"{cls.__module__}.{cls.__qualname__}".encode()


def _joined(tag: str, pieces: list[bytes]) -> bytes:
    body = b"".join(len(piece).to_bytes(8, "little") + piece for piece in pieces)
    return f"{tag}{len(pieces)}:".encode() + body
