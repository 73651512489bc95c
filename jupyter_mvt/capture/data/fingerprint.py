"""Fingerprints of datasets over all of their rows.

Nothing is trusted to be unchanged: frames are mutable, so every look reads every row. It is
fast because rows are read in blocks that fit the cache, by several threads.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from blake3 import blake3

from jupyter_mvt.capture.data.kind import Table, stamp_of, table_of
from jupyter_mvt.capture.data.profile import profile, sample_rows
from jupyter_mvt.capture.data.reading import BLOCK_ROWS, Done, digest_of, read_block
from jupyter_mvt.capture.data.recall import read_or_recalled
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.commit import Note
from jupyter_mvt.objects.dataset import Column, Schema
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.progress import SILENT, told
from jupyter_mvt.objects.snapshot import DatasetDraft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_mvt.capture.data.columns import Strip
    from jupyter_mvt.objects.progress import Progress
    from jupyter_mvt.store.seen import Seen

__all__ = ["PREFIX_ROWS", "describe", "notes_about"]

PREFIX_ROWS = 131_072
_THREADED_BYTES = 1_000_000
_MAX_COLUMNS_PROFILED = 2_000
_MOST_PROFILES = 1_000

_profiled: dict[tuple[ObjectId, int, int], dict[str, Any]] = {}
"""What columns look like, by their content and how many of their rows were looked at."""


def describe(
    obj: Any,
    var: str,
    role: str = "",
    *,
    arg_of: str = "",
    threads: int | None = None,
    known_rows: Iterable[int] = (),
    progress: Progress = SILENT,
    seen: Seen | None = None,
) -> DatasetDraft:
    """Return the fingerprint of a dataset.

    Parameters
    ----------
    obj
        Frame, series, array, tensor, sparse matrix, loader, list, mapping or tuple of those.
    var, role, arg_of
        See `objects.dataset.Dataset`.
    threads
        How many may work at once; as many as there are cores, up to eight, by default.
    known_rows
        Numbers of rows of earlier versions: ids of these prefixes are computed as well, so that
        "rows appended" is seen for any number of rows.
    progress
        Is told how many bytes of content have been read.
    seen
        Remembers what files held, so that other sessions need not read them again.

    Raises
    ------
    CaptureError
        `obj` is no dataset of a known kind (code ``not-a-dataset``).
    """
    known = frozenset(known_rows)
    draft = read_or_recalled(
        obj,
        lambda: stamp_of(obj),
        lambda rows: _ends(rows, known),
        lambda: _describe(obj, var, threads or min(8, os.cpu_count() or 1), known, progress),
        seen,
    )
    return replace(draft, var=var, role=role, arg_of=arg_of)


def _ends(rows: int, known: frozenset[int]) -> frozenset[int]:
    """Return which prefixes of so many rows get an id of their own."""
    return frozenset(row for row in known if 0 < row < rows) | frozenset(
        range(PREFIX_ROWS, rows, PREFIX_ROWS)
    )


def _describe(
    obj: Any, var: str, threads: int, known_rows: frozenset[int], progress: Progress
) -> DatasetDraft:
    table = table_of(obj)
    if table is None:
        msg = f"{var!r} is a {type(obj).__qualname__}, which is no dataset that mvt can read."
        raise CaptureError(
            msg,
            hint="name a frame, an array or a list: mvt commit --data X_train",
            code="not-a-dataset",
        )
    with told(progress, "Fingerprinting", table.nbytes):
        facts = _read(table, threads, progress)
    ends = _ends(table.rows, known_rows)
    columns = tuple(
        Column(name=strip.name, type=strip.type, digest=oid, profile=shape)
        for strip, oid, shape in zip(table.strips, facts.digests, facts.profiles, strict=True)
    )
    partial = bool(table.lost) or any(strip.type == "opaque" for strip in table.strips)
    return DatasetDraft(
        var=var,
        role="",
        kind=table.kind,
        id=_dataset_id(table.strips, facts.digests, table.rows),
        rows=table.rows,
        schema=Schema(columns=columns, prefixes=_prefixes(table, facts.blocks, sorted(ends))),
        multiset_id=facts.multiset,
        digest_kind="sampled" if partial else "full",
        nbytes=table.nbytes,
        source=table.source,
        lost=table.lost,
        index_columns=sum(strip.index for strip in table.strips),
    )


def notes_about(draft: DatasetDraft) -> tuple[Note, ...]:
    """Return what the fingerprint of a dataset does not cover."""
    notes = [Note(kind="sampled", about=draft.var, text=text) for text in draft.lost]
    opaque = [column.name for column in draft.schema.columns if column.type == "opaque"]
    if opaque:
        names = ", ".join(opaque[:5])
        text = f"columns {names} hold objects whose content is not part of the dataset's id"
        notes.append(Note(kind="partial", about=draft.var, text=text))
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class _Facts:
    digests: list[ObjectId]
    blocks: list[list[bytes]]
    profiles: list[dict[str, Any]]
    multiset: str


def _read(table: Table, threads: int, progress: Progress) -> _Facts:
    def blocks(each: Callable[..., Iterable[Done]]) -> list[Done]:
        starts = range(0, table.rows, BLOCK_ROWS)
        done: list[Done] = []
        for block in each(lambda start: read_block(table.strips, start), starts):
            done.append(block)
            progress.advance(table.nbytes // len(starts))
        return done

    if table.nbytes < _THREADED_BYTES or threads < 2:
        return _facts(table, blocks(map), map)
    with ThreadPoolExecutor(threads, "mvt-digest") as pool:
        return _facts(table, blocks(pool.map), pool.map)


def _facts(table: Table, done: list[Done], each: Callable[..., Iterable[Any]]) -> _Facts:
    """Return what blocks come to; `each` is `map`, or one of its kind with threads."""
    strips = table.strips
    blocks = [[block.digests[i] for block in done] for i in range(len(strips))]
    pairs = zip(strips, blocks, strict=True)
    digests = [_column_id(strip, own, table.rows) for strip, own in pairs]
    chosen = sample_rows(table.rows, len(strips))

    def look(position: int) -> dict[str, Any]:
        if position >= _MAX_COLUMNS_PROFILED:
            return {}
        nulls = sum(block.nulls[position] for block in done)
        return _profile(strips[position], digests[position], chosen, nulls)

    profiles = list(each(look, range(len(strips))))
    return _Facts(digests, blocks, profiles, _multiset_id(table, done))


def _profile(strip: Strip, column: ObjectId, rows: Any, nulls: int) -> dict[str, Any]:
    """Return the profile of a column, of equal content only once: most frames are as they were."""
    key = (column, strip.rows, 0 if rows is None else len(rows))
    found = _profiled.get(key)
    if found is None or strip.type == "opaque":
        found = profile(strip, rows, nulls)
        if len(_profiled) >= _MOST_PROFILES:
            _profiled.clear()
        _profiled[key] = found
    return found


def _column_id(strip: Strip, blocks: list[bytes], rows: int) -> ObjectId:
    return _finish(_start(strip, blocks), rows)


def _start(strip: Strip, blocks: list[bytes]) -> Any:
    kind = strip.type.encode()
    state = blake3(len(kind).to_bytes(4, "little") + kind)
    state.update(b"".join(blocks))
    return state


def _finish(state: Any, rows: int) -> ObjectId:
    state.update(rows.to_bytes(8, "little"))
    return ObjectId(state.hexdigest())


def _dataset_id(strips: tuple[Strip, ...], digests: list[ObjectId], rows: int) -> ObjectId:
    pairs = zip(strips, digests, strict=True)
    return digest(encode([rows, [[strip.name, strip.type, oid] for strip, oid in pairs]]))


def _prefixes(
    table: Table, blocks: list[list[bytes]], ends: list[int]
) -> tuple[tuple[int, ObjectId], ...]:
    """Return the id that the first so many rows would have as a dataset of their own."""
    if any(strip.rows != table.rows for strip in table.strips):
        return ()
    states = [_start(strip, []) for strip in table.strips]
    used = 0
    found = []
    for end in ends:
        whole = end // BLOCK_ROWS
        digests = []
        for strip, state, own in zip(table.strips, states, blocks, strict=True):
            state.update(b"".join(own[used:whole]))
            final = state.copy()
            if end > whole * BLOCK_ROWS:
                final.update(digest_of(strip.block(whole * BLOCK_ROWS, end)))
            digests.append(_finish(final, end))
        used = whole
        found.append((end, _dataset_id(table.strips, digests, end)))
    return tuple(found)


def _multiset_id(table: Table, done: list[Done]) -> str:
    sums = [block.sums for block in done if block.sums is not None]
    if len(sums) < len(done) or not table.strips:
        return ""
    first = sum(pair[0] for pair in sums) % 2**64
    second = sum(pair[1] for pair in sums) % 2**64
    names = [[strip.name, strip.type] for strip in table.strips if not strip.index]
    return digest(encode([table.rows, names, str(first), str(second)]))
