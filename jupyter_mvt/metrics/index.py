"""The index of one open store: Parquet files, the rows after them, and the connection over both.

`Index.refresh` brings it up to the log: what is new becomes rows in memory (the tail), and from
512 commits or 8 MB on a new generation of files. Whatever is wrong with the files (a changed
byte, another history, a lost file), they are left out and made anew from the commits.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from jupyter_mvt.errors import CorruptionError, StorageError
from jupyter_mvt.metrics.fold import Batch, fold, verified_bytes
from jupyter_mvt.metrics.generation import FOLDER, Generation, newest
from jupyter_mvt.metrics.relations import Relations
from jupyter_mvt.metrics.rows import Rows, extract
from jupyter_mvt.metrics.sql import cursor
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.commit import Commit
from jupyter_mvt.objects.encode import from_data
from jupyter_mvt.objects.evaluation import measured_since, metrics_of
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["FOLD_COMMITS", "Index", "index_of"]

FOLD_COMMITS = 512
_FOLD_BYTES = 8 << 20
_BATCH = 8192
_ATTEMPTS = 20

_verified: dict[str, str] = {}
"""File → version of it whose hash this process has checked."""


class Index:
    """The index of one store; see the module.

    Attributes
    ----------
    generation
        The files in use.
    tail
        Rows of the commits after them.
    evaluated
        Rows of ``metrics`` and ``summary`` of the commits that were evaluated since, in the
        place of those in files and tail: a function of the view's marks, so that an undone
        evaluation is gone from here, too.
    """

    def __init__(self, store: Store, clock: Clock | None = None) -> None:
        self._store = store
        self._clock = Clock() if clock is None else clock
        self._folder = _folder(store)
        self._relations: Relations | None = None
        self._lock = threading.RLock()
        self._loaded = False
        self._taken = 0
        self._stale = False
        self._writable = self._folder is not None
        self._refused: StorageError | None = None
        self.evaluated = Rows()
        self._measured: dict[str, dict[str, str]] = {}
        self._adopt(Generation())

    def refresh(self) -> None:
        """Bring the index up to the log."""
        with self._lock:
            if not self._loaded:
                self._load()
            if not self._sound():
                self._recover()
            try:
                self._advance()
            except _OtherHistoryError:
                self._distrust()
                self._advance()

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a fresh read-only cursor over the index as it is now."""
        with self._lock:
            self.refresh()
            if self._relations is None:
                self._relations = Relations(self._folder)
            self._relations.show(self.generation, self.tail, self.evaluated, self._paths())
            connection = self._relations.connection
        with cursor(connection) as fresh:
            yield fresh

    def rebuild(self) -> None:
        """Make the index anew from the commits, whatever the files say.

        Raises
        ------
        StorageError
            It cannot be written; what is asked is answered from memory as before.
        """
        with self._lock:
            self._writable, self._refused = self._folder is not None, None
            self._load()
            self._distrust()
            self._advance()
            if self._refused is not None:
                raise self._refused

    def _load(self) -> None:
        number, found = newest(self._store.backend) if self._folder else (0, None)
        self._loaded = True
        self._taken = number
        # A generation that does not read whole is replaced by the next one.
        self._stale = number > 0 and found is None
        self._adopt(found or Generation())

    def _adopt(self, generation: Generation) -> None:
        self.generation = generation
        self.tail = Rows()
        self._until = generation.operation
        self._head = generation.head
        if generation.number:
            self._taken = generation.number

    def _distrust(self) -> None:
        self._adopt(Generation())
        self._stale = True

    def _sound(self) -> bool:
        """Check every file that has not been checked as it is now."""
        backend = self._store.backend
        for part, path in zip(self.generation.parts(), self._paths().values(), strict=True):
            stat = backend.stat(part.key)
            if stat is not None and _verified.get(path) == stat.version:
                continue
            try:
                verified_bytes(backend, part)
            except CorruptionError:
                return False
            if stat is not None:
                _verified[path] = stat.version
        return True

    def _recover(self) -> None:
        # The files may be gone because others have merged them since.
        before = self.generation.number
        self._load()
        if self.generation.number == before or not self._sound():
            self._distrust()

    def _advance(self) -> None:
        """Take in what is new in the log, as files if it is much, else as rows in memory."""
        view = oplog.current(self._store)
        if view.number < self._until or (view.number == self._until and view.head != self._head):
            raise _OtherHistoryError
        if self._due(view):
            view = self._fold(view)
        try:
            for batch in self._batches(view, self._until, self._head, into=self.tail):
                self._until, self._head = batch.last, view.head
        except BaseException:
            # Some rows may be in the tail that would be added once more.
            self._adopt(self.generation)
            raise
        self._evaluate(view)
        if self._due(view):
            self._fold(view)

    def _evaluate(self, view: View) -> None:
        """Make the rows of evaluated commits anew when an evaluation came or went."""
        measured = measured_since(view)
        if measured == self._measured:
            return
        made = Rows()
        for version, marks in measured.items():
            place = view.commits.get(ObjectId(version))
            if place is not None:
                commit = oplog.commit_object(self._store, ObjectId(version))
                metrics = metrics_of(commit.content.metrics, marks)
                content = replace(commit.content, metrics=metrics)
                extract(made, replace(commit, content=content), version, place.number)
        self.evaluated, self._measured = made, measured

    def _due(self, view: View) -> bool:
        if not self._writable:
            return False
        indexed = sum(segment.commits for segment in self.generation.segments)
        many = view.count - indexed >= FOLD_COMMITS or self.tail.nbytes() >= _FOLD_BYTES
        return many or (self._stale and view.number > 0)

    def _fold(self, view: View) -> View:
        """Publish a generation up to `view`, or adopt the one that another process published.

        Returns the view that the index can be brought up to now.
        """
        for _ in range(_ATTEMPTS):
            if not self._due(view):
                break
            try:
                made = fold(
                    self._store.backend,
                    self.generation,
                    self._batches(view, self.generation.operation, self.generation.head),
                    operation=view.number,
                    head=view.head,
                    after=self._taken,
                    clock=self._clock,
                )
            except StorageError as error:
                # A full or read-only disk: the rows stay in memory, and nothing is lost.
                self._writable, self._refused = False, error
                break
            except CorruptionError as error:
                if error.code != "corrupt-index":
                    raise
                # A file to be merged went bad after it was checked.
                self._distrust()
                continue
            if made is not None:
                self._stale = False
                self._adopt(made)
                break
            self._load()
            view = oplog.current(self._store)
            if not self._sound():
                self._distrust()
        return view

    def _batches(
        self, view: View, since: int, head: str, into: Rows | None = None
    ) -> Iterator[Batch]:
        """Yield the rows of the operations after `since`; add them to `into` if given."""
        if since >= view.number:
            return
        rows = Rows() if into is None else into
        first = since + 1
        last = since
        for operation in oplog.operations(self._store, since=since, newest_first=False):
            if operation.number > view.number:
                break
            if last == since and head and operation.prev != head:
                raise _OtherHistoryError
            last = operation.number
            name = operation.commit_id
            # A commit that was published twice belongs to its first operation.
            if operation.commit is not None and name and view.commits[name].operation == last:
                commit = from_data(operation.commit, Commit)
                extract(rows, commit, name, view.commits[name].number)
            if into is None and len(rows) >= _BATCH:
                yield Batch(rows, first, last)
                rows, first = Rows(), last + 1
        if last >= first:
            yield Batch(rows, first, last)

    def _paths(self) -> dict[str, str]:
        """Return the local path of every file, by key."""
        keys = [part.key for part in self.generation.parts()]
        return {key: f"{self._folder}{key.removeprefix(FOLDER)}" for key in keys}


class _OtherHistoryError(Exception):
    """The files belong to another history than the log."""


def _folder(store: Store) -> Path | None:
    path = getattr(store.backend, "path", None)
    return None if path is None else Path(path(FOLDER)).absolute()


_indexes: WeakKeyDictionary[Store, Index] = WeakKeyDictionary()
_indexes_lock = threading.Lock()


def index_of(store: Store) -> Index:
    """Return the index of an open store; one a store in each process."""
    with _indexes_lock:
        found = _indexes.get(store)
        if found is None:
            found = _indexes[store] = Index(store)
        return found
