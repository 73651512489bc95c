"""What a process remembers of the log."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from jupyter_mvt.objects.commit import Commit
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.reach import Outline

__all__ = ["LogCache", "Walked"]


T = TypeVar("T")


@dataclass(slots=True)
class Walked(Generic[T]):
    """What the operations up to number `upto` say of their versions; see `store.logwalk`."""

    found: dict[ObjectId, T] = field(default_factory=dict)
    upto: int = 0


@dataclass(slots=True)
class LogCache:
    """The newest view, recently read commits, and which derived files are missing.

    Attributes
    ----------
    stale
        Numbers of full windows without a valid checkpoint and segment, found while opening;
        the next writer makes them anew.
    parents
        What each commit follows; see `store.ancestry`.
    outlines
        What each commit names; see `store.outlines`.
    line
        The last line of history that was walked, with where it started; see `history.graph`.
    needs, ids
        What manifests and lists of cells name, of those that were read, and each id that is named
        once; see `store.needs`.
    own
        Number and token of the operation that was appended last, and of those drafted since.
    """

    view: View | None = None
    commits: OrderedDict[str, Commit] = field(default_factory=OrderedDict)
    stale: set[int] = field(default_factory=set)
    parents: Walked[tuple[ObjectId, ...]] = field(default_factory=Walked)
    outlines: Walked[Outline] = field(default_factory=Walked)
    needs: dict[ObjectId, tuple[bytes, ...]] = field(default_factory=dict)
    ids: dict[bytes, bytes] = field(default_factory=dict)
    own: list[tuple[int, str]] = field(default_factory=list)
    line: tuple[frozenset[ObjectId], list[ObjectId]] = (frozenset(), [])
    lock: threading.RLock = field(default_factory=threading.RLock)
