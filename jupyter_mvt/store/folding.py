"""From operations to views: a fold that shares what only grows."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.operation import Change, Operation
from jupyter_mvt.objects.refs import MAIN, split
from jupyter_mvt.objects.view import Move, View, Where

__all__ = ["Fold", "label_moves"]


class Fold:
    """A view under construction, started from `view`.

    The register of commits is shared with the views made before, never copied: it only grows,
    and each view says with ``count`` how much of it is its own. So only one line of folds may
    start from one view.
    """

    def __init__(self, view: View) -> None:
        self.number = view.number
        self.head = view.head
        self.default = view.default
        self._tables: dict[str, dict[str, ObjectId]] = {
            "branch": dict(view.branches),
            "tag": dict(view.tags),
            "label": dict(view.labels),
        }
        self._marks = dict(view.marks)
        self._commits: dict[ObjectId, Where] = (
            view.commits if isinstance(view.commits, dict) else dict(view.commits)
        )
        self._moves = dict(view.label_moves)
        self._new_moves: dict[str, list[Move]] = {}

    def add(self, operation: Operation, record: str) -> None:
        """Fold in the next operation, whose record has the id `record`."""
        for change in operation.changes:
            self._change(change)
        for label, move in label_moves(operation):
            self.move(label, move)
        if operation.commit_id is not None:
            self.publish(operation.commit_id, operation.number)
        self.number = operation.number
        self.head = record

    def jump(
        self,
        number: int,
        head: str,
        branches: dict[str, ObjectId],
        tags: dict[str, ObjectId],
        labels: dict[str, ObjectId],
        default: str,
        marks: dict[str, str],
    ) -> None:
        """Take all refs as they are after operation `number`, whose record is `head`."""
        self.number, self.head, self.default = number, head, default
        self._marks = marks
        self._tables = {"branch": branches, "tag": tags, "label": labels}

    def publish(self, commit: ObjectId, operation: int) -> None:
        """Give a commit its number."""
        self._commits.setdefault(commit, Where(len(self._commits) + 1, operation))

    def move(self, label: str, move: Move) -> None:
        """Add to a label's history."""
        self._new_moves.setdefault(label, []).append(move)

    def view(self) -> View:
        """Return the view as it is now."""
        for label, moves in self._new_moves.items():
            self._moves[label] = (*self._moves.get(label, ()), *moves)
        self._new_moves = {}
        return View(
            number=self.number,
            head=self.head,
            branches=dict(self._tables["branch"]),
            tags=dict(self._tables["tag"]),
            labels=dict(self._tables["label"]),
            default=self.default,
            commits=self._commits,
            count=len(self._commits),
            label_moves=dict(self._moves),
            marks=dict(self._marks),
        )

    def _change(self, change: Change) -> None:
        kind, name = split(change.ref)
        if kind == "default":
            self.default = change.new or MAIN
            return
        if kind not in self._tables:
            if change.new is None:
                self._marks.pop(change.ref, None)
            else:
                self._marks[change.ref] = change.new
            return
        table = self._tables[kind]
        if change.new is None:
            table.pop(name, None)
        else:
            table[name] = ObjectId(change.new)


def label_moves(operation: Operation) -> Iterator[tuple[str, Move]]:
    """Return the labels that `operation` moved, with the move as their history keeps it."""
    for change in operation.changes:
        kind, name = split(change.ref)
        if kind == "label":
            yield (
                name,
                Move(
                    operation=operation.number,
                    time_us=operation.time_us,
                    actor=operation.actor,
                    reason=operation.reason,
                    old=change.old,
                    new=change.new,
                ),
            )
