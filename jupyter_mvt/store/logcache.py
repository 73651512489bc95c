"""What a process remembers of the log."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from jupyter_mvt.objects.commit import Commit
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.view import View
from jupyter_mvt.store.reach import Outline

__all__ = ["LogCache"]


@dataclass(slots=True)
class LogCache:
    """The newest view, recently read commits, and which derived files are missing.

    Attributes
    ----------
    stale
        Numbers of full windows without a valid checkpoint and segment, found while opening;
        the next writer makes them anew.
    parents, parents_upto
        What each commit follows, of the operations up to that one; see `store.ancestry`.
    outlines, outlines_upto
        What each commit names, likewise; see `store.outlines`.
    line
        The last line of history that was walked, with where it started; see `history.graph`.
    needs, ids
        What manifests and lists of cells name, of those that were read, and each id that is named
        once; see `store.needs`.
    """

    view: View | None = None
    commits: OrderedDict[str, Commit] = field(default_factory=OrderedDict)
    stale: set[int] = field(default_factory=set)
    parents: dict[ObjectId, tuple[ObjectId, ...]] = field(default_factory=dict)
    parents_upto: int = 0
    outlines: dict[ObjectId, Outline] = field(default_factory=dict)
    outlines_upto: int = 0
    needs: dict[ObjectId, tuple[bytes, ...]] = field(default_factory=dict)
    ids: dict[bytes, bytes] = field(default_factory=dict)
    line: tuple[frozenset[ObjectId], list[ObjectId]] = (frozenset(), [])
    lock: threading.RLock = field(default_factory=threading.RLock)
