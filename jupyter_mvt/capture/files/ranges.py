"""What a file consists of, as far as its format tells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Layout", "Range", "Unsound", "checked"]


class Unsound(Exception):
    """A header that cannot be believed; the file is kept as plain bytes then, and it is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The bytes ``start:stop`` of a file, which are one array or one thing of its own.

    Attributes
    ----------
    shape
        ``(stop - start,)`` for ``"bytes"``.
    """

    path: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The format of a file and its ranges; what no range covers is kept beside them.

    Attributes
    ----------
    facts
        What the header says about the file, as hyperparameters.
    code
        Whether loading the file with the library that wrote it runs code of the file.
    """

    format: str
    ranges: tuple[Range, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    code: bool = False


def checked(ranges: list[Range], size: int) -> tuple[Range, ...]:
    """Return `ranges` in order, if they lie inside the file and apart, each with its own name.

    Raises
    ------
    Unsound
        They do not.
    """
    ordered = sorted(ranges, key=lambda item: (item.start, item.stop))
    if any(item.start < 0 or item.start > item.stop or item.stop > size for item in ordered):
        msg = "a range lies outside the file"
        raise Unsound(msg)
    if any(one.stop > other.start for one, other in pairwise(ordered)):
        msg = "two ranges overlap"
        raise Unsound(msg)
    if any(item.path.startswith("~") for item in ordered):
        msg = "a range has a name of ours"
        raise Unsound(msg)
    if len({item.path for item in ordered}) != len(ordered):
        msg = "two ranges have one name"
        raise Unsound(msg)
    return tuple(ordered)
