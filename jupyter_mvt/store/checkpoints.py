"""Checkpoints and segments: derived from the operations, so that opening is quick.

After each window of operations a checkpoint keeps all refs, and of the commits and label moves
those of its own window; a segment is the window's records in one file. Both are checked before
use against the log's chain; where they are missing or wrong, the operations themselves are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError, FormatError, NotFoundError
from jupyter_mvt.objects.encode import decode_as, encode
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.operation import Operation
from jupyter_mvt.objects.refs import MAIN
from jupyter_mvt.objects.view import Move, View
from jupyter_mvt.store import layout
from jupyter_mvt.store.folding import Fold, label_moves
from jupyter_mvt.store.records import (
    frame,
    previous,
    read_operation,
    record_id,
    skim_operation,
    split_frames,
    unframe,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.store.backend import Backend

__all__ = [
    "Checkpoint",
    "broken_chain",
    "commits_of_window",
    "copied_record",
    "derived_files",
    "fold_window",
    "read_checkpoint",
    "read_record",
    "read_window",
    "sound_record",
    "window_records",
]

Pairs = tuple[tuple[str, ObjectId], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How all refs stood after operation `number`, and what its window added; see `View`.

    Attributes
    ----------
    number, prev, head
        The last operation, and the ids of the records before the window and at its end.
    commits
        Version and operation of each commit in the window.
    moves
        Each move of a label in it.
    """

    number: int
    prev: str
    head: str
    branches: Pairs
    tags: Pairs
    labels: Pairs
    default: str = MAIN
    marks: tuple[tuple[str, str], ...] = ()
    commits: tuple[tuple[ObjectId, int], ...] = ()
    moves: tuple[tuple[str, Move], ...] = ()
    format: int = 1


def derived_files(
    view: View, operations: Sequence[Operation], records: Sequence[bytes]
) -> dict[str, bytes]:
    """Return key → bytes of what is derived of a window of operations that led to `view`."""
    return {
        layout.segment(view.number): b"".join(records),
        layout.checkpoint(view.number): _checkpoint_bytes(view, operations),
    }


def _checkpoint_bytes(view: View, operations: Sequence[Operation]) -> bytes:
    point = Checkpoint(
        number=view.number,
        prev=operations[0].prev,
        head=view.head,
        branches=tuple(view.branches.items()),
        tags=tuple(view.tags.items()),
        labels=tuple(view.labels.items()),
        default=view.default,
        marks=tuple(view.marks.items()),
        commits=tuple((op.commit_id, op.number) for op in operations if op.commit_id is not None),
        moves=tuple(pair for op in operations for pair in label_moves(op)),
    )
    return frame(encode(point))


def fold_window(backend: Backend, fold: Fold, end: int) -> bool:
    """Advance `fold` over the window that ends at `end` by its checkpoint; tell if it could."""
    point = read_checkpoint(backend, end)
    if point is None or point.prev != fold.head:
        return False  # derived: the operations are read instead, and fsck names the damage
    fold.jump(
        end, point.head, dict(point.branches), dict(point.tags), dict(point.labels),
        point.default, dict(point.marks),
    )  # fmt: skip
    for commit, operation in point.commits:
        fold.publish(commit, operation)
    for label, move in point.moves:
        fold.move(label, move)
    return True


def commits_of_window(backend: Backend, end: int) -> tuple[tuple[ObjectId, int], ...] | None:
    """Return version and operation of each commit in the window that ends at `end`.

    ``None`` when no checkpoint tells. It is not held against the log: for messages alone.
    """
    point = read_checkpoint(backend, end)
    return None if point is None else point.commits


def read_checkpoint(backend: Backend, end: int) -> Checkpoint | None:
    """Return the checkpoint of `end`, not yet held against the log; ``None`` if none is whole."""
    key = layout.checkpoint(end)
    try:
        point = decode_as(unframe(backend.get(key), key), Checkpoint)
    except (NotFoundError, CorruptionError):
        return None
    return point if point.format == 1 and point.number == end else None


def window_records(backend: Backend, first: int, last: int, head: str) -> list[bytes]:
    """Return the records `first` to `last` of one window; the last one's id is `head`.

    Raises
    ------
    CorruptionError
        An operation is missing (code ``missing-operation``) or not the one that the next names
        (code ``broken-chain``).
    """
    end = -(-first // layout.WINDOW) * layout.WINDOW
    try:
        frames = split_frames(backend.get(layout.segment(end)))
    except NotFoundError:
        frames = []
    if len(frames) == layout.WINDOW:
        skip = first - (end - layout.WINDOW + 1)
        records = frames[skip : skip + last - first + 1]
        if _chained(records, last, head):
            return records
    records = [read_record(backend, number) for number in range(first, last + 1)]
    _require_chain(records, last, head)
    return records


def read_window(
    backend: Backend, first: int, last: int, head: str, *, skim: bool = False
) -> list[Operation]:
    """Return the operations of `window_records`; `skim` as in `oplog.operations`."""
    read = skim_operation if skim else read_operation
    records = window_records(backend, first, last, head)
    return [read(record, first + i) for i, record in enumerate(records)]


def read_record(backend: Backend, number: int) -> bytes:
    """Return the bytes of a record that must exist."""
    try:
        return backend.get(layout.operation(number))
    except NotFoundError as error:
        msg = f"Operation {number} is missing ({layout.operation(number)})."
        raise CorruptionError(msg, code="missing-operation", hint="mvt fsck") from error


def sound_record(backend: Backend, number: int) -> bytes | None:
    """Return the bytes of a record, ``None`` if it is missing or damaged."""
    try:
        record = backend.get(layout.operation(number))
        read_operation(record, number)
    except (NotFoundError, CorruptionError, FormatError):
        return None
    return record


def copied_record(backend: Backend, number: int) -> bytes | None:
    """Return the copy of a record in its window's segment, ``None`` if there is no sound one."""
    end = -(-number // layout.WINDOW) * layout.WINDOW
    try:
        frames = split_frames(backend.get(layout.segment(end)))
    except NotFoundError:
        return None
    record = frames[number - end - 1] if len(frames) == layout.WINDOW else b""
    try:
        read_operation(record, number)
    except (CorruptionError, FormatError):
        return None
    return record


def _require_chain(records: list[bytes], last: int, head: str) -> None:
    number = last
    for record in reversed(records):
        if record_id(record) != head:
            unframe(record, layout.operation(number))  # damaged bytes are named as such
            raise broken_chain(number)
        head = previous(record, number)
        number -= 1


def _chained(records: list[bytes], last: int, head: str) -> bool:
    try:
        _require_chain(records, last, head)
    except CorruptionError:
        return False  # the segment is derived; the caller reads the operations themselves
    return True


def broken_chain(number: int) -> CorruptionError:
    """Return the error for an operation that does not fit its neighbour."""
    msg = (
        f"The operation log is broken at operation {number} ({layout.operation(number)}): "
        "it is not the one that its neighbour names."
    )
    return CorruptionError(msg, code="broken-chain", hint="mvt fsck")
