"""What a process remembers of the log."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from jupyter_mvt.objects.commit import Commit
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.view import View

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
    """

    view: View | None = None
    commits: OrderedDict[str, Commit] = field(default_factory=OrderedDict)
    stale: set[int] = field(default_factory=set)
    parents: dict[ObjectId, tuple[ObjectId, ...]] = field(default_factory=dict)
    parents_upto: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
