"""Containers of Python's plain values that are many: kept as rows, and made a stretch at a time.

Each value told for itself would be a second copy of all, and a third. What is short, holds
anything else, or holds a container that something else holds too, is told value by value.
"""

from __future__ import annotations

from functools import partial
from itertools import chain, islice, pairwise
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import dtype_of
from jupyter_mvt.capture.arrowtexts import Stream
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.variables.tokens import (
    BYTES,
    DICT,
    HOLDERS,
    LARGE,
    ROWS,
    TEXT,
    TRUE,
    Tokens,
    Unfit,
    cut_tokens,
    held,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["TREE_READERS", "is_tree", "tokens_of", "write_tree"]

_LEAST = 2 << 20
_FEW = 256
"""Values, or eight bytes of text for one, that are counted rather than told in rows to be weighed.

Of many small containers each is looked at, and to make rows takes a while."""
_AT_ONCE = 16 << 10
_MOST_BYTES = 4 << 20
_MOST_KNOWN = 16 << 10
_FIRST = 8
_DEPTH = 32
_FORM = "plain values"


def is_tree(value: Any) -> bool:
    """Tell whether a value holds many, all of them plain."""
    return tokens_of(value) is not None


def tokens_of(value: Any) -> Tokens | None:
    """Return what a container holds as rows, ``None`` if it is little or not plain alone."""
    if type(value) is np.ndarray:
        if value.dtype != object:
            return None
        length = value.size
    elif type(value) not in HOLDERS or _is_few(value):
        return None
    else:
        length = len(value)
    try:
        tokens = cut_tokens(length, _taken(value))
    except Unfit:
        return None
    return tokens if tokens.weight >= _LEAST else None


def _is_few(value: Any) -> bool:
    """Tell quickly whether a container surely holds too little to be kept as rows."""
    left, rest = min(_FEW, _LEAST // 64), [value]
    while rest:
        one = rest.pop()
        kind = type(one)
        if kind in (str, bytes):
            left -= len(one) // 8
        elif kind in HOLDERS:
            left -= len(one)
            if left > 0:
                rest += chain.from_iterable(one.items()) if kind is dict else one
        if left <= 0:
            return False
    return True


def _taken(value: Any) -> Callable[[int, int], list[Any]]:
    """Return what gives the values that a container holds, from one to another."""
    if type(value) is np.ndarray:
        return partial(_arrayed, value)
    return _Pairs(value) if type(value) is dict else partial(_listed, held(value))


def _listed(values: Any, first: int, last: int) -> list[Any]:
    return list(values[first:last])


def _arrayed(values: np.ndarray[Any, Any], first: int, last: int) -> list[Any]:
    return list(values.flat[first:last].tolist())


class _Pairs:
    """The keys and values of a dict, which are gone through once for all that ask in turn."""

    def __init__(self, held: dict[Any, Any]) -> None:
        self._held = held
        self._rest: Iterator[Any] = iter(())
        self._first, self._last = 0, 0
        self._some: list[Any] = []

    def __call__(self, first: int, last: int) -> list[Any]:
        if not self._first <= first <= last <= self._last:
            if first != self._last or not first:
                self._rest = islice(self._held.items(), first, None)
            self._some = [*chain.from_iterable(islice(self._rest, last - first))]
            self._first, self._last = first, last
        return self._some[2 * (first - self._first) : 2 * (last - self._first)]


def write_tree(encoder: Encoder, value: Any, tokens: Tokens, path: str) -> Node:
    """Return the node of a container that is kept as `tokens`."""
    parts = tokens.parts(encoder.claim, path or "value")
    encoder.parts += parts
    array = type(value) is np.ndarray
    shape = list(value.shape) if array else [len(value)]
    order = "F" if array and value.flags.fnc else "C"
    kind = "array" if array else type(value).__name__
    return [_FORM, kind, shape, order, *(part.path for part in parts)]


def _read_tree(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, kind, shape, order, *paths = node
    rows = _Rows(decoder, paths)
    size = prod(shape)
    decoder.shape(shape, size)
    if size > rows.left or (kind != "array" and len(shape) != 1):
        refuse("values are not as many as they should be")
    items = rows.items(2 * size if kind == "dict" else size)
    if kind == "array":
        made: Any = np.empty(shape, object, "F" if order == "F" else "C")
        at = 0
        for run in items:
            made.flat[at : at + len(run)] = _row(run)
            at += len(run)
    elif kind in _MADE:
        made = _MADE[kind](chain.from_iterable(items))
    else:
        refuse("a container is of no known kind")
    if len(made) != shape[0] if kind != "array" else at != size:
        refuse("values are held twice")
    return made


def _row(items: list[Any]) -> np.ndarray[Any, Any]:
    found = np.empty(len(items), object)
    found[:] = items
    return found


def _pairs(items: Iterator[Any]) -> dict[Any, Any]:
    return dict(zip(items, items, strict=True))


_MADE: Mapping[str, Callable[[Iterator[Any]], Any]] = {
    "list": list, "tuple": tuple, "dict": _pairs, "set": set, "frozenset": frozenset
}  # fmt: skip


class _Rows:
    """Values read from their rows, some at a time."""

    def __init__(self, decoder: Decoder, paths: list[Any]) -> None:
        self._rows: dict[str, Stream] = {}
        for (name, dtype), path in zip(ROWS.items(), paths, strict=True):
            entry = decoder.entry(path)
            if dtype_of(entry.dtype) != np.dtype(dtype):
                refuse("rows of plain values are of another type")
            self._rows[name] = Stream(decoder.skeleton.pieces(entry), entry.nbytes)
        self._known: dict[str, str] = {}

    @property
    def left(self) -> int:
        """How many values there still are."""
        return self._rows["kinds"].left

    def items(self, wanted: int) -> Iterator[list[Any]]:
        """Yield `wanted` values that nothing holds, all of what they hold in them."""
        opened: list[_Holder] = []
        while self.left:
            kinds, values = self._some()
            found = values if not opened and max(kinds) < _FIRST else _closed(kinds, values, opened)
            wanted -= len(found)
            yield found
        if wanted or opened or any(row.left for row in self._rows.values()):
            refuse("rows of plain values do not fit one another")

    def _take(self, name: str, count: int) -> np.ndarray[Any, Any]:
        dtype = np.dtype(ROWS[name])
        return np.frombuffer(self._rows[name].take(count * dtype.itemsize), dtype)

    def _some(self) -> tuple[list[int], list[Any]]:
        """Return the kinds of the next values, and these; of what holds others, how many."""
        kinds = self._take("kinds", min(self.left, _AT_ONCE))
        if kinds.max() >= _FIRST + len(HOLDERS):
            refuse("a value is of no known kind")
        found = np.empty(len(kinds), object)
        found[kinds == TRUE - 1], found[kinds == TRUE] = False, True
        for kind, name in ((3, "whole"), (4, "floats")):
            found[kinds == kind] = self._take(name, int((kinds == kind).sum()))
        sized = kinds >= TEXT
        sizes = self._take("sizes", int(sized.sum()))
        text = kinds[sized] <= BYTES
        found[kinds >= _FIRST] = sizes[~text]
        told = (kinds >= TEXT) & (kinds <= BYTES)
        found[told] = _row([*map(self._text, kinds[told].tolist(), self._octets(sizes[text]))])
        return kinds.tolist(), found.tolist()

    def _octets(self, sizes: np.ndarray[Any, Any]) -> Iterator[bytes]:
        ends = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        first = 0
        while first < len(sizes):
            past = int(np.searchsorted(ends, ends[first] + _MOST_BYTES, "right")) - 1
            last = max(past, first + 1)
            places = (ends[first : last + 1] - ends[first]).tolist()
            octets = bytes(self._rows["content"].take(places[-1]))
            for at, end in pairwise(places):
                yield octets[at:end]
            first = last

    def _text(self, kind: int, octets: bytes) -> Any:
        if kind == BYTES:
            return octets
        text = octets.decode()
        if kind == LARGE:
            return int(text, 16)
        # Of one text that many hold, such as the keys of records, one is made.
        if len(self._known) < _MOST_KNOWN:
            return self._known.setdefault(text, text)
        return self._known.get(text, text)


class _Holder:
    """A container of which not all has been read."""

    def __init__(self, kind: int, size: int) -> None:
        self.kind = kind
        self.size = size
        self.wanted = 2 * size if kind == DICT else size
        self.items: list[Any] = []

    def made(self) -> Any:
        """Return the container."""
        name = HOLDERS[self.kind - _FIRST].__name__
        value = self.items if name == "list" else _MADE[name](iter(self.items))
        if len(value) != self.size:
            refuse("values are held twice")
        return value


def _closed(kinds: list[int], values: list[Any], opened: list[_Holder]) -> list[Any]:
    """Return what is held by nothing; `opened` is what still holds what follows."""
    found: list[Any] = []
    items = opened[-1].items if opened else found
    for kind, value in zip(kinds, values, strict=True):
        if kind >= _FIRST:
            opened.append(_Holder(kind, value))
            if len(opened) > _DEPTH:
                refuse("containers are nested too deeply")
            items = opened[-1].items
        else:
            items.append(value)
        while opened and len(items) == opened[-1].wanted:
            made = opened.pop().made()
            items = opened[-1].items if opened else found
            items.append(made)
    return found


TREE_READERS: Mapping[str, Read] = {_FORM: _read_tree}
