"""Long lists, and arrays of objects, of numbers or text alone: kept as these, a stretch at a time.

Each value told for itself would be a second copy of all, and a third. What is short, or of several
types, is told value by value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from jupyter_mvt.capture.arrays import dtype_of, is_large
from jupyter_mvt.capture.arrowruns import content_part, lengths_part
from jupyter_mvt.capture.arrowtexts import Texts, live_texts, row_texts
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.placing import whole
from jupyter_mvt.objects.manifest import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["SCALAR_READERS", "is_scalars", "write_scalars"]

_FEW = 64
_LEAST = 512 << 10
_AT_ONCE = 16 << 10
_DTYPES = {float: np.dtype("<f8"), int: np.dtype("<i8"), bool: np.dtype(bool)}
_Taken: TypeAlias = "Callable[[int, int], list[Any]]"


@dataclass(frozen=True, slots=True)
class _Numbers:
    """As many numbers of Python; `taken` gives those from one to another."""

    dtype: np.dtype[Any]
    length: int
    taken: _Taken

    def part(self, path: str) -> Part:
        nbytes = self.length * self.dtype.itemsize
        return Part(path=path, dtype=self.dtype.name, shape=(self.length,), nbytes=nbytes,
                    read=lambda: self._window(0, nbytes), shifts=True,
                    window=self._window if is_large(nbytes) else None)  # fmt: skip

    def _window(self, start: int, stop: int) -> Buffer:
        width = self.dtype.itemsize
        first, last = start // width, -(-stop // width)
        found = np.empty(last - first, self.dtype)
        for at in range(first, last, _AT_ONCE):
            run = self.taken(at, min(at + _AT_ONCE, last))
            found[at - first : at - first + len(run)] = run
        octets: Any = found.view(np.uint8)
        return memoryview(octets)[start - first * width : stop - first * width]


def is_scalars(value: list[Any]) -> bool:
    """Tell whether a list is long, and of numbers or text alone."""
    return len(value) >= _FEW and _scalars(value) is not None


def _scalars(value: Any) -> _Numbers | Texts | None:
    """Return what a value is in a row, ``None`` if it is short or of several types."""
    length = len(value) if type(value) is list else value.size
    if length < _FEW or (type(value) is np.ndarray and value.dtype != object):
        return None
    taken = partial(_listed if type(value) is list else _arrayed, value)
    kind = type(taken(0, 1)[0])
    if kind is not str and (kind not in _DTYPES or length * _DTYPES[kind].itemsize < _LEAST):
        return None
    try:
        if not all(_is_all(taken(at, at + _AT_ONCE), kind) for at in range(0, length, _AT_ONCE)):
            return None
        if kind in _DTYPES:
            return _Numbers(_DTYPES[kind], length, taken)
        texts = row_texts(length, taken)
    except (OverflowError, UnicodeEncodeError):
        return None  # more than 64 bits, or half of a character
    return texts if texts.nbytes >= _LEAST else None


def _listed(values: list[Any], first: int, last: int) -> list[Any]:
    return values[first:last]


def _arrayed(values: np.ndarray[Any, Any], first: int, last: int) -> list[Any]:
    return list(values.flat[first:last].tolist())


def _is_all(run: list[Any], kind: type) -> bool:
    if {*map(type, run)} != {kind}:
        return False
    return kind is not int or len(np.array(run, _DTYPES[int])) == len(run)  # too large ones raise


def write_scalars(encoder: Encoder, value: Any, path: str) -> Node | None:
    """Return the node of a list or an array of objects; ``None`` if it is none of these rows."""
    found = _scalars(value)
    if found is None:
        return None
    lead = encoder.claim(path)
    if isinstance(found, Texts):
        parts = [lengths_part(found, f"{lead}.lengths"), content_part(found, lead)]
    else:
        parts = [found.part(lead)]
    encoder.parts += parts
    form = "numbers alone" if len(parts) == 1 else "texts alone"
    paths = [part.path for part in parts]
    if type(value) is list:
        return [form, None, None, *paths]
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    return [form, list(value.shape), order, *paths]


def _read_numbers(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, shape, order, path = node
    entry = decoder.entry(path)
    dtype, length = dtype_of(entry.dtype), prod(entry.shape)
    if dtype not in _DTYPES.values():
        refuse("numbers of Python are none")
    made, target = _room(decoder, shape, order, length)
    at = 0
    for piece in whole(decoder.skeleton.pieces(entry), dtype.itemsize):
        values = np.frombuffer(piece, dtype)
        for first in range(0, len(values), _AT_ONCE):
            run = values[first : first + _AT_ONCE].tolist()
            target[at : at + len(run)] = run
            at += len(run)
    return made


def _read_texts(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, shape, order, *paths = node
    lengths, content = map(decoder.entry, paths)
    dtype, pieces = dtype_of(lengths.dtype), decoder.skeleton.pieces
    if dtype not in (np.uint32, np.int64):
        refuse("lengths of texts are none")
    made, target = _room(decoder, shape, order, prod(lengths.shape))
    live_texts(pieces(lengths), dtype, pieces(content), target, content.nbytes)
    return made


def _room(decoder: Decoder, shape: Any, order: Any, length: int) -> tuple[Any, Any]:
    """Return a list, or an array of `shape`, to be filled, and what takes its values in turn."""
    if shape is None:
        made = [None] * length
        return made, made
    array = np.empty(decoder.shape(shape, length), object, "F" if order == "F" else "C")
    return array, array.flat


SCALAR_READERS: Mapping[str, Read] = {"numbers alone": _read_numbers, "texts alone": _read_texts}
