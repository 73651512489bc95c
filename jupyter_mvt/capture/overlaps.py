"""Which arrays lie in the same memory."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Spanning", "block", "overlapping", "span"]


class Spanning(Protocol):
    """Something that lies from `low` to before `high`; equal places count by their `number`."""

    number: int
    low: int
    high: int


S = TypeVar("S", bound=Spanning)


def span(array: np.ndarray[Any, Any]) -> tuple[int, int]:
    """Return the addresses of an array's first byte and after its last one."""
    start = array.ctypes.data
    if not array.size:
        return start, start
    reach = [(n - 1) * step for n, step in zip(array.shape, array.strides, strict=True)]
    low = start + sum(step for step in reach if step < 0)
    return low, start + sum(step for step in reach if step > 0) + array.itemsize


def block(address: int, length: int, owner: object) -> np.ndarray[Any, Any]:
    """Return memory as bytes, which keep its owner alive."""
    if not length:
        return np.empty(0, np.uint8)
    octets: Any = (ctypes.c_uint8 * length).from_address(address)
    octets.owner = owner
    found: np.ndarray[Any, Any] = np.frombuffer(octets, np.uint8)
    return found


def overlapping(items: Iterable[S]) -> Iterator[list[S]]:
    """Yield the items in groups of which each overlaps another one."""
    group: list[S] = []
    end = 0
    for item in sorted(items, key=lambda item: (item.low, item.high, item.number)):
        if group and (item.low >= end or item.low == item.high):
            yield group
            group, end = [], 0
        group.append(item)
        end = max(end, item.high)
    if group:
        yield group
