"""All names inside a repository, in one place; the README of a repository explains them."""

from __future__ import annotations

import re

from jupyter_mvt.errors import UsageError
from jupyter_mvt.objects.ids import ObjectId

__all__ = [
    "CHECKPOINTS",
    "DERIVED",
    "FORMAT",
    "FORMAT_VERSION",
    "INDEX",
    "OPERATIONS",
    "PACKS",
    "README",
    "RESERVE",
    "RUNS",
    "SEEN",
    "SEGMENTS",
    "TABLES",
    "TEMPORARY",
    "WINDOW",
    "check_key",
    "checkpoint",
    "is_pack",
    "number_of",
    "operation",
    "pack",
    "segment",
    "table",
    "table_digest",
]

FORMAT_VERSION = 1
FORMAT = "format"
README = "README.md"
OPERATIONS = "ops/"
PACKS = "packs/"
CHECKPOINTS = "checkpoints/"
SEGMENTS = "segments/"
TABLES = "tables/"
RUNS = "runs/"
RESERVE = "reserve/"
INDEX = "index/"
SEEN = "seen/"
TEMPORARY = "tmp/"
DERIVED = (CHECKPOINTS, SEGMENTS)

WINDOW = 256
"""A checkpoint and a segment are made after each so many operations."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=+-]*(?:/[A-Za-z0-9][A-Za-z0-9._=+-]*)*\Z")

_TABLE = re.compile(rf"{TABLES}([0-9a-f]{{64}})\.parquet\Z")


def check_key(key: str) -> str:
    """Return `key` if it can be a key: ASCII parts joined by ``/``, none starting with a dot.

    Raises
    ------
    UsageError
        It could name something outside the repository (code ``invalid-key``).
    """
    if len(key) > 1000 or _KEY.match(key) is None:
        msg = f"{key[:80]!r} cannot be a key of a repository."
        raise UsageError(msg, code="invalid-key")
    return key


def operation(number: int) -> str:
    """Return the key of operation `number`."""
    return f"{OPERATIONS}{number:012d}"


def checkpoint(number: int) -> str:
    """Return the key of the checkpoint after operation `number`."""
    return f"{CHECKPOINTS}{number:012d}"


def segment(number: int) -> str:
    """Return the key of the segment whose last operation is `number`."""
    return f"{SEGMENTS}{number:012d}"


def pack(name: str) -> str:
    """Return the key of the pack called `name` (hexadecimal digest of its footer)."""
    return f"{PACKS}{name}.pack"


def is_pack(key: str) -> bool:
    """Tell whether a key may be a pack's: a file of another name was put there by somebody."""
    name = key.removeprefix(PACKS).removesuffix(".pack")
    return key == pack(name) and len(name) == 64 and not set(name) - set("0123456789abcdef")


def number_of(key: str) -> int | None:
    """Return the number that an operation's, checkpoint's or segment's key ends with."""
    tail = key.rpartition("/")[2]
    return int(tail) if len(tail) == 12 and tail.isascii() and tail.isdigit() else None


def table(digest: str) -> str:
    """Return the key of the Parquet file whose bytes have this digest."""
    return f"{TABLES}{digest}.parquet"


def table_digest(key: str) -> ObjectId | None:
    """Return the digest that a table's key promises, ``None`` if it is not such a key."""
    match = _TABLE.match(key)
    return ObjectId(match[1]) if match else None
