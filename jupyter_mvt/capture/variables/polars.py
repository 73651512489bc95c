"""What of polars no Arrow table says: numbers of 128 bits, Python's objects, types and schemas.

A frame that has such a column is kept column by column; its other columns go through Arrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import mro_names
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable
from jupyter_mvt.capture.variables.arrow import inside, placed, read_column, write_column
from jupyter_mvt.capture.variables.tables import live_table, table_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write

__all__ = ["POLARS_READERS", "polars_writer", "write_polars"]

_WIDE = ("Int128", "UInt128")
_PLAIN = frozenset(
    {"Int8", "Int16", "Int32", "Int64", "Int128", "UInt8", "UInt16", "UInt32", "UInt64", "UInt128",
     "Float16", "Float32", "Float64", "Boolean", "String", "Binary", "Date", "Time", "Datetime",
     "Duration", "Decimal", "Categorical", "Enum", "List", "Array", "Struct", "Null", "Object",
     "Unknown"}
)  # fmt: skip
_WORDS = {"Decimal": ("precision", "scale"), "Datetime": ("time_unit", "time_zone"),
          "Duration": ("time_unit",)}  # fmt: skip
_DEPTH = 16


def polars_writer(value: Any) -> Write | None:
    """Return a writer of a schema or of a type of columns; frames and series are told elsewhere."""
    cls = type(value)
    if cls.__module__.partition(".")[0] != "polars":
        return None
    if cls.__name__ == "Schema":
        return _write_schema
    bases = mro_names(value if isinstance(value, type) else cls)
    return _write_type if "polars.datatypes.classes.DataType" in bases else None


def write_polars(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a frame or a series, column by column.

    Raises
    ------
    Undeclarable
        A column holds such numbers or objects within lists or structs.
    """
    series = type(value).__name__ == "Series"
    columns = [value] if series else value.get_columns()
    cells = [_write_cells(encoder, column, f"{path}.{column.name}") for column in columns]
    return ["polars", series, [column.name for column in columns], cells]


def _write_cells(encoder: Encoder, column: Any, path: str) -> list[Any]:
    kind = str(column.dtype)
    if kind in _WIDE:
        high, low = _halves(column)
        return [kind, write_column(encoder, high.to_arrow(), f"{path}.high"),
                write_column(encoder, low.to_arrow(), f"{path}.low")]  # fmt: skip
    if kind.startswith("Object"):
        return ["Object", encoder.value(column.to_list(), path)]
    found = table_state(column)
    if found is None:
        raise Undeclarable(path, f"a column of {kind}")
    return ["table", placed(encoder, found[1], path), found[0]]


def _halves(column: Any) -> tuple[Any, Any]:
    """Return the upper and the lower 64 bits of whole numbers; a missing one lacks both."""
    polars = import_module("polars")
    upper = polars.UInt64 if column.dtype == polars.UInt128 else polars.Int64
    whole = polars.col(column.name)
    step = polars.lit(1 << 64, dtype=column.dtype)
    high = whole // step  # rounds down, so the rest is never below nothing
    both = column.to_frame().select(
        high=high.cast(upper), low=(whole - high * step).cast(polars.UInt64)
    )
    return both["high"], both["low"]


def _read_cells(decoder: Decoder, name: str, cells: Any) -> Any:
    polars = import_module("polars")
    form, *rest = cells
    if form in _WIDE:
        kind = getattr(polars, form)
        high, low = (polars.from_arrow(read_column(decoder, *half)) for half in rest)
        step = polars.lit(1 << 64, dtype=kind)
        both = polars.DataFrame({"high": high, "low": low})
        whole = polars.col("high").cast(kind) * step + polars.col("low").cast(kind)
        return both.select(whole.alias(name)).to_series()
    if form == "Object":
        held = decoder.value(rest[0])
        if type(held) is not list:
            refuse("a column of objects is missing")
        return polars.Series(name, held, dtype=polars.Object)
    if form != "table":
        refuse("a column of polars is unknown")
    lead, state = rest
    return live_table(state, inside(decoder, lead), decoder.skeleton.read).rename(name)


def _read_polars(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, alone, names, cells = node
    columns = [_read_cells(decoder, name, one) for name, one in zip(names, cells, strict=True)]
    if alone is True and len(columns) == 1:
        return columns[0]
    if alone is True:
        refuse("a series of polars is missing")
    return import_module("polars").DataFrame(columns)


def _write_schema(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder
    return ["polars schema", [[name, _told(kind, path)] for name, kind in value.items()]]


def _read_schema(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    return import_module("polars").Schema([(name, _made(told)) for name, told in node[1]])


def _write_type(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder
    return ["polars type", _told(value, path)]


def _read_type(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    return _made(node[1])


def _told(kind: Any, path: str) -> list[Any]:
    """Return the name of a type and what it is made of; a class of types has only its name."""
    if isinstance(kind, type):
        told: list[Any] = [kind.__name__]
    else:
        name = type(kind).__name__
        if name == "Enum":
            inner: list[Any] = kind.categories.to_list()
        elif name in ("List", "Array"):
            inner = [_told(kind.inner, path), *([kind.size] if name == "Array" else ())]
        elif name == "Struct":
            inner = [[field.name, _told(field.dtype, path)] for field in kind.fields]
        else:
            inner = [getattr(kind, word) for word in _WORDS.get(name, ())]
        told = [name, inner]
    if told[0] not in _PLAIN or _made(told) != kind:
        raise Undeclarable(path, f"the type {kind}")
    return told


def _made(told: Any, depth: int = 0) -> Any:
    polars = import_module("polars")
    name, *inner = told
    if name not in _PLAIN or depth > _DEPTH:
        refuse("a type of polars is unknown")
    cls = getattr(polars, name)
    if not inner:
        return cls
    words = inner[0]
    if name == "Enum":
        return cls(words)
    if name in ("List", "Array"):
        return cls(_made(words[0], depth + 1), *words[1:])
    if name == "Struct":
        return cls([polars.Field(field, _made(kind, depth + 1)) for field, kind in words])
    return cls(*words)


POLARS_READERS: Mapping[str, Read] = {
    "polars": _read_polars,
    "polars schema": _read_schema,
    "polars type": _read_type,
}
