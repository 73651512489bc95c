"""The five tables as DuckDB sees them: views over the files, united with the tail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.metrics.quoting import identifier, literal
from jupyter_mvt.metrics.rows import Rows, tables, widened
from jupyter_mvt.metrics.schema import TABLES, columns
from jupyter_mvt.metrics.sql import harden

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_mvt.metrics.generation import Generation

__all__ = ["Relations"]

_MEASURED = ("summary", "metrics")
"""Tables whose rows an evaluation replaces; ``summary`` first, by which the others know which."""


class Relations:
    """A connection, and what of a generation and its tail it holds already."""

    def __init__(self, folder: Path | None) -> None:
        self.connection = harden(folder)
        self.connection.execute("CREATE SCHEMA tail")
        self.connection.execute("CREATE SCHEMA evaluated")
        self._generation: Generation | None = None
        self._tail: Rows | None = None
        self._evaluated: Rows | None = None
        self._done = 0
        self._wide: tuple[str, ...] = ()

    def show(
        self, generation: Generation, tail: Rows, evaluated: Rows, paths: Mapping[str, str]
    ) -> None:
        """Make the views say `generation` and `tail`, whose rows may only have grown.

        The metrics of commits in `evaluated` are those in there, and no others.
        """
        same = generation is self._generation and tail is self._tail
        same = same and evaluated is self._evaluated
        if same and len(tail) == self._done:
            return
        wide = widened(generation.wide, tail.names)
        # After all others and by name, so that they are the same however the index came to be.
        wide = widened(wide, sorted(evaluated.names))
        if not same or wide != self._wide:
            self._done = 0
        run = self.connection.execute
        run("BEGIN")
        try:
            if self._done == 0:
                self._define(generation, evaluated, wide, paths)
            if len(tail) > self._done:
                self._insert(tail.since(self._done), wide)
        except BaseException:
            run("ROLLBACK")
            self._generation = None
            raise
        run("COMMIT")
        self._generation, self._tail, self._evaluated = generation, tail, evaluated
        self._wide, self._done = wide, len(tail)

    def _define(
        self, generation: Generation, evaluated: Rows, wide: tuple[str, ...],
        paths: Mapping[str, str],
    ) -> None:  # fmt: skip
        parts = generation.parts()
        for table in TABLES:
            shape = columns(table, wide)
            spec = ", ".join(f"{identifier(name)} {kind}" for name, kind in shape)
            self.connection.execute(f"CREATE OR REPLACE TABLE tail.{table} ({spec})")
            files = [literal(paths[part.key]) for part in parts if part.table == table]
            source = f"FROM tail.{table}"
            if files:
                listed = ", ".join(files)
                source = (
                    f"FROM (FROM read_parquet([{listed}], union_by_name = true, "
                    f"hive_partitioning = false) UNION ALL BY NAME FROM tail.{table})"
                )
            names = ", ".join(identifier(name) for name, _ in shape)
            select = f"SELECT {names} {source}"
            if table in _MEASURED and len(evaluated):
                new = f"evaluated.{table}"
                self.connection.execute(f"CREATE OR REPLACE TABLE {new} ({spec})")
                select += (
                    " WHERE cid NOT IN (SELECT cid FROM evaluated.summary)"
                    f" UNION ALL SELECT {names} FROM {new}"
                )
            self.connection.execute(f"CREATE OR REPLACE VIEW {table} AS {select}")
        if len(evaluated):
            self._insert(evaluated, wide, "evaluated", _MEASURED)

    def _insert(
        self, rows: Rows, wide: tuple[str, ...], schema: str = "tail",
        only: tuple[str, ...] = TABLES,
    ) -> None:  # fmt: skip
        for table, made in tables(rows, wide).items():
            if table not in only or not len(made):
                continue
            self.connection.register("incoming", made)
            self.connection.execute(f"INSERT INTO {schema}.{table} SELECT * FROM incoming")
            self.connection.unregister("incoming")
