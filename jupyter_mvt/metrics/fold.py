"""Folding: rows become Parquet files, and a new generation that names them.

Nobody waits for anybody. Who loses the race for a generation's number deletes the files it
wrote and goes on with its rows in memory. Files that no generation of the last hour names are
deleted by whoever folds next, so that plain readers never see one vanish under them.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError, NotFoundError, StorageError
from jupyter_mvt.metrics.generation import (
    FOLDER,
    MANIFESTS,
    Generation,
    Part,
    Segment,
    numbers,
    read,
)
from jupyter_mvt.metrics.rows import Rows, tables, widened
from jupyter_mvt.metrics.schema import ORDER, TABLES, arrow_schema
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.ids import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pyarrow as pa

    from jupyter_mvt.objects.clock import Clock
    from jupyter_mvt.store.backend import Backend

__all__ = ["MERGE", "Batch", "fold", "sweep", "verified_bytes"]

MERGE = 8
"""So many segments of one level become one of the next."""

_FULL = 64 << 20
_GRACE_US = 3600 * 10**6


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of the commits of the operations from `first` to `last`."""

    rows: Rows
    first: int
    last: int


def fold(
    backend: Backend,
    base: Generation,
    batches: Iterable[Batch],
    *,
    operation: int,
    head: str,
    after: int,
    clock: Clock,
) -> Generation | None:
    """Publish `base` plus `batches` as the generation after number `after`.

    Parameters
    ----------
    batches
        Rows of the commits after ``base.operation``; may be made while they are written.
    operation, head
        Number and record id of the newest operation that the batches cover.

    Returns
    -------
    Generation or None
        The published one; ``None`` when another process took the number.
    """
    wide = base.wide
    writer = _Writer(backend, after + 1, clock)
    made_generation = None
    try:
        segments = list(base.segments)
        for batch in batches:
            wide = widened(wide, batch.rows.names)
            made = tables(batch.rows, wide)
            segments.append(writer.segment(made, batch.first, batch.last, 0, len(batch.rows)))
        made_generation = Generation(
            number=after + 1,
            operation=operation,
            head=head,
            time_us=clock.now_us(),
            wide=wide,
            segments=_merged(segments, wide, writer),
        ).sealed()
        won = _publish(backend, made_generation)
    except BaseException:
        with suppress(StorageError):  # what stopped the writing is told; leftovers age
            if made_generation is None or not _is_published(backend, made_generation):
                writer.forget()
        raise
    if not won:
        writer.forget()
        return None
    sweep(backend, made_generation)
    return made_generation


def _publish(backend: Backend, generation: Generation) -> bool:
    return backend.put_if_absent(generation.key, encode(generation))


def _is_published(backend: Backend, generation: Generation) -> bool:
    try:
        return backend.get(generation.key) == encode(generation)
    except NotFoundError:
        return False


class _Writer:
    """Writes the files of one new generation, and can take them back."""

    def __init__(self, backend: Backend, number: int, clock: Clock) -> None:
        self._backend = backend
        self._folder = f"{FOLDER}/gen-{number}"
        # The name tells its age, and two processes never choose the same.
        self._stamp = f"{clock.now_us():016d}-{clock.token()[:16]}"
        self._keys: list[str] = []

    def segment(
        self,
        made: Mapping[str, pa.Table],
        first: int,
        last: int,
        level: int,
        commits: int,
    ) -> Segment:
        """Write one file a table."""
        parts = tuple(self._part(name, table) for name, table in made.items() if len(table))
        return Segment(first=first, last=last, level=level, commits=commits, parts=parts)

    def _part(self, name: str, table: pa.Table) -> Part:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = table.sort_by([(column, "ascending") for column in ORDER[name]])
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        data = memoryview(sink.getvalue())
        key = f"{self._folder}/{name}/part-{self._stamp}-{len(self._keys)}.parquet"
        self._keys.append(key)
        self._backend.put(key, data, durable=False)
        return Part(
            table=name,
            key=key,
            rows=len(table),
            nbytes=data.nbytes,
            blake3=digest(data),
        )

    def read(self, part: Part) -> pa.Table:
        import pyarrow as pa
        import pyarrow.parquet as pq

        return pq.read_table(pa.BufferReader(verified_bytes(self._backend, part)))

    def forget(self) -> None:
        """Delete what was written."""
        for key in self._keys:
            self._backend.delete(key)


def verified_bytes(backend: Backend, part: Part) -> bytes:
    """Return the bytes of a file if they are what was published.

    Raises
    ------
    CorruptionError
        They are not, or the file is gone (code ``corrupt-index``).
    """
    try:
        data = backend.get(part.key)
    except NotFoundError as error:
        raise _corrupt(part, "is gone") from error
    if digest(data) != part.blake3:
        raise _corrupt(part, "is not what was written")
    return data


def _corrupt(part: Part, what: str) -> CorruptionError:
    return CorruptionError(
        f"The index file {part.key} {what}.",
        code="corrupt-index",
        hint="mvt index rebuild",
    )


def _merged(segments: list[Segment], wide: tuple[str, ...], writer: _Writer) -> tuple[Segment, ...]:
    """Return `segments` with every eight neighbours of one level made one."""
    while (start := _mergeable(segments)) is not None:
        group = segments[start : start + MERGE]
        segments[start : start + MERGE] = [_merge(group, wide, writer)]
    return tuple(segments)


def _mergeable(segments: list[Segment]) -> int | None:
    run = 0
    for at, segment in enumerate(segments):
        same = at > 0 and segments[at - 1].level == segment.level
        run = (run + 1 if same else 1) if segment.nbytes < _FULL else 0
        if run == MERGE:
            return at + 1 - MERGE
    return None


def _merge(group: list[Segment], wide: tuple[str, ...], writer: _Writer) -> Segment:
    import pyarrow as pa

    merged: dict[str, pa.Table] = {}
    for name in TABLES:
        schema = arrow_schema(name, wide)
        pieces = [
            _aligned(writer.read(part), schema)
            for segment in group
            for part in segment.parts
            if part.table == name
        ]
        if pieces:
            merged[name] = pa.concat_tables(pieces)
    commits = sum(segment.commits for segment in group)
    level = group[0].level + 1
    return writer.segment(merged, group[0].first, group[-1].last, level, commits)


def _aligned(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return `table` with columns of `schema` that it lacks as nulls, in that order."""
    import pyarrow as pa

    held = set(table.column_names)
    arrays = [
        table[field.name] if field.name in held else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def sweep(backend: Backend, current: Generation) -> None:
    """Delete generations superseded for an hour, and files that belong to none."""
    horizon = current.time_us - _GRACE_US
    kept = {part.key for part in current.parts()}
    successor = current
    for number in reversed(numbers(backend)):
        if number >= current.number:
            continue
        found = read(backend, number)
        if found is None or successor.time_us < horizon:
            backend.delete(replace(current, number=number).key)
            continue
        kept.update(part.key for part in found.parts())
        successor = found
    _sweep_files(backend, lambda key: key not in kept and _age(key) < horizon)


def _sweep_files(backend: Backend, doomed: Callable[[str], bool]) -> None:
    for key in list(backend.list(f"{FOLDER}/gen-")):
        if not key.startswith(MANIFESTS) and doomed(key):
            backend.delete(key)


def _age(key: str) -> int:
    """Return when a file was made, by its name; 0 when it is none of ours."""
    stamp = key.rpartition("/part-")[2].partition("-")[0]
    return int(stamp) if stamp.isdecimal() else 0
