"""SQL that users write: what it can read, and all that it cannot do."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.errors import QueryError
from jupyter_mvt.metrics.query import connect, metric_names, series, sql
from jupyter_mvt.metrics.rebuild import rebuild
from jupyter_mvt.metrics.result import SqlResult
from jupyter_mvt.metrics.schema import TABLES
from jupyter_mvt.metrics.text import stored, told
from jupyter_mvt.metrics.where import matching
from jupyter_mvt.objects.metric import Metric

if TYPE_CHECKING:
    from jupyter_mvt.store.store import Store

Publish = Callable[..., str]
HINT = 'mvt sql "select name, value from metrics limit 5"'


def test_a_result_is_rows_columns_and_frames(memory: Store, publish: Publish) -> None:
    publish(memory, {"accuracy": 0.5, "loss": math.nan})
    result = sql(memory, "SELECT name, value FROM metrics WHERE name = ?", ["accuracy"])
    assert isinstance(result, SqlResult)
    assert result.rows() == [("accuracy", 0.5)]
    assert result.columns == ("name", "value")
    assert len(result) == 1
    assert repr(result) == "SqlResult(1 rows: name, value)"
    assert result.to_dict() == {"columns": ["name", "value"], "rows": [["accuracy", 0.5]]}
    assert result.df().to_dict("list") == {"name": ["accuracy"], "value": [0.5]}
    assert result.arrow().to_pydict() == {"name": ["accuracy"], "value": [0.5]}


def test_a_result_as_polars(memory: Store, publish: Publish) -> None:
    pytest.importorskip("polars")
    publish(memory, {"accuracy": 0.5})
    assert sql(memory, "SELECT value FROM metrics").pl().to_dicts() == [{"value": 0.5}]


def test_parameters_by_name_and_equal_column_names(memory: Store, publish: Publish) -> None:
    publish(memory, {"accuracy": 0.5})
    result = sql(memory, "SELECT $a AS x, $b AS x, name FROM metrics", {"a": 1, "b": "'; --"})
    assert result.rows() == [(1, "'; --", "accuracy")]


def test_the_empty_index_has_all_tables(memory: Store) -> None:
    assert sql(memory, "SHOW TABLES").rows() == [
        ("commits",), ("datasets",), ("metrics",), ("params",), ("summary",)
    ]  # fmt: skip
    assert sql(memory, "SELECT * FROM summary").rows() == []


@pytest.mark.parametrize(
    "statement",
    [
        "select 1",
        "with x as (select 1) select * from x",
        "from commits",
        "values (1)",
        "describe metrics",
        "show tables",
        "summarize metrics",
        "explain select * from metrics",
        "select count(*) from metrics where name = 'query('",
        "select name from metrics -- enable_logging(",
    ],
)
def test_statements_that_read_are_run(memory: Store, publish: Publish, statement: str) -> None:
    publish(memory, {"query": 1})
    assert len(sql(memory, statement)) >= 0


READ_ERRORS = ("sql-error", "not-reading", "not-one-statement")


@pytest.mark.parametrize(
    "statement",
    [
        "select * from '{secret}'",
        "select * from read_text('{secret}')",
        "select * from read_csv('{secret}')",
        "select * from read_blob('{index}/../../secret.txt')",
        "select * from glob('{folder}/*')",
        "select * from sniff_csv('{secret}')",
        "select * from parquet_scan('https://127.0.0.1/x.parquet')",
        "copy (select 1) to '{folder}/out'",
        "copy (select 1) to '{index}/out'",
        "explain analyze copy (select 1) to '{index}/out'",
        "explain /**/ analyze copy (select 1) to '{index}/out'",
        "explain (analyze) copy (select 1) to '{index}/out'",
        "attach '{folder}/out'",
        "attach '{index}/out'",
        "export database '{index}/out'",
        "install httpfs",
        "load httpfs",
        "select * from secret_variable",
        "select getenv('HOME')",
        "set threads = 1",
        "set enable_external_access = true",
        "reset lock_configuration",
        "pragma enable_profiling",
        "call enable_logging(storage := 'file', storage_path := '{folder}/out')",
        "from enable_logging(storage := 'file', storage_path := '{folder}/out')",
        "from system.main.\"enable_logging\" /* ( */ (storage := 'memory')",
        "from query('from enable' || '_logging()')",
        "from query ( 'select 1' )",
        "select * from json_execute_serialized_sql('x')",
        "from checkpoint()",
        "create table t as select 1",
        "insert into tail.metrics select * from metrics",
        "with x as (insert into tail.commits select * from commits returning *) from x",
        "delete from tail.metrics",
        "drop view metrics",
        "begin",
        "use memory",
        "select 1; select 2",
        "",
        "selec",
        "select \ud800",
        "select ?",
        "select * from nowhere",
    ],
)
def test_everything_else_is_refused(local: Store, publish: Publish, statement: str) -> None:
    assert local.root is not None
    folder = local.root.parent
    (folder / "secret.txt").write_text("secret,secret\n")
    secret_variable = [1]
    publish(local, {"m": 1})
    rebuild(local)
    places = {"secret": folder / "secret.txt", "folder": folder, "index": local.root / "index/v1"}
    before = sorted(folder.rglob("*"))
    with pytest.raises(QueryError) as caught:
        sql(local, statement.format(**places))
    assert caught.value.code in READ_ERRORS
    assert caught.value.hint == HINT
    assert sorted(folder.rglob("*")) == before
    assert sql(local, "SELECT value FROM metrics").rows() == [(1.0,)]
    assert secret_variable == [1]


def test_the_message_is_duckdbs_own_in_short(memory: Store) -> None:
    with pytest.raises(QueryError) as caught:
        sql(memory, "select nosuch from metrics")
    first = caught.value.lines()[0]
    assert first.startswith(
        'QueryError [sql-error]: The SQL cannot be run: Binder Error: Referenced column "nosuch"'
    )
    assert "\n" not in first


def test_an_unknown_table_is_answered_with_those_there_are(memory: Store) -> None:
    with pytest.raises(QueryError) as caught:
        sql(memory, "select * from metric")
    assert caught.value.message == (
        "The SQL cannot be run: Catalog Error: Table with name metric does not exist! "
        f"The tables are {', '.join(TABLES)}."
    )


def test_etc_passwd_is_out_of_reach(local: Store, publish: Publish) -> None:
    publish(local, {"m": 1})
    rebuild(local)
    if not Path("/etc/passwd").exists():
        assert sys.platform == "win32"
        return
    for source in ("'/etc/passwd'", "read_text('/etc/passwd')", "read_csv('/etc/passwd')"):
        with pytest.raises(QueryError):
            sql(local, f"select * from {source}")


def test_a_cursor_can_be_taken_while_another_is_open(memory: Store, publish: Publish) -> None:
    publish(memory, {"m": 1})
    with connect(memory) as one:
        pending = one.execute("SELECT count(*) FROM metrics")
        publish(memory, {"m": 2})
        assert sql(memory, "SELECT count(*) FROM metrics").rows() == [(2,)]
        assert pending.fetchall() == [(1,)]


ALPHABET = "ab'\"$\\;%_-(){}[]@.,*?/ \t\n\u202e\u0301ßİ😀\ud800\ufffdNULL"


def hostile_names(count: int) -> list[str]:
    chance = random.Random(7)
    names = {"'; drop view metrics; --", '"', "''", "$1", "?", "cid", "rest", "x" * 10_000, "\\"}
    while len(names) < count:
        names.add("".join(chance.choices(ALPHABET, k=chance.randint(1, 12))))
    return sorted(names)


@pytest.mark.parametrize("folded", [False, True])
def test_ten_thousand_hostile_names_give_no_wrong_row(
    local: Store, publish: Publish, folded: bool
) -> None:
    names = hostile_names(10_000)
    for start in range(0, len(names), 1000):
        held = {name: start + i for i, name in enumerate(names[start : start + 1000])}
        publish(local, held, {name: f"p{value}" for name, value in held.items()})
    if folded:
        rebuild(local)
    for table, column in (("metrics", "value"), ("params", "str")):
        found = sql(
            local,
            f"SELECT asked.place, t.{column} FROM (SELECT unnest(?::VARCHAR[]) AS name, "
            f"generate_subscripts(?::VARCHAR[], 1) - 1 AS place) asked JOIN {table} t USING (name) "
            "ORDER BY place",
            [[stored(name) for name in names]] * 2,
        ).rows()
        expected = [(i, f"p{i}" if table == "params" else i) for i in range(len(names))]
        assert found == expected
    assert {told(name) for (name,) in sql(local, "SELECT name FROM metrics").rows()} == set(names)
    for at in range(0, len(names), 250):
        quoted = '"' + names[at].replace('"', '""') + '"'
        (sample,) = series(local, names[at])
        assert sample.value == at
        assert matching(local, f"metrics.{quoted} = {at}") == {sample.commit_id}
        assert matching(local, f"params.{quoted} = 'p{at}'") == {sample.commit_id}
        assert matching(local, f"metrics.{quoted} > {at}") == set()


def test_metric_names_the_most_common_first(memory: Store, publish: Publish) -> None:
    publish(memory, {"x": 1.0})
    publish(
        memory,
        [
            Metric(name="x", value=1.0, split="train", higher_is_better=False, unit="ms"),
            Metric(name="accuracy", value=0.5, split="test"),
            Metric(name="x", value=1.0, slice="a > 1"),
        ],
    )
    publish(memory, {"accuracy": 0.1, "x": 2.0})
    found = [
        (one.name, one.commits, one.splits, one.higher_is_better, one.recorded, one.unit)
        for one in metric_names(memory)
    ]
    assert found == [
        ("x", 2, ("", "train"), False, True, ""),
        ("accuracy", 1, ("", "test"), True, False, "share"),
    ]
    assert [one.name for one in metric_names(memory, slice="a > 1")] == ["x"]


def test_a_series_is_one_value_a_version(memory: Store, publish: Publish) -> None:
    ids = [
        publish(memory, [Metric(name="m", value=value, split=split, n=5) for split, value in row])
        for row in ([("train", 0.9), ("test", 0.5)], [("train", 0.8)], [], [("test", True)])
    ]
    points: list[Any] = [
        (p.commit_id, p.number, p.value, p.split, p.n) for p in series(memory, "m")
    ]
    assert points == [
        (ids[0], 1, 0.5, "test", 5),
        (ids[1], 2, 0.8, "train", 5),
        (ids[3], 4, True, "test", 5),
    ]
    assert [p.value for p in series(memory, "m", split="train")] == [0.9, 0.8]
    assert [p.value for p in series(memory, "m", ids[1:])] == [0.8, True]
    assert series(memory, "m", slice="a") == ()
