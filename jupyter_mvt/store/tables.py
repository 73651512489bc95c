"""Plain Parquet files of a repository, ``tables/DIGEST.parquet``, that marks of the log name.

They go the way of packs: dropped by a gc, readable until their time has come, then deleted; and
a deleted one's name is not used again, so that no deletion can hit what is new.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError, NotFoundError
from jupyter_mvt.objects.evaluation import examples_of
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.store import layout, oplog, trash
from jupyter_mvt.store.faults import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

__all__ = ["check_tables", "heal_tables", "keep_table", "needed_tables", "read_table", "unneeded"]


def keep_table(store: Store, made: Callable[[int], bytes]) -> ObjectId:
    """Store a file durably and return its digest.

    Parameters
    ----------
    made
        Returns the file. Each number gives other bytes of the same meaning; 0 comes first.
    """
    marks = trash.deadlines(oplog.current(store))
    salt = 0
    while marks.get(layout.table(digest(content := made(salt)))) == trash.GONE:
        salt += 1
    oid = digest(content)
    key = layout.table(oid)
    if not store.backend.put_if_absent(key, content):
        if _sound(store, oid):
            # Whoever published it may not have made sure yet that it survives a power cut.
            store.backend.settle(key)
        else:
            store.backend.put(key, content)
    return oid


def read_table(store: Store, oid: ObjectId) -> bytes:
    """Return a file, verified.

    Raises
    ------
    NotFoundError
        A gc deleted it (code ``table-gone``).
    CorruptionError
        It is missing or not what was written (code ``corrupt-table``).
    """
    try:
        content = store.backend.get(layout.table(oid))
    except NotFoundError as error:
        if trash.deadlines(oplog.current(store)).get(layout.table(oid)) == trash.GONE:
            msg = "The examples of this evaluation were deleted by a gc; its metrics are kept."
            raise NotFoundError(msg, hint="mvt evaluate", code="table-gone") from error
        content = b""
    if digest(content) != oid:
        msg = f"The examples of an evaluation, {layout.table(oid)}, are not what was written."
        raise CorruptionError(msg, hint="mvt fsck --repair", code="corrupt-table")
    return content


def needed_tables(view: View) -> dict[str, ObjectId]:
    """Return key of each file that a mark of the log names → the version it belongs to."""
    return {layout.table(oid): version for oid, version in examples_of(view).items()}


def unneeded(store: Store, view: View) -> dict[str, int]:
    """Return key → size of the files that nothing names and that are not yet dropped."""
    needed, marks = needed_tables(view), trash.deadlines(view)
    found = {}
    for key in store.backend.list(layout.TABLES):
        stat = store.backend.stat(key)
        if layout.table_digest(key) and key not in needed and key not in marks and stat:
            found[key] = stat.size
    return found


def check_tables(store: Store, keys: list[str]) -> Iterator[Problem]:
    """Yield what is wrong with the files `keys`, and which are missing."""
    needed: dict[str, ObjectId] = {}
    marks: dict[str, str] = {}
    # A log that cannot be read is a problem of its own; the files are verified all the same.
    with suppress(CorruptionError):
        view = oplog.current(store)
        needed, marks = needed_tables(view), trash.deadlines(view)
    for key in keys:
        oid = layout.table_digest(key)
        if not oid:
            text = f"The file {key} does not belong here."
            yield Problem(kind="unknown-file", key=key, text=text)
        elif marks.get(key) != trash.GONE and not _sound(store, oid):
            whose = (needed[key],) if key in needed else ()
            text = f"The table {key} is not what was written."
            yield Problem(kind="corrupt-table", key=key, commits=whose, text=text)
    for key in needed.keys() - set(keys):
        if marks.get(key) != trash.GONE:
            text = f"The table {key} is missing."
            yield Problem(kind="missing-table", key=key, commits=(needed[key],), text=text)


def heal_tables(store: Store, source: Store | None) -> tuple[set[bytes], set[bytes]]:
    """Put back what is damaged or missing from `source`; return what was, and was not, healed."""
    view = oplog.current(store)
    marks = trash.deadlines(view)
    healed, lost = set[bytes](), set[bytes]()
    for key in needed_tables(view):
        oid = layout.table_digest(key)
        if not oid or marks.get(key) == trash.GONE or _sound(store, oid):
            continue
        if source is not None and _sound(source, oid):
            store.backend.put(key, source.backend.get(key))
            healed.add(bytes.fromhex(oid))
        else:
            lost.add(bytes.fromhex(oid))
    return healed, lost


def _sound(store: Store, oid: str) -> bool:
    try:
        return digest(store.backend.get(layout.table(oid))) == oid
    except NotFoundError:
        return False
