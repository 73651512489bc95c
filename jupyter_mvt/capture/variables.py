"""Variables kept on request: arrays and tables as data, plain values as JSON, else pickled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapter import Skeleton
from jupyter_mvt.capture.arrays import array_of, array_part
from jupyter_mvt.capture.arrowparts import freeze_table, restore_table
from jupyter_mvt.capture.lookup import look_up
from jupyter_mvt.capture.pickling import freeze_pickled, restore_pickled
from jupyter_mvt.capture.secrets import is_secret
from jupyter_mvt.errors import CaptureError, CorruptionError, TrustError
from jupyter_mvt.objects.commit import Note, Variable
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.manifest import Entry, Part
from jupyter_mvt.objects.snapshot import Bundle, VariableDraft

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.objects.reader import ObjectReader

__all__ = ["MAX_BYTES", "restore_variable", "take_variables"]

MAX_BYTES = 256_000_000
_MAX_DEPTH = 32


def take_variables(
    namespace: Mapping[str, Any], names: Iterable[str], *, all_named: bool = True
) -> tuple[tuple[VariableDraft, ...], tuple[Note, ...]]:
    """Return the variables called `names`, and notes about those that were not taken.

    Parameters
    ----------
    namespace
        The user's names.
    names
        Which.
    all_named
        Whether the person named each: then size is no reason to leave one out.

    Raises
    ------
    CaptureError
        There is no variable of such a name (code ``unknown-variable``).
    """
    drafts, notes = [], []
    for name in dict.fromkeys(names):
        value = look_up(namespace, name)
        if is_secret(name, value):
            text = "looks like a secret and was not stored"
            notes.append(Note(kind="redacted", about=name, text=text))
            continue
        try:
            draft = _take(name, value)
        except CaptureError as error:
            notes.append(Note(kind="skipped", about=name, text=error.message))
            continue
        size = len(draft.state) + sum(part.nbytes for part in draft.bundle.parts)
        if size > MAX_BYTES and not all_named:
            text = f"has {size / 1e6:.0f} MB; name it to keep it"
            notes.append(Note(kind="skipped", about=name, text=text))
            continue
        if draft.state_kind == "pickle":
            text = f"a {draft.type} is kept as a pickle: restoring it runs code"
            notes.append(Note(kind="warning", about=name, text=text))
        drafts.append(draft)
    return tuple(drafts), tuple(notes)


def _take(name: str, value: Any) -> VariableDraft:
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if type(value) is np.ndarray and not value.dtype.hasobject:
        state = {"kind": "ndarray"}
        return _draft(name, kind, encode(state), array_part(value, "array"))
    table = _table(value)
    if table is not None:
        state, parts = table
        return _draft(name, kind, encode(state), *parts)
    if _is_plain(value, 0):
        return _draft(name, kind, encode({"kind": "plain", "value": value}))
    return _pickled(name, kind, value)


def _draft(name: str, kind: str, state: bytes, *parts: Part) -> VariableDraft:
    bundle = Bundle(parts=parts)
    return VariableDraft(name=name, type=kind, state_kind="declarative", state=state, bundle=bundle)


def _is_plain(value: Any, depth: int) -> bool:
    """Tell whether canonical JSON gives back the very same value."""
    cls = type(value)
    if value is None or cls in (bool, int, float, str):
        return True
    if depth >= _MAX_DEPTH:
        return False
    if cls is list:
        return all(_is_plain(item, depth + 1) for item in value)
    return cls is dict and all(
        type(key) is str and _is_plain(item, depth + 1) for key, item in value.items()
    ) and list(value) == sorted(value)  # fmt: skip


def _table(value: Any) -> tuple[dict[str, Any], tuple[Part, ...]] | None:
    root, name = type(value).__module__.partition(".")[0], type(value).__name__
    if (root, name) not in {
        ("pandas", "DataFrame"), ("pandas", "Series"), ("polars", "DataFrame"),
        ("polars", "Series"), ("pyarrow", "Table"),
    }:  # fmt: skip
        return None
    import pyarrow as pa

    state: dict[str, Any] = {"kind": "table", "library": root, "type": name}
    try:
        if root == "pandas":
            frame = value.to_frame(name="value") if name == "Series" else value
            state["label"] = value.name if name == "Series" else None
            table = _with_nans(pa.Table.from_pandas(frame), frame)
            if not _same_frame(table.to_pandas(), frame) or not _is_plain(state["label"], 0):
                return None
        elif root == "polars":
            table = (value.to_frame() if name == "Series" else value).to_arrow()
        else:
            table = value
        state["table"], parts = freeze_table(table)
    except (pa.ArrowException, TypeError, ValueError, AttributeError):
        return None  # what Arrow cannot say is pickled, and flagged so
    return state, parts


def _with_nans(table: Any, frame: Any) -> Any:
    """Put back NaN, which Arrow took for missing: its bits may say more."""
    import pyarrow as pa

    for number, dtype in enumerate(frame.dtypes):
        if isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize <= 8:
            values = pa.array(np.ascontiguousarray(frame.iloc[:, number].to_numpy()))
            table = table.set_column(number, table.schema.field(number), values)
    return table


def _same_frame(back: Any, frame: Any) -> bool:
    """Whether a frame survives Arrow: types, labels; nested Python objects would not."""
    return bool(
        (back.dtypes.array == frame.dtypes.array).all()
        and type(back.columns) is type(frame.columns)
        and back.columns.equals(frame.columns)
        and back.index.equals(frame.index)
        and not any(dtype.kind == "O" and str(dtype) == "object" for dtype in frame.dtypes)
    )


def _pickled(name: str, kind: str, value: Any) -> VariableDraft:
    frozen = freeze_pickled(value, ())
    return VariableDraft(
        name=name, type=kind, state_kind="pickle", state=frozen.state, bundle=frozen.bundle
    )


def restore_variable(reader: ObjectReader, variable: Variable, *, trusted: bool = False) -> Any:
    """Return a kept variable as a live value.

    Raises
    ------
    TrustError
        It is a pickle and not `trusted` (code ``untrusted-pickle``).
    CorruptionError
        What is stored does not fit together.
    """
    manifest = reader.manifest(variable.weights)
    entries = {entry.path: entry for entry in manifest.entries}
    if variable.state_kind == "pickle":
        return _restore_pickle(reader, variable, entries, trusted)
    state = decode(reader.blob(variable.state))
    kind = state.get("kind") if isinstance(state, dict) else None
    if kind == "plain":
        return state["value"]
    if kind == "ndarray" and "array" in entries:
        return array_of(entries["array"], reader.content(entries["array"]))
    if kind == "table" and isinstance(state.get("table"), dict):
        return _live(state, restore_table(state["table"], entries, reader.content))
    if kind == "table" and "table" in entries:
        return _live(state, _read_stream(reader.content(entries["table"])))
    msg = f"The stored variable {variable.name!r} is of no known kind."
    raise CorruptionError(msg, hint="mvt fsck", code="corrupt-variable")


def _restore_pickle(
    reader: ObjectReader, variable: Variable, entries: dict[str, Entry], trusted: bool
) -> Any:
    if not trusted:
        msg = f"The variable {variable.name!r} is a pickle: restoring it would run code."
        hint = "if you know who made this version: repo.checkout(version, trust=True)"
        raise TrustError(msg, hint=hint, code="untrusted-pickle")
    skeleton = Skeleton(
        state=reader.blob(variable.state),
        state_kind="pickle",
        entries=entries,
        ties={},
        read=reader.content,
        trusted=True,
    )
    return restore_pickled(skeleton)


def _read_stream(content: memoryview) -> Any:
    """Return a table as the first repositories kept it."""
    import pyarrow as pa

    try:
        return pa.ipc.open_stream(pa.py_buffer(content)).read_all()
    except pa.ArrowException as error:
        msg = "A stored table cannot be read."
        raise CorruptionError(msg, hint="mvt fsck", code="corrupt-variable") from error


def _live(state: dict[str, Any], table: Any) -> Any:
    series = state["type"] == "Series"
    if state["library"] == "pandas":
        frame = table.to_pandas()
        return frame["value"].rename(state["label"]) if series else frame
    if state["library"] == "polars":
        import polars as pl

        frame = pl.from_arrow(table)
        return frame.to_series() if isinstance(frame, pl.DataFrame) and series else frame
    return table
