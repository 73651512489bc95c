"""SQL on a connection that can do nothing but read the index.

DuckDB as it comes reads any file of the machine and Python variables of the caller. Ours sees
the index folder only, with its configuration locked, and runs one statement at a time that
reads, inside a read-only transaction. Files are opened by DuckDB only after their hash was
checked (`metrics.index`).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_mvt.errors import QueryError
from jupyter_mvt.metrics.quoting import literal
from jupyter_mvt.metrics.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

__all__ = ["check_statement", "cursor", "explained", "harden"]

_OFF = (
    "autoinstall_known_extensions",
    "autoload_known_extensions",
    "allow_unsigned_extensions",
    "allow_community_extensions",
)
_HINT = 'mvt sql "select name, value from metrics limit 5"'
_EXPLAIN = re.compile(r"\s*explain\s+(?:select|with|from)\b", re.IGNORECASE)
_REFUSED = frozenset(
    {
        # Functions that run SQL from text, which would go round every check of the statement.
        "query", "query_table", "json_execute_serialized_sql",
        # Functions that change the connection; DuckDB 1.5 lets them pass a locked configuration.
        "enable_logging", "disable_logging", "truncate_duckdb_logs", "write_log",
        "enable_profiling", "disable_profiling", "checkpoint", "force_checkpoint",
    }
)  # fmt: skip


def harden(folder: Path | None) -> duckdb.DuckDBPyConnection:
    """Return a new in-memory connection that sees no file outside `folder`.

    Parameters
    ----------
    folder
        The index folder; ``None`` when it has none on this machine.
    """
    import duckdb

    connection = duckdb.connect(":memory:", config=dict.fromkeys(_OFF, "false"))
    allowed = [] if folder is None else [literal(f"{folder}/")]
    for setting in (
        "SET python_enable_replacements = false",
        # No spilling: the library writes no file except through its store.
        "SET temp_directory = ''",
        "SET enable_progress_bar = false",
        f"SET allowed_directories = [{', '.join(allowed)}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(setting)
    return connection


@contextmanager
def cursor(
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a fresh cursor inside a read-only transaction, and close both."""
    fresh = connection.cursor()
    try:
        fresh.execute("BEGIN TRANSACTION READ ONLY")
        yield fresh
    finally:
        fresh.close()


def check_statement(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Refuse what is not one statement that reads.

    Raises
    ------
    QueryError
        Codes ``not-one-statement``, ``not-reading``, ``sql-error``.
    """
    import duckdb

    with explained():
        found = connection.extract_statements(statement)
    if len(found) != 1:
        msg = f"One SQL statement is needed, there are {len(found)}."
        raise QueryError(msg, code="not-one-statement", hint=_HINT)
    kind = found[0].type
    plain = kind == duckdb.StatementType.EXPLAIN and _EXPLAIN.match(statement)
    if not plain and kind != duckdb.StatementType.SELECT:
        what = "EXPLAIN of anything but SELECT" if "EXPLAIN" in kind.name else kind.name
        msg = f"Only statements that read are run here, not {what}."
        raise QueryError(msg, code="not-reading", hint=_HINT)
    refused = sorted(_REFUSED.intersection(_called(statement)))
    if refused:
        msg = f"The function {refused[0]} is not available here."
        raise QueryError(msg, code="not-reading", hint=_HINT)


def _called(statement: str) -> Iterator[str]:
    """Yield every name in `statement` that stands before a parenthesis."""
    import duckdb

    kinds = duckdb.token_type
    # Its positions count bytes.
    data = statement.encode()
    tokens = duckdb.tokenize(statement)
    ends = [start for start, _ in tokens[1:]] + [len(data)]
    names: list[str] = []
    for (start, kind), end in zip(tokens, ends, strict=True):
        text = data[start:end].decode(errors="replace")
        if text.startswith("("):
            yield from names
        if kind != kinds.comment:
            quiet = kind in (kinds.string_const, kinds.numeric_const)
            names = [] if quiet else re.findall(r"\w+", text.lower())


@contextmanager
def explained() -> Iterator[None]:
    """Turn DuckDB's errors into `QueryError` with the first lines of its own message."""
    import duckdb

    try:
        yield
    except (
        duckdb.Error,
        UnicodeError,
        OverflowError,
        RuntimeError,
        TypeError,
    ) as error:
        text = " ".join(str(error).split("\n\n")[0].split())[:300]
        msg = f"The SQL cannot be run: {text}"
        if isinstance(error, duckdb.CatalogException) and "Table" in text:
            # DuckDB proposes tables of its own catalog rather than these.
            msg = f"{msg.partition(' Did you mean')[0]} The tables are {', '.join(TABLES)}."
        raise QueryError(msg, code="sql-error", hint=_HINT) from error
