"""Tables kept as variables: their columns, and which library's table it was."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.arrowparts import freeze_columns, freeze_table, restore_table
from jupyter_mvt.capture.arrowtexts import series_texts
from jupyter_mvt.capture.pandasparts import frame_of, freeze_frame, live_frame
from jupyter_mvt.capture.polarcodes import coded_series, live_polars
from jupyter_mvt.errors import CorruptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyter_mvt.objects.manifest import Entry, Part

__all__ = ["live_table", "own_attributes", "table_state"]

_MAX_DEPTH = 32


def table_state(value: Any) -> tuple[dict[str, Any], tuple[Part, ...]] | None:
    """Return how a table is to be rebuilt, and its parts; ``None`` if Arrow cannot say it."""
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
            if not _is_bare(value):
                return None
            frame = value.to_frame(name="value") if name == "Series" else value
            state["label"] = value.name if name == "Series" else None
            if getattr(frame.index, "freq", None) is not None:
                state["freq"] = frame.index.freqstr  # which Arrow does not keep
            found = freeze_frame(frame) if _is_label(state["label"]) else None
            if found is None:
                return None
            if type(labels := frame.columns).__name__ == "RangeIndex":
                state["labels"] = [labels.start, labels.stop, labels.step]
            state["table"], parts = found
            return state, parts
        if root == "polars":
            frame = value.to_frame() if name == "Series" else value
            if any(str(dtype).startswith("Object") for dtype in frame.dtypes):
                return None  # Arrow would get their addresses
            state["table"], parts = _freeze_polars(frame)
            return state, parts
        state["table"], parts = freeze_table(value)
    except (pa.ArrowException, TypeError, ValueError, AttributeError):
        return None  # what Arrow cannot say is pickled, and flagged so
    return state, parts


def _freeze_polars(frame: Any) -> tuple[dict[str, Any], tuple[Part, ...]]:
    """Return the description and the parts of a frame; text and codes are not copied."""
    import pyarrow as pa

    schema, fields = frame.head(0).to_arrow().schema, []
    columns: list[Any] = []
    for name, dtype in zip(frame.columns, frame.dtypes, strict=True):
        if str(dtype) in ("String", "Binary"):
            fields.append(schema.field(name))
            columns.append(series_texts(frame[name]))
        elif str(dtype).startswith("Categorical"):
            fields.append(schema.field(name))
            columns.append(coded_series(frame[name]))
        else:  # by itself: beside others, its chunks would be made as theirs
            alone = frame.select(name).to_arrow()
            fields.append(alone.schema.field(name))
            columns.append(alone.column(0))
    return freeze_columns(pa.schema(fields, schema.metadata), frame.height, columns)


def _is_bare(value: Any) -> bool:
    """Tell whether Arrow says all that a frame or series of pandas has beside its cells."""
    more = own_attributes(value) or not value.flags.allows_duplicate_labels
    return not more and (not value.attrs or _is_json(value.attrs, 0))


def own_attributes(value: Any) -> list[str]:
    """Return the attributes that a person gave to a frame or series: pandas' begin with ``_``."""
    return [name for name in vars(value) if not name.startswith("_")]


def _is_json(value: Any, depth: int) -> bool:
    """Tell whether JSON gives back the very same value."""
    cls = type(value)
    if value is None or cls in (bool, int, str):
        return True
    if cls is float:
        return isfinite(value)
    if depth >= _MAX_DEPTH or cls not in (list, dict):
        return False
    items = value if cls is list else value.values()
    keys = () if cls is list else value
    return all(type(key) is str for key in keys) and all(
        _is_json(item, depth + 1) for item in items
    )


def _is_label(value: Any) -> bool:
    return value is None or type(value) in (bool, int, float, str)


def live_table(
    state: Mapping[str, Any], entries: Mapping[str, Entry], read: Callable[[Entry], memoryview],
    pieces: Callable[[Entry], Iterator[memoryview]] | None = None,
) -> Any:  # fmt: skip
    """Return the table that `table_state` described; `pieces` reads for one who copies.

    Raises
    ------
    CorruptionError
        What is stored is no such table (code ``corrupt-variable``).
    """
    if not isinstance(state.get("table"), dict):
        table = _read_stream(read(entries["table"]))
        return _live(state, frame_of(table) if state["library"] == "pandas" else table)
    if state["library"] == "pandas":
        streamed = pieces or (lambda entry: iter([read(entry)]))
        return _live(state, live_frame(state["table"], entries, read, streamed))
    # polars has text in views, and would make them of offsets beside these.
    views = state["library"] == "polars"
    return _live(state, restore_table(state["table"], entries, read, views=views))


def _read_stream(content: memoryview) -> Any:
    """Return a table as the first repositories kept it."""
    import pyarrow as pa

    try:
        return pa.ipc.open_stream(pa.py_buffer(content)).read_all()
    except pa.ArrowException as error:
        msg = "A stored table cannot be read."
        raise CorruptionError(msg, hint="mvt fsck", code="corrupt-variable") from error


def _live(state: Mapping[str, Any], table: Any) -> Any:
    series = state["type"] == "Series"
    if state["library"] == "pandas":
        if "labels" in state:
            table.columns = _labels(state["labels"], table.columns)
        if isinstance(state.get("freq"), str):
            table.index.freq = state["freq"]  # pandas compares it with the times
        return table["value"].rename(state["label"]) if series else table
    if state["library"] == "polars":
        import polars as pl

        frame = live_polars(table)
        return frame.to_series() if isinstance(frame, pl.DataFrame) and series else frame
    return table


def _labels(counted: Any, labels: Any) -> Any:
    """Return the labels of columns, numbers in a row, as pandas counts them."""
    import pandas as pd

    first, end, step = counted
    made = pd.RangeIndex(first, end, step, name=labels.name)
    if not made.equals(labels):
        msg = "The labels of a stored table make no sense."
        raise CorruptionError(msg, hint="mvt fsck", code="corrupt-variable")
    return made
