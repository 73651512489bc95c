"""Object ids: BLAKE3-256 of raw bytes, written as 64 hexadecimal digits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NewType, TypeAlias

from blake3 import blake3

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "SHORT",
    "Buffer",
    "ObjectId",
    "cid60",
    "digest",
    "digest_many",
    "is_id",
    "raw_digest",
    "raw_digests",
    "short",
]

ObjectId = NewType("ObjectId", str)
Buffer: TypeAlias = bytes | bytearray | memoryview

SHORT = 10
"""Number of hexadecimal digits that people see."""

_HEX = re.compile(r"[0-9a-f]{64}\Z")


def digest(data: Buffer, *, threads: int = 1) -> ObjectId:
    """Return the id of `data`; with `threads` other than 1 BLAKE3 uses several cores, -1 all."""
    state = blake3(data) if threads == 1 else blake3(data, max_threads=threads)
    return ObjectId(state.hexdigest())


def raw_digest(data: Buffer) -> bytes:
    """Return the 32 bytes that `digest` writes as digits."""
    return blake3(data).digest()


def raw_digests(pieces: Iterable[Buffer]) -> list[bytes]:
    """Return the `raw_digest` of each of `pieces`; quick for thousands."""
    state = blake3()  # to make one takes half as long as a small piece
    found = []
    for piece in pieces:
        state.reset()
        state.update(piece)
        found.append(state.digest())
    return found


def digest_many(pieces: Iterable[Buffer], *, threads: int = 1) -> ObjectId:
    """Return the id of the concatenation of `pieces` without joining them; see `digest`."""
    state = blake3(max_threads=threads)
    for piece in pieces:
        state.update(piece)
    return ObjectId(state.hexdigest())


def is_id(text: str) -> bool:
    """Tell whether `text` is a full object id."""
    return _HEX.match(text) is not None


def short(oid: str) -> str:
    """Return the ten digits shown to people."""
    return oid[:SHORT]


def cid60(oid: str) -> int:
    """Return the first 60 bits of an id as a non-negative integer, the metric store's key."""
    return int(oid[:15], 16)
