"""Python's plain values, in containers or not, as five rows that are read a stretch at a time.

Each value has a kind, which is a byte; what holds others is followed by all that it holds. Beside
the kinds are the sizes of what has one, whole numbers, floats, and the bytes of text.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from itertools import chain, compress
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import is_large
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.manifest import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.objects.ids import Buffer

__all__ = ["BYTES", "DICT", "HOLDERS", "LARGE", "ROWS", "TEXT", "TRUE", "Tokens", "Unfit",
           "cut_tokens", "held"]  # fmt: skip

Array = np.ndarray[Any, Any]
TRUE, TEXT, LARGE, BYTES, DICT = 2, 5, 6, 7, 10
_FALSE, _WHOLE, _FLOAT = 1, 3, 4
HOLDERS: tuple[type, ...] = (list, tuple, dict, set, frozenset)
"""What holds others: the first is of kind 8."""
_QUICK = {list, tuple, dict}
_SCALARS: dict[type, int] = {type(None): 0, bool: _FALSE, int: _WHOLE, float: _FLOAT, str: TEXT,
                             bytes: BYTES}  # fmt: skip
_KINDS = _SCALARS | {kind: 8 + place for place, kind in enumerate(HOLDERS)}
ROWS = {"kinds": "u1", "sizes": "<u4", "whole": "<i8", "floats": "<f8", "content": "u1"}
"""The names of the rows, and the dtype of each."""
_AT_ONCE = 4 << 10
_MOST = 1 << 18
_MOST_BYTES = 4 << 20
_DEPTH = 16
_BOUND = 1 << 63
_LARGEST = 1 << 32


class Unfit(Exception):
    """Something is no plain value, holds too much, or is held twice."""


class _TooMany(Unfit):
    """They are more than are told at once."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Values in five rows that are never there as a whole.

    Attributes
    ----------
    ends
        Of each stretch, behind which value it ends, and behind which byte of each row.
    taken
        Returns the values from one to another.
    inner
        The identities of all containers among them and in them.
    """

    ends: tuple[tuple[int, ...], ...]
    taken: Callable[[int, int], list[Any]]
    inner: Array

    @property
    def weight(self) -> int:
        """Return eight for each value, and the bytes of text."""
        return 8 * self.ends[-1][1] + self.ends[-1][5] if self.ends else 0

    def parts(self, claim: Callable[[str], str], path: str) -> list[Part]:
        """Return a part for each row; `claim` gives each a path of its own."""
        return [self._part(claim(f"{path}.{name}"), place) for place, name in enumerate(ROWS, 1)]

    def _part(self, path: str, place: int) -> Part:
        dtype = np.dtype([*ROWS.values()][place - 1])
        nbytes = self.ends[-1][place]
        window = partial(self._window, place)
        return Part(path=path, dtype=dtype.name, shape=(nbytes // dtype.itemsize,), nbytes=nbytes,
                    read=partial(window, 0, nbytes), shifts=True,
                    window=window if is_large(nbytes) else None)  # fmt: skip

    def _window(self, place: int, start: int, stop: int) -> Buffer:
        number = bisect_right(self.ends, start, key=lambda end: end[place])
        first, begin = (self.ends[number - 1][n] for n in (0, place)) if number else (0, 0)
        found: list[Buffer] = []
        for end in self.ends[number:]:
            if begin >= stop:
                break
            if end[place] > begin:
                octets = self._octets(place, first, end[0])
                found.append(octets[max(start - begin, 0) : stop - begin].data)
            first, begin = end[0], end[place]
        return b"".join(found)

    def _octets(self, place: int, first: int, last: int) -> Any:
        try:
            tokens = _spread(self.taken(first, last))
        except (Unfit, RuntimeError) as error:  # what is gone through must keep its length
            msg = "A container of many values changed while it was being stored."
            hint = "once nothing changes it: mvt commit"
            raise CaptureError(msg, code="part-changed", hint=hint) from error
        return _TAKERS[place - 1](tokens, _kinds(tokens)).view(np.uint8)


def cut_tokens(length: int, taken: Callable[[int, int], list[Any]]) -> Tokens:
    """Return `length` values as rows; `taken` gives those from one to another.

    Raises
    ------
    Unfit
        One is no plain value, or holds too much; a container is held twice.
    """
    ends: list[tuple[int, ...]] = []
    sizes, inner = (0,) * len(ROWS), [np.zeros(0, np.int64)]

    def add(first: int, last: int) -> None:
        nonlocal sizes
        try:
            tokens = _spread(taken(first, last))
            more = _sizes(tokens, last - first == 1)
        except _TooMany:
            if last - first == 1:
                raise
            middle = (first + last) // 2
            add(first, middle)
            add(middle, last)
            return
        sizes = tuple(map(sum, zip(sizes, more, strict=True)))
        ends.append((last, *sizes))
        holders = [id(one) for one in tokens if type(one) in HOLDERS and not _is_single(one)]
        inner.append(np.array(holders, np.int64))

    for first in range(0, length, _AT_ONCE):
        add(first, min(first + _AT_ONCE, length))
    found = np.sort(np.concatenate(inner))
    if (found[1:] == found[:-1]).any():
        raise Unfit
    return Tokens(tuple(ends), taken, found)


def held(value: Any) -> Any:
    """Return what a container holds, in the order in which it is told.

    Raises
    ------
    Unfit
        It is a set of what has no order.
    """
    if type(value) is dict:
        return list(chain.from_iterable(value.items()))
    return _ordered(value) if type(value) in (set, frozenset) else value


def _ordered(values: Any) -> list[Any]:
    if not _SCALARS.keys() >= {*map(type, values)}:
        raise Unfit
    found: list[Any] = []
    for kind in _SCALARS:
        some = [item for item in values if type(item) is kind]
        if not some:
            continue
        if kind is float:  # NaN is neither less nor more
            order = np.argsort(np.array(some, np.float64).view(np.int64))
            some = np.array(some, object)[order].tolist()
        else:
            some.sort()
        found = found + some if found else some  # most sets are of one type: no second list
    return found


def _spread(items: list[Any]) -> list[Any]:
    """Return values, each followed by what it holds."""
    if _SCALARS.keys() >= {*map(type, items)}:
        return items
    found: list[Any] = []
    _add(items, found, 0)
    return found


def _add(items: Any, found: list[Any], depth: int) -> None:
    if depth > _DEPTH:
        raise Unfit
    kinds = {*map(type, items)}
    if not kinds <= _KINDS.keys():
        raise Unfit
    simple = _simple(items, kinds) if kinds <= _QUICK else None
    if simple is not None:
        found += simple
        return
    for item in items:
        found.append(item)
        if type(item) in HOLDERS:
            if len(found) + len(item) > _MOST:
                raise _TooMany
            inside = held(item)
            if _SCALARS.keys() >= {*map(type, inside)}:
                found += inside
            else:
                _add(inside, found, depth + 1)


def _simple(items: Any, kinds: set[type]) -> list[Any] | None:
    """Return containers, each followed by what it holds, if none holds a container."""
    if sum(map(len, items)) > _MOST:
        return None
    found: list[Any] = []
    for item in items:
        found.append(item)
        found += chain.from_iterable(item.items()) if type(item) is dict else item
    types = [*map(type, found)]
    inner = {*types}
    if not inner <= _SCALARS.keys() | kinds or sum(map(types.count, kinds)) > len(items):
        return None
    return found


def _sizes(tokens: list[Any], alone: bool) -> tuple[int, ...]:
    """Return how many bytes of each row values take."""
    kinds = _kinds(tokens)
    lengths = _lengths(tokens, kinds)
    content = int(lengths[kinds[kinds >= TEXT] <= BYTES].sum(dtype=np.int64))
    if content > _MOST_BYTES and not alone:
        raise _TooMany
    whole, floats = (8 * int((kinds == kind).sum()) for kind in (_WHOLE, _FLOAT))
    return len(kinds), 4 * len(lengths), whole, floats, content


def _kinds(tokens: list[Any]) -> Array:
    found = np.fromiter(map(_KINDS.__getitem__, map(type, tokens)), np.uint8, len(tokens))
    flags, whole = _of(tokens, found == _FALSE), _of(tokens, found == _WHOLE)
    found[found == _FALSE] += np.array(flags, np.uint8)
    try:
        np.array(whole, np.int64)
    except OverflowError:
        large = [not -_BOUND <= number < _BOUND for number in whole]
        found[found == _WHOLE] += np.array(large, np.uint8) * np.uint8(LARGE - _WHOLE)
    return found


def _of(tokens: list[Any], which: Array) -> list[Any]:
    return [*compress(tokens, which.tobytes())]


def _row_of_kinds(tokens: list[Any], kinds: Array) -> Array:
    del tokens
    return kinds


def _lengths(tokens: list[Any], kinds: Array) -> Array:
    sizes = np.zeros(len(kinds), np.int64)
    texts = _of(tokens, kinds == TEXT)
    plain = all(map(str.isascii, texts))
    sizes[kinds == TEXT] = [*map(len, texts if plain else map(_octets, texts))]
    sizes[kinds > BYTES] = [*map(len, _of(tokens, kinds > BYTES))]
    other = (kinds == LARGE) | (kinds == BYTES)
    sizes[other] = [*map(len, map(_octets, _of(tokens, other)))]
    if sizes.max(initial=0) >= _LARGEST:
        raise Unfit
    return sizes[kinds >= TEXT].astype("<u4")


def _octets(token: Any) -> bytes:
    """Return the bytes of what is text, bytes or too large a number."""
    if type(token) is bytes:
        return token
    try:
        return (token if type(token) is str else hex(token)).encode()
    except UnicodeEncodeError:  # half of a character
        raise Unfit from None


def _numbers(tokens: list[Any], kinds: Array) -> Array:
    return np.array(_of(tokens, kinds == _WHOLE), "<i8")


def _floats(tokens: list[Any], kinds: Array) -> Array:
    return np.array(_of(tokens, kinds == _FLOAT), "<f8")


def _content(tokens: list[Any], kinds: Array) -> Array:
    text = _of(tokens, (kinds >= TEXT) & (kinds <= BYTES))
    return np.frombuffer(b"".join(map(_octets, text)), np.uint8)


def _is_single(value: Any) -> bool:
    """Tell whether a container is the only one of its kind: empty, and nothing can be added."""
    return not value and type(value) in (tuple, frozenset)


_TAKERS = (_row_of_kinds, _lengths, _numbers, _floats, _content)
