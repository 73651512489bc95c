"""Tables kept as variables: their columns, and which library's table it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrowparts import freeze_table, restore_table
from jupyter_mvt.errors import CorruptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_mvt.objects.manifest import Entry, Part

__all__ = ["live_table", "table_state"]


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
            frame = value.to_frame(name="value") if name == "Series" else value
            state["label"] = value.name if name == "Series" else None
            if getattr(frame.index, "freq", None) is not None:
                state["freq"] = frame.index.freqstr  # which Arrow does not keep
            table = _with_nans(pa.Table.from_pandas(frame), frame)
            if not _same_frame(table, frame) or not _is_label(state["label"]):
                return None
        elif root == "polars":
            frame = value.to_frame() if name == "Series" else value
            if any(str(dtype).startswith("Object") for dtype in frame.dtypes):
                return None  # Arrow would get their addresses
            table = frame.to_arrow()
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


def _same_frame(table: Any, frame: Any) -> bool:
    """Whether a frame survives Arrow: types, labels; nested Python objects would not.

    Types and columns are those of no rows as well, so that gigabytes are not copied to see them.
    """
    back = table.slice(0, 0).to_pandas()
    return bool(
        (back.dtypes.array == frame.dtypes.array).all()
        and type(back.columns) is type(frame.columns)
        and back.columns.equals(frame.columns)
        and _index(table).equals(frame.index)
        and not any(dtype.kind == "O" and str(dtype) == "object" for dtype in frame.dtypes)
    )


def _index(table: Any) -> Any:
    """Return a table's index, read beside no more than one column."""
    named = [name for name in table.schema.pandas_metadata["index_columns"] if type(name) is str]
    last = range(table.num_columns - len(named), table.num_columns)
    return table.select(sorted({*range(table.num_columns)[:1], *last})).to_pandas().index


def _is_label(value: Any) -> bool:
    return value is None or type(value) in (bool, int, float, str)


def live_table(
    state: Mapping[str, Any], entries: Mapping[str, Entry], read: Callable[[Entry], memoryview]
) -> Any:
    """Return the table that `table_state` described.

    Raises
    ------
    CorruptionError
        What is stored is no such table (code ``corrupt-variable``).
    """
    if isinstance(state.get("table"), dict):
        return _live(state, restore_table(state["table"], entries, read))
    return _live(state, _read_stream(read(entries["table"])))


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
        frame = table.to_pandas()
        if isinstance(state.get("freq"), str):
            frame.index.freq = state["freq"]  # pandas compares it with the times
        return frame["value"].rename(state["label"]) if series else frame
    if state["library"] == "polars":
        import polars as pl

        frame = pl.from_arrow(table)
        return frame.to_series() if isinstance(frame, pl.DataFrame) and series else frame
    return table
