"""Making the index anew, and what can be said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.display import Displayable
from jupyter_mvt.metrics.index import index_of
from jupyter_mvt.objects.encode import to_data

if TYPE_CHECKING:
    from jupyter_mvt.store.store import Store

__all__ = ["IndexStats", "index_stats", "rebuild"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStats(Displayable):
    """What the index consists of.

    Attributes
    ----------
    generation, operation
        Number of the files' generation (0 if there is none) and of the last operation in it.
    commits, tail
        How many versions are in the files, and how many only in memory.
    segments, files, nbytes
        Of the generation.
    """

    generation: int
    operation: int
    commits: int
    tail: int
    segments: int
    files: int
    nbytes: int

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data


def rebuild(store: Store) -> IndexStats:
    """Make the index anew from the commits and return what it is then."""
    index_of(store).rebuild()
    return index_stats(store)


def index_stats(store: Store) -> IndexStats:
    """Return what the index consists of, after bringing it up to date."""
    index = index_of(store)
    index.refresh()
    generation = index.generation
    return IndexStats(
        generation=generation.number,
        operation=generation.operation,
        commits=sum(segment.commits for segment in generation.segments),
        tail=len(index.tail),
        segments=len(generation.segments),
        files=len(generation.parts()),
        nbytes=sum(segment.nbytes for segment in generation.segments),
    )
