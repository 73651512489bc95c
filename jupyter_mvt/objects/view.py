"""The view: all refs as they are after some operation, the fold of the log.

A view is a value; its mappings are not changed after it was built. The store folds operations
into views (`store.oplog`); everything above reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.refs import MAIN

__all__ = ["Move", "View", "Where"]


@dataclass(frozen=True, slots=True)
class Where:
    """Where a commit is in the log: its number for people, and its operation."""

    number: int
    operation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move in a label's history, newest last in `View.label_moves`."""

    operation: int
    time_us: int
    actor: str
    reason: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Refs and the register of commits after operation `number`.

    Attributes
    ----------
    number
        Of the newest operation folded in; 0 for an empty log.
    head
        Id of that operation's record bytes, the next one's ``prev``.
    branches, tags, labels
        Name → commit id, in order of creation.
    default
        Name of the branch on which new sessions start; it may not exist yet.
    commits
        Commit id → its place; in order of publication. Append-only across views, may hold more
        than this view's commits when shared: use `count`.
    count
        How many of `commits` belong to this view.
    label_moves
        Label → its moves, oldest first; a removed label keeps its history.
    marks
        Further refs with their values: ``settings``, ``thin/VERSION``, ``trash/PACK``.
    """

    number: int = 0
    head: str = ""
    branches: Mapping[str, ObjectId] = field(default_factory=dict)
    tags: Mapping[str, ObjectId] = field(default_factory=dict)
    labels: Mapping[str, ObjectId] = field(default_factory=dict)
    default: str = MAIN
    commits: Mapping[ObjectId, Where] = field(default_factory=dict)
    count: int = 0
    label_moves: Mapping[str, tuple[Move, ...]] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)

    def ref(self, full: str) -> str | None:
        """Return the value of a full ref (``"label/production"``, ``"default"``) or ``None``."""
        if full == "default":
            return self.default
        kind, _, name = full.partition("/")
        table = {"branch": self.branches, "tag": self.tags, "label": self.labels}.get(kind)
        return self.marks.get(full) if table is None else table.get(name)

    def refs_id(self) -> ObjectId:
        """Return an id over all refs: equal for equal views, whatever the way there."""
        tables = (dict(self.branches), dict(self.tags), dict(self.labels), self.default)
        return digest(encode((*tables, dict(self.marks)) if self.marks else tables))

    def told_id(self) -> ObjectId:
        """Return an id over what is said of versions: equal while a log tells them alike.

        Labels are left out, which move often; so is the trash, which no version shows.
        """
        marks = {ref: text for ref, text in self.marks.items() if not ref.startswith("trash/")}
        return digest(encode((dict(self.tags), marks)))
