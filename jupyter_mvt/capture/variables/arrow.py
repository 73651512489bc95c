"""Arrow's own values in a graph: tables, arrays, batches, and what describes them."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapter import mro_names
from jupyter_mvt.capture.arrays import array_part
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.capture.arrowtexts import Texts
    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write
    from jupyter_mvt.objects.manifest import Entry, Part

__all__ = ["ARROW_READERS", "arrow_writer", "inside", "placed", "read_column", "read_texts",
           "write_column", "write_text_column", "write_texts"]  # fmt: skip


_NAN = "column.0.nan"


def arrow_writer(value: Any) -> Write | None:
    """Return a writer of an array, a batch or a schema of Arrow; tables are told elsewhere."""
    if type(value).__module__.partition(".")[0] != "pyarrow":
        return None
    names = mro_names(type(value))
    return next((write for name, write in _WRITERS.items() if name in names), None)


def placed(encoder: Encoder, parts: Iterable[Part], path: str) -> str:
    """Add the parts of a table to those of a graph, and return where they are."""
    lead = encoder.claim(f"{path}~table")
    encoder.parts += [replace(part, path=f"{lead}/{part.path}") for part in parts]
    return lead


def inside(decoder: Decoder, lead: str) -> dict[str, Entry]:
    """Return the entries of a table that was `placed`, by the paths of its own."""
    entries = decoder.skeleton.entries.items()
    start = f"{lead}/"
    return {path[len(start) :]: entry for path, entry in entries if path.startswith(start)}


def write_column(encoder: Encoder, column: Any, path: str) -> list[Any]:
    """Return where an array's parts are, and how they make it."""
    from jupyter_mvt.capture.arrowparts import freeze_table

    table = import_module("pyarrow").table({"": column})
    try:
        described, parts = freeze_table(table)
    except TypeError as error:
        raise Undeclarable(path, str(error)) from error
    return [placed(encoder, parts, path), described]


def write_texts(encoder: Encoder, values: Any, path: str) -> list[Any]:
    """Return what `write_column` would of an array of objects that is text.

    Where NaN is missing text, how it is told follows: ``True`` if it never is ``None``, else the
    part that says in which rows.
    """
    from jupyter_mvt.capture.arrowtexts import nan_rows, object_texts

    column, nan = object_texts(values), nan_rows(values)
    if not nan.any():
        return write_text_column(encoder, column, path)
    if column.valid is not None and (nan | column.valid).all():
        return [*write_text_column(encoder, column, path), True]
    bits = array_part(np.packbits(nan, bitorder="little"), _NAN)
    return [*write_text_column(encoder, column, path, replace(bits, shifts=True)), _NAN]


def write_text_column(encoder: Encoder, column: Texts, path: str, *more: Part) -> list[Any]:
    """Return what `write_column` would of a column of text, with `more` parts beside its own."""
    from jupyter_mvt.capture.arrowparts import freeze_columns

    schema = import_module("pyarrow").schema([("", column.type)])
    described, parts = freeze_columns(schema, len(column), [column])
    return [placed(encoder, (*parts, *more), path), described]


def read_texts(
    decoder: Decoder, lead: Any, described: Any, nan: Any = False, missing: Any = None
) -> Any:
    """Return the text that `write_texts` took apart, an array of objects again.

    Where one is missing is what `missing` is, or as `nan` tells.
    """
    from jupyter_mvt.capture.arrowparts import restore_texts

    skeleton, entries = decoder.skeleton, inside(decoder, str(lead))
    return restore_texts(described, entries, skeleton.read, skeleton.pieces, nan, missing)


def read_column(decoder: Decoder, lead: Any, described: Any) -> Any:
    """Return the one array that `write_column` took apart."""
    table = _read_table(decoder, lead, described)
    if table.num_columns != 1:
        refuse("a column of Arrow is missing")
    return _whole(table.column(0))


def _read_table(decoder: Decoder, lead: Any, described: Any) -> Any:
    from jupyter_mvt.capture.arrowparts import restore_table

    return restore_table(described, inside(decoder, str(lead)), decoder.skeleton.read)


def _whole(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _write_array(encoder: Encoder, value: Any, path: str) -> Node:
    return ["arrow", "array", *write_column(encoder, value, path)]


def _write_chunked(encoder: Encoder, value: Any, path: str) -> Node:
    return ["arrow", "chunked", *write_column(encoder, value, path)]


def _write_scalar(encoder: Encoder, value: Any, path: str) -> Node:
    pa = import_module("pyarrow")
    try:
        alone = pa.repeat(value, 1)
    except pa.ArrowException as error:
        raise Undeclarable(path, str(error)) from error
    return ["arrow", "scalar", *write_column(encoder, alone, path)]


def _write_batch(encoder: Encoder, value: Any, path: str) -> Node:
    from jupyter_mvt.capture.arrowparts import freeze_table

    try:
        described, parts = freeze_table(import_module("pyarrow").Table.from_batches([value]))
    except TypeError as error:
        raise Undeclarable(path, str(error)) from error
    return ["arrow", "batch", placed(encoder, parts, path), described]


def _read_arrow(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, form, lead, described = node
    pa = import_module("pyarrow")
    if form == "batch":
        table = _read_table(decoder, lead, described)
        columns = [_whole(column) for column in table.columns]
        return pa.RecordBatch.from_arrays(columns, schema=table.schema)
    column = read_column(decoder, lead, described)
    if form == "chunked":
        return pa.chunked_array([column])
    if form == "scalar":
        return column[0]
    if form != "array":
        refuse("a value of Arrow is unknown")
    return column


def _write_schema(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder
    pa = import_module("pyarrow")
    form = "schema"
    if isinstance(value, pa.Field):
        form, value = "field", pa.schema([value])
    elif isinstance(value, pa.DataType):
        form, value = "type", pa.schema([pa.field("", value)])
    try:
        return ["arrow schema", form, value.serialize().to_pybytes().hex()]
    except pa.ArrowException as error:
        raise Undeclarable(path, str(error)) from error


def _read_schema(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    _, form, content = node
    pa = import_module("pyarrow")
    schema = pa.ipc.read_schema(pa.py_buffer(bytes.fromhex(content)))
    if form == "schema":
        return schema
    if form not in ("field", "type") or len(schema) != 1:
        refuse("a type of Arrow is unknown")
    return schema.field(0) if form == "field" else schema.field(0).type


_WRITERS: Mapping[str, Write] = {
    "pyarrow.lib.Array": _write_array,
    "pyarrow.lib.ChunkedArray": _write_chunked,
    "pyarrow.lib.RecordBatch": _write_batch,
    "pyarrow.lib.Scalar": _write_scalar,
    "pyarrow.lib.Schema": _write_schema,
    "pyarrow.lib.Field": _write_schema,
    "pyarrow.lib.DataType": _write_schema,
}
"""By the name of a class, or of one that it is derived from."""

ARROW_READERS: Mapping[str, Read] = {"arrow": _read_arrow, "arrow schema": _read_schema}
