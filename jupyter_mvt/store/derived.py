"""What is derived of the log, held against it: made anew where it is wrong, removed if foreign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout
from jupyter_mvt.store.checkpoints import (
    copied_record,
    derived_files,
    read_checkpoint,
    read_record,
    sound_record,
)
from jupyter_mvt.store.folding import Fold
from jupyter_mvt.store.records import previous, read_operation, record_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.store.backend import Backend
    from jupyter_mvt.store.store import Store

__all__ = ["derived_keys", "drop_foreign", "heal_derived", "is_foreign", "told_end"]


def derived_keys(backend: Backend) -> list[str]:
    """Return the keys of all that is derived of the log."""
    return [key for prefix in layout.DERIVED for key in backend.list(prefix)]


def told_end(backend: Backend, last: int, keys: Iterable[str]) -> int:
    """Return the newest operation that ever was, for a log whose files end at `last`.

    Checkpoints and segments tell, if none of them says otherwise than the log where both tell.
    Their `keys` are listed before the operations: others may be at work.
    """
    ends = {end for key in keys if (end := layout.number_of(key) or 0) > last}
    told = {end: (_point_agrees(backend, end, last), _segment_agrees(backend, end, last))
            for end in ends if end % layout.WINDOW == 0}  # fmt: skip
    if any(False in both for both in told.values()):
        return last
    return max((end for end, both in told.items() if True in both), default=last)


def is_foreign(key: str, there: int) -> bool:
    """Tell whether a derived file fits no window of a log of `there` operations."""
    number = layout.number_of(key)
    return number is not None and (number > there or number % layout.WINDOW > 0)


def drop_foreign(store: Store) -> tuple[str, ...]:
    """Delete what is derived of operations that never were in this log; return the keys."""
    backend = store.backend
    keys = derived_keys(backend)
    last = max((layout.number_of(key) or 0 for key in backend.list(layout.OPERATIONS)), default=0)
    there = told_end(backend, last, keys)
    foreign = tuple(key for key in keys if is_foreign(key, there))
    for key in foreign:
        backend.delete(key)
    return foreign


def heal_derived(store: Store, upto: int) -> tuple[str, ...]:
    """Write anew what is not as the operations up to `upto`, all sound, say; return the keys."""
    healed = []
    fold = Fold(View())
    for end in range(layout.WINDOW, upto + 1, layout.WINDOW):
        numbers = range(end - layout.WINDOW + 1, end + 1)
        records = [read_record(store.backend, number) for number in numbers]
        window = list(map(read_operation, records, numbers))
        for entry, record in zip(window, records, strict=True):
            fold.add(entry, record_id(record))
        for key, data in derived_files(fold.view(), window, records).items():
            if _content(store.backend, key) not in (None, data):
                store.backend.put(key, data, durable=False)
                healed.append(key)
    return tuple(healed)


def _content(backend: Backend, key: str) -> bytes | None:
    try:
        return backend.get(key)
    except NotFoundError:
        return None


def _point_agrees(backend: Backend, end: int, last: int) -> bool | None:
    """Tell whether a checkpoint bears the operations up to `last` out; ``None`` if it is unread."""
    point = read_checkpoint(backend, end)
    if point is None:
        return None
    before = end - layout.WINDOW
    record = sound_record(backend, before) if 0 < before <= last else None
    if record is not None and record_id(record) != point.prev:
        return False
    told = {number: commit for commit, number in point.commits}
    for number in range(before + 1, last + 1):
        record = sound_record(backend, number)
        if record is not None and read_operation(record, number).commit_id != told.get(number):
            return False
    return True


def _segment_agrees(backend: Backend, end: int, last: int) -> bool | None:
    """Tell whether a segment goes on where the log ends at `last`; ``None`` if it is unread."""
    first = max(last, end - layout.WINDOW) + 1
    record = copied_record(backend, first)
    if record is None:
        return None
    before = sound_record(backend, last) if first == last + 1 else None
    return before is None or previous(record, first) == record_id(before)
