"""Blocks of rows, read once: digests of their columns, and sums over their rows' hashes.

Every byte is read and digested at every look. What follows from digests alone is worked out once
in a session: the rows' hashes of blocks whose digests were seen, and the canonical bytes of few
texts by their codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from blake3 import blake3

from jupyter_mvt.capture.rowhash import add_column, row_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.capture.block import Block
    from jupyter_mvt.capture.columns import Strip

__all__ = ["BLOCK_ROWS", "Done", "digest_of", "forget", "read_block"]

BLOCK_ROWS = 32_768
_MOST_HELD = 128
_MOST_REMEMBERED = 100_000

Sums = tuple[int, int] | None
_summed: dict[bytes, Sums] = {}
"""Digests of a block's columns, digested → sums over its rows' hashes."""
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
    held: dict[int, Block] = {}
    for number, strip in enumerate(strips):
        octets, missing, block = _read(strip, start)
        digests.append(octets)
        nulls.append(missing)
        if block is not None and len(held) < _MOST_HELD:
            held[number] = block
    columns = [number for number, strip in enumerate(strips) if not strip.index]
    if any(strips[number].rows != strips[-1].rows for number in columns):
        return Done(digests, nulls, None)  # no rows, only columns
    key = _rows_key([strips[number] for number in columns], [digests[n] for n in columns], start)
    known = _summed.get(key)
    sums = _sums(strips, columns, start, held) if known is None else known
    if known is None:
        _keep(_summed, key, sums)
    return Done(digests, nulls, sums)


def digest_of(block: Block) -> bytes:
    """Return the digest of a block's canonical bytes."""
    state = blake3()
    for piece in block.pieces:
        state.update(piece)
    return state.digest()


def forget() -> None:
    """Work out everything anew at the next look, as in a new session."""
    _summed.clear()
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


def _sums(
    strips: Sequence[Strip], columns: Sequence[int], start: int, held: dict[int, Block]
) -> Sums:
    """Return the sums over a block's rows, ``None`` where rows cannot be hashed."""
    if any(block.hashed is None for block in held.values()):
        return None
    total: Any = None
    spare: Any = None
    for position, number in enumerate(columns):
        block = held.get(number) or strips[number].block(*_span(strips[number], start))
        words = block.words
        if words is None:
            return None
        if total is None:
            total, spare = np.zeros((2, len(words)), np.uint64)
        add_column(total, words, position, spare)
    return None if total is None else row_sums(total, spare)


def _keep(memory: dict[bytes, Any], key: bytes, value: Any) -> None:
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[key] = value
