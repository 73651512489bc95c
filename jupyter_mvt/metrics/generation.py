"""Generations of the index: which Parquet files are its content after which operation.

A generation is published by one put-if-absent of ``index/v1/manifest/<12 digits>``, canonical
JSON that holds its own BLAKE3. The newest one that reads whole is the index; where the newest
does not, the index is made anew from the commits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError, NotFoundError
from jupyter_mvt.objects.encode import decode, encode, from_data
from jupyter_mvt.objects.ids import digest

if TYPE_CHECKING:
    from jupyter_mvt.store.backend import Backend

__all__ = [
    "FOLDER",
    "MANIFESTS",
    "Generation",
    "Part",
    "Segment",
    "newest",
    "numbers",
    "read",
]

FOLDER = "index/v1"
MANIFESTS = f"{FOLDER}/manifest/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One Parquet file: its table, key, rows, size and BLAKE3-256."""

    table: str
    key: str
    rows: int
    nbytes: int
    blake3: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The rows of the commits of some operations in a row, one file a table.

    Attributes
    ----------
    first, last
        Operation numbers, both inclusive.
    level
        0 as folded; one more for each merge.
    """

    first: int
    last: int
    level: int
    commits: int
    parts: tuple[Part, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of all files."""
        return sum(part.nbytes for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """The index after `operation`.

    Attributes
    ----------
    number
        Of the generation, from 1; 0 is the empty index, which is never published.
    operation, head
        Number and record id of the newest operation folded in; a log whose operation of this
        number has another id is another history, to which the index does not belong.
    time_us
        When it was published.
    wide
        Names of the metric columns of ``summary``.
    """

    number: int = 0
    operation: int = 0
    head: str = ""
    time_us: int = 0
    wide: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    blake3: str = ""
    format: int = 1

    @property
    def key(self) -> str:
        """Where it is published."""
        return f"{MANIFESTS}{self.number:012d}"

    def parts(self) -> list[Part]:
        """Return all its files."""
        return [part for segment in self.segments for part in segment.parts]

    def sealed(self) -> Generation:
        """Return it with `blake3` over everything else."""
        return replace(self, blake3=digest(encode(replace(self, blake3=""))))


def numbers(backend: Backend) -> list[int]:
    """Return the numbers of the published generations, ascending."""
    tails = (key.rpartition("/")[2] for key in backend.list(MANIFESTS))
    return sorted(int(tail) for tail in tails if len(tail) == 12 and tail.isdecimal())


def read(backend: Backend, number: int) -> Generation | None:
    """Return a generation, ``None`` if it is not there or not as it was published."""
    try:
        data = backend.get(Generation(number=number).key)
        found = from_data(decode(data), Generation)
    except (CorruptionError, NotFoundError):
        return None
    whole = found.number == number and encode(found.sealed()) == data
    return found if whole and found.format == 1 else None


def newest(backend: Backend) -> tuple[int, Generation | None]:
    """Return the highest number in use (0 if none) and the generation under it, if whole."""
    taken = numbers(backend)
    return (taken[-1], read(backend, taken[-1])) if taken else (0, None)
