"""Datasets kept whole, on request: their columns as parts, cut so that versions share rows."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import array_of, array_part
from jupyter_mvt.capture.data.fingerprint import describe, notes_about
from jupyter_mvt.capture.data.kinds.files import Files
from jupyter_mvt.capture.data.kinds.formats import arrow_table
from jupyter_mvt.capture.variables.tables import live_table, table_state
from jupyter_mvt.errors import CaptureError, CorruptionError
from jupyter_mvt.objects.commit import Note
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.sizes import size_text
from jupyter_mvt.objects.snapshot import Bundle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.capture.data.source import Source
    from jupyter_mvt.objects.dataset import Dataset
    from jupyter_mvt.objects.progress import Progress
    from jupyter_mvt.objects.reader import ObjectReader
    from jupyter_mvt.objects.snapshot import DatasetDraft
    from jupyter_mvt.store.seen import Seen

__all__ = ["NOT_PLAIN", "Kept", "keep_data", "load_data", "parquet_of", "take_data"]

NOT_PLAIN = "cannot be stored as plain columns"


@dataclass(frozen=True, slots=True)
class Kept:
    """A dataset on its way into the store: its parts, and how it is rebuilt."""

    bundle: Bundle
    state: bytes

    @property
    def nbytes(self) -> int:
        """Bytes of the content, before what is stored already is left out."""
        return sum(part.nbytes for part in self.bundle.parts)


def take_data(
    sources: Iterable[Source], *, named: bool, most: int, threads: int | None,
    known_rows: tuple[int, ...], progress: Progress, seen: Seen | None = None,
) -> tuple[tuple[DatasetDraft, ...], tuple[Note, ...]]:  # fmt: skip
    """Return the fingerprints of datasets, with their content if they are to be kept whole.

    Parameters
    ----------
    named
        Whether a person named them: then what cannot be read is an error, else a note.
    most
        How many bytes of content may be kept, 0 for none.
    threads, known_rows, progress, seen
        See `data.fingerprint.describe`.

    Raises
    ------
    CaptureError
        A named one cannot be read, or there is more content (code ``data-too-large``).
    """
    drafts: list[DatasetDraft] = []
    notes: list[Note] = []
    sources = tuple(sources)
    # Seen before gigabytes are read for their fingerprints, which may take a minute.
    kept_of = [keep_data(source.obj) if most else None for source in sources]
    _require_fewer(sum(kept.nbytes for kept in kept_of if kept is not None), most)
    for source, kept in zip(sources, kept_of, strict=True):
        try:
            draft = describe(source.obj, source.var, source.role, arg_of=source.arg_of,
                             threads=threads, known_rows=known_rows,
                             progress=progress, seen=seen)  # fmt: skip
        except CaptureError as error:
            if named:
                raise
            notes.append(Note(kind="skipped", about=source.var, text=error.message))
            continue
        notes += notes_about(draft)
        if kept is not None:
            draft = replace(draft, bundle=kept.bundle, state=kept.state)
        elif most:
            text = f"its rows, of kind {draft.kind}, {NOT_PLAIN}; only its fingerprint is kept"
            notes.append(Note(kind="skipped", about=draft.var, text=text))
        drafts.append(draft)
    return tuple(drafts), tuple(notes)


def _require_fewer(total: int, most: int) -> None:
    """Check that no more than `most` bytes are to be kept; 0 means that none are."""
    if total <= most:
        return
    msg = (
        f"The data have {size_text(total)}, more than the {size_text(most)} that a version may "
        "store. Nothing was written."
    )
    enough = -(-total // 1_000_000_000) * 1_000_000_000
    hint = f"in Python: repo.configure(data_bytes={enough:_})"
    raise CaptureError(msg, hint=hint, code="data-too-large")


def keep_data(obj: Any) -> Kept | None:
    """Return the content of a dataset; ``None`` for kinds that have no columns to keep.

    Kept are frames, series and tables of pandas, polars and Arrow, files that hold tables,
    arrays of numbers, tensors and Hugging Face datasets.
    """
    value = arrow_table(obj.root, obj.paths) if isinstance(obj, Files) else _plain(obj)
    if value is None:
        return None
    if isinstance(value, np.ndarray):
        part = replace(array_part(value, "array"), shifts=True)
        return Kept(Bundle(parts=(part,)), encode({"kind": "ndarray"}))
    found = table_state(value)
    return None if found is None else Kept(Bundle(parts=found[1]), encode(found[0]))


def _plain(obj: Any) -> Any:
    if hasattr(obj, "detach") and hasattr(obj, "numpy"):
        obj = obj.detach().cpu().numpy()
    if isinstance(obj, np.ndarray):
        return None if obj.dtype.hasobject else obj
    if hasattr(obj, "with_format") and hasattr(obj, "num_rows"):
        return obj.with_format("arrow")[:]
    return obj


def load_data(reader: ObjectReader, dataset: Dataset) -> Any:
    """Return the content of a stored dataset as it was given: frame, table or array.

    Raises
    ------
    CorruptionError
        What is stored is no dataset (code ``corrupt-data``).
    """
    state = decode(reader.blob(ObjectId(dataset.stored_state or "")))
    manifest = reader.manifest(ObjectId(dataset.stored or ""))
    entries = {entry.path: entry for entry in manifest.entries}
    kind = state.get("kind") if isinstance(state, dict) else None
    if kind == "ndarray" and "array" in entries:
        return array_of(entries["array"], reader.content(entries["array"]))
    if kind == "table" and isinstance(state.get("table"), dict):
        return live_table(state, entries, reader.content, reader.pieces)
    msg = f"The stored data {dataset.var!r} are of no known kind."
    raise CorruptionError(msg, hint="mvt fsck", code="corrupt-data")


def parquet_of(value: Any) -> bytes:
    """Return a frame, table, series or array as a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    if isinstance(value, np.ndarray):
        flat = value.reshape(len(value), -1) if value.ndim else value.reshape(1, 1)
        table = pa.table({str(i): flat[:, i] for i in range(flat.shape[1])})
    elif hasattr(value, "to_arrow"):
        frame = value if hasattr(value, "columns") else value.to_frame()
        table = frame.to_arrow()
    elif hasattr(value, "schema") and hasattr(value, "num_rows"):
        table = value
    else:
        frame = value if value.ndim == 2 else value.to_frame(name=value.name or "value")
        table = pa.Table.from_pandas(frame)
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()
