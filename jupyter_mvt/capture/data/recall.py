"""Fingerprints of files, recalled while the files lie still: in this session and in later ones.

A file counts as untouched while its size, its times, its place on the disk and its path are what
they were, and had been so for two seconds when it was read: a clock cannot tell two writes apart
that follow each other closely. The time of the last change of the inode is among them, so that a
file that was written in place and given back its old time is read again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_mvt._version import __version__
from jupyter_mvt.capture.data.kinds.files import Files, learn, learned
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.dataset import Schema
from jupyter_mvt.objects.encode import decode_as, encode
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.snapshot import DatasetDraft

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.store.seen import Seen

__all__ = ["read_or_recalled"]

_MOST_REMEMBERED = 64

_here: dict[str, DatasetDraft] = {}
"""What was read of files in this session, by their stamps; see `kind.stamp_of`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """A fingerprint as it is kept: see `DatasetDraft`."""

    kind: str
    id: ObjectId
    rows: int
    schema: Schema
    multiset_id: str
    digest_kind: str
    nbytes: int
    source: str
    lost: tuple[str, ...]


def read_or_recalled(
    obj: Any,
    stamp: Callable[[], str],
    wanted: Callable[[int], frozenset[int]],
    read: Callable[[], DatasetDraft],
    seen: Seen | None,
) -> DatasetDraft:
    """Return what `read` says of `obj`, or what it said when the same files lay there.

    Parameters
    ----------
    stamp
        Returns text that cannot stay equal when the content changes, ``""`` if there is none.
    wanted
        Which prefixes of so many rows are to be told; a fingerprint without one is read again.
    seen
        Remembers for later sessions, ``None`` for nobody.
    """
    before = stamp()
    draft = _recalled(before, seen) if before else None
    if draft is not None:
        ends = wanted(draft.rows)
        prefixes = tuple(pair for pair in draft.schema.prefixes if pair[0] in ends)
        if len(prefixes) == len(ends):
            return replace(draft, schema=replace(draft.schema, prefixes=prefixes))
    if isinstance(obj, Files) and seen is not None:
        _learn(obj, seen)
    draft = read()
    # A file may have been written while it was read.
    if before and before == stamp():
        _remember(before, draft, seen)
    if isinstance(obj, Files) and seen is not None and draft.kind == "files":
        seen.put(_about("files", str(obj.root.absolute())), encode(learned(obj)))
    return draft


def _recalled(stamp: str, seen: Seen | None) -> DatasetDraft | None:
    found = _here.get(stamp)
    if found is None and seen is not None:
        body = seen.get(_about("data", stamp))
        try:
            found = None if body is None else _draft(decode_as(body, _Record))
        except CorruptionError:
            return None
    return found


def _draft(record: _Record) -> DatasetDraft:
    kept = {name: getattr(record, name) for name in _Record.__slots__}
    return DatasetDraft(var="", role="", **kept)


def _remember(stamp: str, draft: DatasetDraft, seen: Seen | None) -> None:
    if len(_here) >= _MOST_REMEMBERED:
        _here.clear()
    _here[stamp] = draft
    if seen is not None:
        record = _Record(**{name: getattr(draft, name) for name in _Record.__slots__})
        seen.put(_about("data", stamp), encode(record))


def _learn(files: Files, seen: Seen) -> None:
    """Recall the digests of single files: one of a folder may have changed since."""
    body = seen.get(_about("files", str(files.root.absolute())))
    try:
        rows = () if body is None else decode_as(body, tuple[str, ...])
    except CorruptionError:
        return
    learn(files.root, rows)


def _about(what: str, text: str) -> bytes:
    """Return what a record is about; other programs may read files differently."""
    import pyarrow as pa

    return "\n".join((what, __version__, pa.__version__, text)).encode("utf-8", "surrogatepass")
