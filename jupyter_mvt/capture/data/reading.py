"""Blocks of rows, read once: digests of their columns, and sums over their rows' hashes.

Every byte is read and digested at every look. What follows from digests alone is worked out once
in a session: the rows' hashes of blocks whose digests were seen, and the canonical bytes of few
texts by their codes.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from blake3 import blake3

from jupyter_mvt.capture.data.rowhash import add_column, row_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.capture.data.block import Block
    from jupyter_mvt.capture.data.columns import Strip

__all__ = ["BLOCK_ROWS", "Done", "digest_of", "forget", "read_block"]

BLOCK_ROWS = 32_768
_PAGE = 4096
_MOST_HELD = 128
_MOST_REMEMBERED = 100_000

Array = np.ndarray[Any, Any]
Sums = tuple[int, int] | None
_own = threading.local()
_summed: dict[bytes, tuple[int, int]] = {}
"""Digests of a block's columns, digested → sums over its rows' hashes."""
_begun: dict[bytes, None] = {}
"""Digests of first columns of such blocks: whose rows are most likely known as well."""
_coded: dict[bytes, tuple[bytes, int]] = {}
"""A strip's key for a block → the block's digest and how many rows are missing."""


@dataclass(frozen=True, slots=True)
class Done:
    """One block of rows, all columns: digests, nulls, and sums over the rows' hashes."""

    digests: list[bytes]
    nulls: list[int]
    sums: Sums


def read_block(strips: Sequence[Strip], start: int) -> Done:
    """Return what is known of the rows from `start` on."""
    digests: list[bytes] = []
    nulls: list[int] = []
    rows = _Rows(strips, start)
    for number, strip in enumerate(strips):
        octets, missing, block = _read(strip, start)
        digests.append(octets)
        nulls.append(missing)
        rows.take(number, octets, block)
    return Done(digests, nulls, rows.sums())


def digest_of(block: Block) -> bytes:
    """Return the digest of a block's canonical bytes."""
    state = blake3()
    for piece in block.pieces:
        state.update(piece)
    return state.digest()


def forget() -> None:
    """Work out everything anew at the next look, as in a new session."""
    _summed.clear()
    _begun.clear()
    _coded.clear()


def _read(strip: Strip, start: int) -> tuple[bytes, int, Block | None]:
    """Return digest and number of missing rows, with the block if it had to be made."""
    start, stop = _span(strip, start)
    key = None if strip.key is None else strip.key(start, stop)
    known = None if key is None else _coded.get(key)
    if known is not None:
        return *known, None
    block = strip.block(start, stop)
    found = digest_of(block)
    if key is not None:
        _keep(_coded, key, (found, block.nulls))
    return found, block.nulls, block


def _span(strip: Strip, start: int) -> tuple[int, int]:
    stop = min(start + BLOCK_ROWS, strip.rows)
    return min(start, stop), stop


def _rows_key(strips: Sequence[Strip], digests: Sequence[bytes], start: int) -> bytes:
    """Return what stands for the rows' hashes: eight bytes are one row or two, by their type."""
    rows = _span(strips[0], start) if strips else (0, 0)
    state = blake3((rows[1] - rows[0]).to_bytes(8, "little"))
    for strip, octets in zip(strips, digests, strict=True):
        kind = strip.type.encode()
        state.update(len(kind).to_bytes(8, "little") + kind + octets)
    return state.digest()


class _Rows:
    """The rows of a block: hashed column by column while each is in the cache, or known before."""

    def __init__(self, strips: Sequence[Strip], start: int) -> None:
        self.strips, self.start = strips, start
        columns = [number for number, strip in enumerate(strips) if not strip.index]
        even = all(strips[n].rows == strips[-1].rows and strips[n].by_rows for n in columns)
        self.places = {number: place for place, number in enumerate(columns)} if even else {}
        self.digests: list[bytes] = []
        self.held: dict[int, Block] | None = None
        """Blocks of rows that are most likely known, should they not be."""
        self.total: Any = None
        self.spare: Any = None

    def take(self, number: int, octets: bytes, block: Block | None) -> None:
        """Take the column of that number, its digest, and its block if it had to be made."""
        if number not in self.places:
            return
        if not self.digests and octets in _begun:
            self.held = {}
        self.digests.append(octets)
        if self.held is None:
            self.add(number, block)
        elif block is not None and len(self.held) < _MOST_HELD:
            self.held[number] = block

    def add(self, number: int, block: Block | None) -> None:
        """Add a column to the rows' running hashes."""
        block = block or self.strips[number].block(*_span(self.strips[number], self.start))
        words = block.words
        if words is None:  # of a kind that does not say before that it has none
            self.places = {}
            return
        if self.total is None:
            self.total, self.spare = _desk(len(words))
        add_column(self.total, words, self.places[number], self.spare)

    def sums(self) -> Sums:
        """Return the sums over the rows' hashes, ``None`` where rows cannot be hashed."""
        if not self.places:
            return None
        strips = [self.strips[number] for number in self.places]
        key = _rows_key(strips, self.digests, self.start)
        if self.held is not None:
            known = _summed.get(key)
            if known is not None:
                return known
            for number in tuple(self.places):
                self.add(number, self.held.get(number))
        if self.total is None or not self.places:
            return None
        found = row_sums(self.total, self.spare)
        _keep(_summed, key, found)
        _keep(_begun, self.digests[0], None)
        return found


def _desk(rows: int) -> tuple[Array, Array]:
    """Return zeros and spare memory for a block's running hashes, until this thread's next block.

    Laid out for speed: at starts of cache lines, and half a page apart, since what is written at
    a place of a page delays reading from the same place of another.
    """
    octets: Array | None = getattr(_own, "desk", None)
    if octets is None:
        octets = np.empty(2 * 8 * BLOCK_ROWS + 2 * _PAGE, np.uint8)
        start = -octets.ctypes.data % _PAGE
        octets = _own.desk = octets[start:]
    half = 8 * BLOCK_ROWS + _PAGE // 2
    total = octets[: 8 * rows].view(np.uint64)
    spare = octets[half : half + 8 * rows].view(np.uint64)
    total[:] = 0
    return total, spare


def _keep(memory: dict[bytes, Any], key: bytes, value: Any) -> None:
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[key] = value
