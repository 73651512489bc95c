"""The tables of the index: one list of columns, from which Arrow and DuckDB types are made.

Differences from a naive table, all so that no value is lost:

- ``metrics.value`` is a DOUBLE. What a DOUBLE cannot say exactly is in ``metrics.exact``:
  ``true``/``false``, ``null`` (logged as missing), or the digits of an int. It is NULL for floats.
- ``params.str`` is the exact text of every value but None, ``params.kind`` its type, ``num`` the
  number where it is one (bools are 0 and 1).
- Text with a lone surrogate has no UTF-8 form; see `metrics.text`.
- ``ts`` is UTC without a zone, clamped to the years 1 to 9999; the exact time is in the commit.
- ``summary`` has a DOUBLE column for each of the first 64 unsliced metric names that can be a
  column, in order of first appearance (so that it is the same however the index came to be);
  the others are in the map ``rest``. A name measured on several splits appears once, see
  `metrics.splits`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COLUMNS", "ORDER", "TABLES", "WIDE_MAX", "arrow_schema", "columns"]

WIDE_MAX = 64

COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "commits": (
        ("cid", "BIGINT"),
        ("commit_id", "VARCHAR"),
        ("parents", "VARCHAR[]"),
        ("number", "BIGINT"),
        ("ts", "TIMESTAMP"),
        ("branch", "VARCHAR"),
        ("author", "VARCHAR"),
        ("message", "VARCHAR"),
        ("code_rev", "VARCHAR"),
        ("data_id", "VARCHAR"),
        ("env_id", "VARCHAR"),
        ("model_id", "VARCHAR"),
        ("model_bytes", "BIGINT"),
        ("new_bytes", "BIGINT"),
        ("framework", "VARCHAR"),
        ("class", "VARCHAR"),
    ),
    "summary": (
        ("cid", "BIGINT"),
        ("commit_id", "VARCHAR"),
        ("ts", "TIMESTAMP"),
        ("author", "VARCHAR"),
        ("rest", "MAP(VARCHAR, DOUBLE)"),
    ),
    "metrics": (
        ("name", "VARCHAR"),
        ("slice", "VARCHAR"),
        ("split", "VARCHAR"),
        ("dataset_id", "VARCHAR"),
        ("ts", "TIMESTAMP"),
        ("cid", "BIGINT"),
        ("value", "DOUBLE"),
        ("exact", "VARCHAR"),
        ("stderr", "DOUBLE"),
        ("n", "BIGINT"),
        ("higher_is_better", "BOOLEAN"),
        ("unit", "VARCHAR"),
        ("source", "VARCHAR"),
    ),
    "params": (
        ("name", "VARCHAR"),
        ("ts", "TIMESTAMP"),
        ("cid", "BIGINT"),
        ("num", "DOUBLE"),
        ("str", "VARCHAR"),
        ("kind", "VARCHAR"),
        ("is_default", "BOOLEAN"),
    ),
    "datasets": (
        ("cid", "BIGINT"),
        ("ts", "TIMESTAMP"),
        ("var", "VARCHAR"),
        ("role", "VARCHAR"),
        ("kind", "VARCHAR"),
        ("dataset_id", "VARCHAR"),
        ("rows", "BIGINT"),
        ("columns", "BIGINT"),
        ("multiset_id", "VARCHAR"),
        ("digest_kind", "VARCHAR"),
        ("schema_id", "VARCHAR"),
        ("arg_of", "VARCHAR"),
        ("nbytes", "BIGINT"),
    ),
}

TABLES = tuple(COLUMNS)

ORDER: dict[str, tuple[str, ...]] = {
    "commits": ("ts", "number"),
    "summary": ("ts", "cid"),
    "metrics": ("name", "slice", "ts", "cid"),
    "params": ("name", "ts", "cid"),
    "datasets": ("ts", "cid"),
}
"""By what the rows of a file are sorted, so that row groups can be skipped."""


def columns(table: str, wide: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
    """Return (name, DuckDB type) of a table; `wide` are the metric columns of ``summary``."""
    fixed = COLUMNS[table]
    if table != "summary":
        return fixed
    return (*fixed[:-1], *((name, "DOUBLE") for name in wide), fixed[-1])


def arrow_schema(table: str, wide: tuple[str, ...] = ()) -> pa.Schema:
    """Return the Arrow schema of a table."""
    import pyarrow as pa

    types = {
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "VARCHAR": pa.string(),
        "VARCHAR[]": pa.list_(pa.string()),
        "TIMESTAMP": pa.timestamp("us"),
        "MAP(VARCHAR, DOUBLE)": pa.map_(pa.string(), pa.float64()),
    }
    return pa.schema([(name, types[kind]) for name, kind in columns(table, wide)])
