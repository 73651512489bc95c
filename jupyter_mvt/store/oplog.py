"""The operation log: the only mutable thing in a repository, read and appended without locks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_mvt.errors import (
    ConflictError,
    CorruptionError,
    NotFoundError,
    StorageError,
    UsageError,
)
from jupyter_mvt.objects.encode import from_data
from jupyter_mvt.objects.ids import ObjectId, short
from jupyter_mvt.objects.operation import Operation
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout, reserve
from jupyter_mvt.store.checkpoints import (
    broken_chain,
    derived_files,
    fold_window,
    read_record,
    read_window,
    window_records,
)
from jupyter_mvt.store.folding import Fold
from jupyter_mvt.store.records import pack_operation, read_operation, record_id, skim_operation
from jupyter_mvt.store.store import Store

if TYPE_CHECKING:
    from jupyter_mvt.objects.commit import Commit

__all__ = [
    "append", "appended", "commit_object", "current", "follow", "operation", "operations",
    "view_at",
]  # fmt: skip

_REMEMBERED = 512
_PAUSE = 0.002
_LONGEST_PAUSE = 0.05


def current(store: Store) -> View:
    """Return the view after the newest operation."""
    log = store.log
    with log.lock:
        view = _open(store) if log.view is None else log.view
        log.view = _advance(store, view)
        return log.view


def view_at(store: Store, number: int) -> View:
    """Return the view as it was after operation `number`; 0 is the empty beginning.

    Raises
    ------
    NotFoundError
        The log is shorter (code ``unknown-operation``).
    """
    _require(store, number, least=0)
    return _replay(store, number, set())


def follow(view: View, **fields: Any) -> Operation:
    """Return the operation with `fields` that comes right after `view`."""
    return Operation(number=view.number + 1, prev=view.head, **fields)


def append(store: Store, draft: Callable[[View], Operation]) -> tuple[Operation, View]:
    """Publish one operation on top of the newest one.

    Parameters
    ----------
    store
        Where.
    draft
        Builds the operation for a view (see `follow`). Called again whenever another process
        was faster; raises `ConflictError` when what it wants no longer makes sense.

    Returns
    -------
    tuple
        The operation as published, and the view after it.

    Raises
    ------
    ConflictError
        From `draft`, or a change states an old value that the ref does not have (code
        ``stale-change``).
    """
    pause = _PAUSE
    while True:
        view = current(store)
        drafted = draft(view)
        _check_draft(view, drafted)
        record = pack_operation(drafted)
        own = (drafted.number, drafted.token)
        store.log.own.append(own)
        if _publish(store, drafted, record):
            store.log.own = [own]
            after = _take_own(store, view, drafted, record)
            _derive(store, after)
            return drafted, after
        import random  # only where another process was faster

        time.sleep(random.uniform(0, pause))
        pause = min(2 * pause, _LONGEST_PAUSE)


def appended(store: Store) -> int:
    """Return the number of the operation that was last appended through `store`, 0 if none was.

    Also of one whose publication was interrupted.
    """
    for number, token in reversed(store.log.own):
        with suppress(NotFoundError):
            record = store.backend.get(layout.operation(number))
            if read_operation(record, number).token == token:
                return number
    return 0


def operations(
    store: Store, *, since: int = 0, newest_first: bool = True, skim: bool = False
) -> Iterator[Operation]:
    """Return the operations after number `since`, each checked against the chain.

    With `skim`, which is quicker, their ``commit`` and ``detail`` are undecoded.
    """
    view = current(store)
    if since >= view.number:
        return
    starts = range(since // layout.WINDOW * layout.WINDOW + 1, view.number + 1, layout.WINDOW)
    head = view.head
    for first in reversed(starts) if newest_first else starts:
        last = min(first + layout.WINDOW - 1, view.number)
        if not newest_first:
            head = view.head if last == view.number else operation(store, last + 1).prev
        window = read_window(store.backend, max(first, since + 1), last, head, skim=skim)
        head = window[0].prev
        yield from reversed(window) if newest_first else window


def operation(store: Store, number: int) -> Operation:
    """Return operation `number`.

    Raises
    ------
    NotFoundError
        There is no such operation (code ``unknown-operation``).
    """
    _require(store, number, least=1)
    return read_operation(read_record(store.backend, number), number)


def commit_object(store: Store, oid: ObjectId) -> Commit:
    """Return the commit with the id `oid`, verified.

    Raises
    ------
    NotFoundError
        The repository has no such commit (code ``unknown-version``).
    CorruptionError
        The commit found is not the one that its id says (code ``corrupt-commit``).
    """
    known = store.log.commits
    if oid in known:
        known.move_to_end(oid)
        return known[oid]
    where = current(store).commits.get(oid)
    if where is None:
        msg = f"There is no version {short(oid)}."
        raise NotFoundError(msg, code="unknown-version", hint="mvt log")
    from jupyter_mvt.objects.commit import Commit, commit_id

    commit: Commit = from_data(operation(store, where.operation).commit, Commit)
    if commit_id(commit) != oid:
        msg = f"Version {short(oid)} is not what its id says ({layout.operation(where.operation)})."
        raise CorruptionError(msg, code="corrupt-commit", hint="mvt fsck")
    with store.log.lock:
        known[oid] = commit
        while len(known) > _REMEMBERED:
            known.popitem(last=False)
    return commit


def _open(store: Store) -> View:
    return _replay(store, _newest(store), store.log.stale)


def _newest(store: Store) -> int:
    """Return the number of the newest operation; that none before it is missing is made sure."""
    numbers = {layout.number_of(key) for key in store.backend.list(layout.OPERATIONS)} - {None}
    last = max((number for number in numbers if number), default=0)
    points = [layout.number_of(key) or 0 for key in store.backend.list(layout.CHECKPOINTS)]
    there = max(points, default=0)
    for number in sorted(set(range(1, max(last, there) + 1)) - numbers):
        # A listing may leave out what is written meanwhile, and yet have what came after that.
        if store.backend.stat(layout.operation(number)) is None:
            msg = f"Operation {number} is missing ({layout.operation(number)})."
            if number > last:
                msg = f"The log ends at operation {last}, but {layout.checkpoint(there)} is there."
            raise CorruptionError(msg, code="missing-operation", hint="mvt fsck")
    return max(last, there)


def _replay(store: Store, number: int, stale: set[int]) -> View:
    fold = Fold(View())
    for end in range(layout.WINDOW, number + 1, layout.WINDOW):
        if not fold_window(store.backend, fold, end):
            stale.add(end)
            _fold_records(store, fold, end)
    if number >= layout.WINDOW and record_id(read_record(store.backend, fold.number)) != fold.head:
        # A checkpoint that the log does not bear out: believe the operations alone.
        stale.update(range(layout.WINDOW, number + 1, layout.WINDOW))
        fold = Fold(View())
    _fold_records(store, fold, number)
    return fold.view()


def _fold_records(store: Store, fold: Fold, upto: int) -> None:
    while fold.number < upto:
        _fold_one(fold, read_record(store.backend, fold.number + 1))


def _fold_one(fold: Fold, record: bytes) -> None:
    entry = skim_operation(record, fold.number + 1)
    if entry.prev != fold.head:
        raise broken_chain(entry.number)
    fold.add(entry, record_id(record))


def _advance(store: Store, view: View) -> View:
    fold = None
    while True:
        number = (view.number if fold is None else fold.number) + 1
        try:
            record = store.backend.get(layout.operation(number))
        except NotFoundError:
            return view if fold is None else fold.view()
        fold = fold or Fold(view)
        _fold_one(fold, record)


def _require(store: Store, number: int, *, least: int) -> None:
    view = store.log.view
    if view is None or number > view.number:
        view = current(store)
    if not least <= number <= view.number:
        msg = f"There is no operation {number}; the newest is {view.number}."
        raise NotFoundError(msg, code="unknown-operation", hint="mvt oplog")


def _check_draft(view: View, drafted: Operation) -> None:
    if drafted.number != view.number + 1 or drafted.prev != view.head:
        msg = "An operation must follow the view it is drafted for; build it with oplog.follow."
        raise UsageError(msg, code="bad-operation")
    for change in drafted.changes:
        if change.ref != "default" and view.ref(change.ref) != change.old:
            msg = f"{change.ref} has moved meanwhile."
            raise ConflictError(
                msg, code="stale-change", hint="see what moved, then try again: mvt oplog"
            )


def _publish(store: Store, drafted: Operation, record: bytes) -> bool:
    key = layout.operation(drafted.number)
    try:
        if drafted.commit is not None:
            published = store.backend.put_if_absent(key, record)
        else:  # what tidies up may still be recorded when versions have no room
            published = reserve.spent(store.backend, store.backend.put_if_absent, key, record)
        if published:
            return True
    except StorageError as error:
        if error.code != "answer-lost":
            raise
    # Lost to another writer, or to ourselves: a retried request finds its own first try.
    try:
        found = store.backend.get(key)
    except NotFoundError:
        return False
    return read_operation(found, drafted.number).token == drafted.token


def _take_own(store: Store, view: View, drafted: Operation, record: bytes) -> View:
    with store.log.lock:
        if store.log.view is not view:
            return current(store)  # another thread of this process was here
        fold = Fold(view)
        fold.add(drafted, record_id(record))
        store.log.view = fold.view()
        return store.log.view


def _derive(store: Store, view: View) -> None:
    if store.root is not None:
        reserve.keep(store.backend)
    stale = store.log.stale
    if view.number % layout.WINDOW == 0:
        stale.add(view.number)
    for end in sorted(stale):
        try:
            _write_window(store, view, end)
        except StorageError:
            # The operation is published and acknowledged; what is derived from it may come
            # later, and this one stays on the list for the next append.
            return
        stale.discard(end)


def _write_window(store: Store, view: View, end: int) -> None:
    at = view if view.number == end else _replay(store, end, set())
    first = end - layout.WINDOW + 1
    records = window_records(store.backend, first, end, at.head)
    window = [read_operation(record, first + i) for i, record in enumerate(records)]
    for key, data in derived_files(at, window, records).items():
        store.backend.put(key, data, durable=False)
