"""Keras variables as parts: the same bytes whichever backend holds them."""

from __future__ import annotations

from importlib import import_module
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import RAW_DTYPES, dtype_of, is_large, raw, stretch
from jupyter_mvt.capture.declarative.graph import refuse
from jupyter_mvt.objects.manifest import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["add_array", "assign", "assign_seed", "described_array"]

_SEEDS = ("int32", "uint32", "int64", "uint64")


def add_array(encoder: Encoder, variable: Any, path: str) -> str:
    """Add the content of `variable` as a part, read when the store asks; return its path."""
    dtype, shape = str(variable.dtype), tuple(int(size) for size in variable.shape)
    name, nbytes = encoder.claim(path), prod(shape) * dtype_of(dtype).itemsize
    encoder.parts.append(
        Part(
            path=name,
            dtype=dtype,
            shape=shape,
            nbytes=nbytes,
            read=lambda: raw(_content(variable.value, dtype)),
            volatile=encoder.volatile,
            window=_window(variable, dtype) if is_large(nbytes) else None,
        )
    )
    return name


def _window(variable: Any, dtype: str) -> Callable[[int, int], Buffer] | None:
    """Return a reader of stretches, ``None`` where each of them would be a copy of everything."""
    if str(import_module("keras").backend.backend()) != "tensorflow":
        return lambda start, stop: stretch(_content(variable.value, dtype), start, stop)
    # Asked of the class: a variable on several devices passes this on to one of them.
    if not hasattr(type(variable.value), "read_value_no_copy"):
        return None
    return lambda start, stop: _tensorflow_stretch(variable.value, dtype, start, stop)


def _tensorflow_stretch(value: Any, dtype: str, start: int, stop: int) -> Buffer:
    """Return the bytes `start` to `stop`, copying only these, on the device where they are."""
    size = dtype_of(dtype).itemsize
    first, last = start // size, -(-stop // size)
    with import_module("tensorflow").device(value.device):
        # A plain read copies all of a variable that was last updated by rows.
        flat = import_module("keras").ops.reshape(value.read_value_no_copy(), (-1,))
        some = flat[first:last]
    return stretch(_content(some, dtype), start - first * size, stop - first * size)


def _content(value: Any, dtype: str) -> np.ndarray[Any, Any]:
    if dtype in RAW_DTYPES and hasattr(value, "untyped_storage"):
        # numpy has no such numbers, and torch gives it none.
        torch = import_module("torch")
        bits = torch.uint8 if RAW_DTYPES[dtype] == 1 else torch.int16
        octets: np.ndarray[Any, Any] = value.detach().cpu().contiguous().view(bits).numpy()
        return octets.view(dtype_of(dtype))
    array = np.asarray(import_module("keras").ops.convert_to_numpy(value))
    return array.view(dtype_of(dtype)) if dtype in RAW_DTYPES else array


def described_array(decoder: Decoder, path: Any) -> tuple[tuple[int, ...], str]:
    """Return shape and dtype of a stored array, its size checked."""
    entry = decoder.entry(path)
    return tuple(entry.shape), entry.dtype


def assign(decoder: Decoder, variable: Any, path: Any) -> None:
    """Fill `variable` with a stored array of its very shape and dtype."""
    shape, dtype = described_array(decoder, path)
    if shape != tuple(variable.shape) or dtype != str(variable.dtype):
        refuse(f"the array {str(path)[:80]!r} does not fit the model")
    array = decoder.array(path)
    if dtype in RAW_DTYPES:
        array = array.view(getattr(import_module("ml_dtypes"), dtype))
    variable.assign(array)


def assign_seed(decoder: Decoder, variable: Any, path: Any) -> None:
    """Fill the state of a random generator; each backend counts in integers of its own."""
    shape, dtype = described_array(decoder, path)
    own = str(variable.dtype)
    whole = dtype in _SEEDS and own in _SEEDS
    if not whole or dtype == own or shape != tuple(variable.shape):
        assign(decoder, variable, path)
        return
    variable.assign(decoder.array(path).astype(own))
