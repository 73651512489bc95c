"""Stored numbers of any dtype as float64, for measuring; numpy is loaded with this module."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Array", "is_number", "to_float64"]

Array = np.ndarray[Any, Any]


def _bfloat16(bits: Array) -> Array:
    return (bits.astype(np.uint32) << 16).view(np.float32)


def _complex32(bits: Array) -> Array:
    return bits.view(np.float16)


@lru_cache(maxsize=8)
def _table(name: str) -> Array:
    """Return the values of all 256 patterns of an 8-bit float."""
    bits = np.arange(256)
    if name == "float8_e8m0fnu":
        values = np.ldexp(1.0, bits - 127)
        values[255] = np.nan
        return values
    mantissa_bits = 3 if "e4m3" in name else 2
    zero_is_unsigned = name.endswith("uz")
    bias = (1 << (6 - mantissa_bits)) - (0 if zero_is_unsigned else 1)
    size = 1 << mantissa_bits
    exponent, mantissa = (bits & 127) // size, (bits % size).astype(np.float64)
    normal = np.ldexp(1 + mantissa / size, exponent - bias)
    values = np.where(exponent == 0, np.ldexp(mantissa / size, 1 - bias), normal)
    values = np.where(bits > 127, -values, values)
    if zero_is_unsigned:
        values[128] = np.nan
    elif mantissa_bits == 3:
        values[[127, 255]] = np.nan
    else:
        values[exponent == 31] = np.nan
        values[[124, 252]] = np.inf, -np.inf
    return values


def _eight(name: str) -> Callable[[Array], Array]:
    return lambda bits: _table(name)[bits]


_RAW: dict[str, Callable[[Array], Array]] = {
    "bfloat16": _bfloat16,
    "complex32": _complex32,
    **{
        name: _eight(name)
        for name in (
            "float8_e4m3fn",
            "float8_e5m2",
            "float8_e4m3fnuz",
            "float8_e5m2fnuz",
            "float8_e8m0fnu",
        )
    },
}


def is_number(name: str, dtype: np.dtype[Any]) -> bool:
    """Tell whether content of the stored dtype `name` can be measured; `dtype` is numpy's."""
    return name in _RAW or (name != "bytes" and dtype.kind in "biufc")


def to_float64(name: str, block: Array) -> Array:
    """Return a flat block as float64; complex numbers as pairs of them."""
    decode = _RAW.get(name)
    if decode is not None:
        block = decode(block)
    elif block.dtype.kind == "c":
        block = block.view(f"f{block.dtype.itemsize // 2}")
    return block.astype(np.float64, copy=False)
