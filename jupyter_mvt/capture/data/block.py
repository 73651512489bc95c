"""Some rows of a column in canonical form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.objects.ids import Buffer

__all__ = ["Block", "bitmap", "bits_of", "octets_of", "presence"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a column.

    Attributes
    ----------
    pieces
        Canonical bytes.
    nulls
        How many rows are missing.
    hashed
        Returns one unsigned word a row, of up to 64 bits, for the order-insensitive hash; ``None``
        if too costly. It is asked while the block's bytes are still in place, or not at all.
    """

    pieces: tuple[Buffer, ...]
    nulls: int
    hashed: Callable[[], Array] | None

    @property
    def words(self) -> Array | None:
        """Return one word a row, ``None`` if there are none."""
        return None if self.hashed is None else self.hashed()


def octets_of(values: Array) -> memoryview:
    """Return the bytes of a contiguous array without a copy."""
    return values.reshape(-1).view(np.uint8).data


def bitmap(valid: Array | None) -> bytes:
    """Return which rows are present, one bit each; a single zero when all are."""
    return b"\0" if valid is None else b"\1" + np.packbits(valid, bitorder="little").tobytes()


def presence(array: Any) -> Array | None:
    """Return which rows of an Arrow array are not missing, ``None`` when none is."""
    if not array.null_count:
        return None
    octets = array.buffers()[0]
    if octets is None:  # of a type that tells it elsewhere
        found: Array = np.asarray(array.is_valid().to_numpy(zero_copy_only=False))
        return found
    return bits_of(octets, array.offset, len(array)).view(np.bool_)


def bits_of(octets: Any, offset: int, count: int) -> Array:
    """Return bits of an Arrow buffer as a zero or one each."""
    first = offset // 8
    some = np.frombuffer(octets, np.uint8, (offset + count + 7) // 8 - first, first)
    return np.unpackbits(some, bitorder="little")[offset % 8 : offset % 8 + count]
