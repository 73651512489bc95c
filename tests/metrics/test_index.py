"""The index says what the commits say, however it came to be."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mvt.errors import StorageError
from jupyter_mvt.metrics import index
from jupyter_mvt.metrics.generation import Generation, newest, numbers
from jupyter_mvt.metrics.index import Index, index_of
from jupyter_mvt.metrics.query import sql
from jupyter_mvt.metrics.rebuild import index_stats, rebuild
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.store import oplog
from jupyter_mvt.store.local import LocalBackend
from jupyter_mvt.store.open import init_store, memory_store, open_store
from jupyter_mvt.store.store import Store
from tests.metrics.test_evaluated import evaluate

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import Buffer

Contents = Callable[[Store], Any]
Publish = Callable[..., str]

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**80), 2**80), st.floats(), st.just(1e308)
)
COMMITS = st.fixed_dictionaries(
    {
        "metrics": st.dictionaries(st.text(max_size=3), VALUES, max_size=4),
        "params": st.dictionaries(st.text(max_size=3), VALUES | st.text(max_size=3), max_size=3),
        "message": st.text(st.characters(), max_size=5),
        "time_us": st.integers(-(2**63), 2**63 - 1),
    }
)


def copy_of(store: Store) -> Store:
    """Return a store in memory with the same log, whose index is made in one go."""
    copy = memory_store()
    for operation in oplog.operations(store, newest_first=False):
        oplog.append(copy, lambda view, held=operation: held)
    return copy


@pytest.mark.usefixtures("small_folds")
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.one_of(
            st.lists(COMMITS, min_size=1, max_size=6),
            st.sampled_from(["ask", "rebuild", "open", "evaluate", "undo"]),
        ),
        max_size=8,
    )
)
def test_any_way_to_an_index_gives_the_same_rows(
    steps: list[Any], publish: Publish, contents: Contents
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = init_store(Path(folder) / ".mvt", durability="fast")
        for step in steps:
            if step == "ask":
                index_of(store).refresh()
            elif step == "rebuild":
                rebuild(store)
            elif step == "open":
                store = open_store(Path(folder) / ".mvt")
            elif isinstance(step, str):
                evaluate(store, undo=step == "undo")
            else:
                for commit in step:
                    publish(store, **commit)
        expected = contents(copy_of(store))
        assert contents(store) == expected
        rebuild(store)
        assert contents(store) == expected
        assert contents(open_store(Path(folder) / ".mvt")) == expected


@pytest.mark.usefixtures("small_folds")
def test_all_values_survive_files_and_memory(local: Store, publish: Publish) -> None:
    values = [math.nan, math.inf, -math.inf, None, True, False, 2**70, 2**53 + 1, 1e308, -0.0, 3]
    for number, value in enumerate(values):
        publish(local, {"m": value})
        if number == 7:
            index_of(local).refresh()
    rows = sql(
        local, "SELECT value, exact FROM metrics JOIN commits USING (cid) ORDER BY number"
    ).rows()
    assert repr(rows) == repr(
        [
            (math.nan, None),
            (math.inf, None),
            (-math.inf, None),
            (None, "null"),
            (1.0, "true"),
            (0.0, "false"),
            (float(2**70), "1180591620717411303424"),
            (float(2**53), "9007199254740993"),
            (1e308, None),
            (-0.0, None),
            (3.0, "3"),
        ]
    )
    assert index_stats(local).commits == 8


@pytest.mark.usefixtures("small_folds")
def test_eight_segments_become_one(local: Store, publish: Publish, contents: Contents) -> None:
    for number in range(4 * 9 + 2):
        publish(local, {f"m{number}": number})
        index_of(local).refresh()
    stats = index_stats(local)
    assert (stats.generation, stats.commits, stats.tail, stats.segments) == (9, 36, 2, 2)
    assert contents(local) == contents(copy_of(local))


def generation(store: Store) -> Generation:
    found = newest(store.backend)[1]
    assert found is not None
    return found


def local_path(store: Store, key: str) -> Path:
    assert isinstance(store.backend, LocalBackend)
    return store.backend.path(key)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 0x10
    path.chmod(0o644)
    path.write_bytes(data)


@pytest.mark.usefixtures("small_folds")
@pytest.mark.parametrize("at", [0, 40, 200, -20])
def test_a_flipped_byte_is_noticed_and_the_index_made_anew(
    local: Store, publish: Publish, contents: Contents, at: int
) -> None:
    for number in range(6):
        publish(local, {"m": number / 7})
    expected = contents(local)
    for part in generation(local).parts():
        flip(local_path(local, part.key), at)
        assert contents(local) == expected
    assert contents(open_store(local.root)) == expected  # type: ignore[arg-type]
    for part in generation(local).parts():
        flip(local_path(local, part.key), at)
    assert contents(open_store(local.root)) == expected  # type: ignore[arg-type]


@pytest.mark.usefixtures("small_folds")
def test_a_damaged_manifest_is_replaced(local: Store, publish: Publish, contents: Contents) -> None:
    for number in range(5):
        publish(local, {"m": number})
    expected = contents(local)
    path = local_path(local, generation(local).key)
    for at in range(0, path.stat().st_size, 97):
        flip(path, at)
        again = open_store(local.root)  # type: ignore[arg-type]
        assert contents(again) == expected
        path = local_path(local, generation(again).key)
    assert generation(local).number > 10


@pytest.mark.usefixtures("small_folds")
def test_lost_files_are_made_anew(local: Store, publish: Publish, contents: Contents) -> None:
    for number in range(5):
        publish(local, {"m": number})
    expected = contents(local)
    for part in generation(local).parts():
        local.backend.delete(part.key)
    assert contents(local) == expected


@pytest.mark.usefixtures("small_folds")
def test_an_index_of_another_history_is_not_used(
    tmp_path: Path, publish: Publish, contents: Contents
) -> None:
    one, other, short = (init_store(tmp_path / name, durability="fast") for name in "abc")
    for number in range(6):
        publish(one, {"m": number})
        publish(other, {"m": number + 100})
    contents(one)
    for key in list(one.backend.list("index/")):
        other.backend.put(key, one.backend.get(key))
    assert contents(other) == contents(copy_of(other))
    publish(short, {"m": 1})
    for key in list(one.backend.list("index/")):
        short.backend.put(key, one.backend.get(key))
    assert contents(short) == contents(copy_of(short))


@pytest.mark.usefixtures("small_folds")
def test_where_nothing_can_be_written_the_rows_stay_in_memory(
    local: Store, publish: Publish, contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: LocalBackend, key: str, data: Buffer, *, durable: bool = True) -> None:
        raise StorageError("no space left", code="disk-full")

    for number in range(9):
        publish(local, {"m": number})
    monkeypatch.setattr(LocalBackend, "put", full)
    assert contents(local) == contents(copy_of(local))
    assert index_stats(local).tail == 9
    assert not list(local.backend.list("index/"))


@pytest.mark.usefixtures("small_folds")
def test_old_files_live_for_an_hour(local: Store, publish: Publish) -> None:
    hour = 3600 * 10**6
    now = [10 * hour]
    clock = Clock(now_us=lambda: now[0])
    keeper = Index(local, clock)
    seen = []
    for _ in range(3):
        publish(local, {"m": 1})
        keeper.rebuild()
        seen.append({part.key for part in keeper.generation.parts()})
        now[0] += hour // 2 + 1
    files = set(local.backend.list("index/v1/gen-"))
    assert files == seen[0] | seen[1] | seen[2]
    now[0] += hour
    keeper.rebuild()
    last = {part.key for part in keeper.generation.parts()}
    # The third was the newest until just now.
    assert set(local.backend.list("index/v1/gen-")) == seen[2] | last
    assert numbers(local.backend) == [3, 4]


@pytest.mark.usefixtures("small_folds")
def test_the_files_open_without_us(local: Store, publish: Publish) -> None:
    import duckdb
    import pandas as pd

    for number in range(4):
        publish(local, {"accuracy": number / 10, "bad\ud800": 1.0}, {"lr": 0.1})
    rebuild(local)
    manifest = json.loads(local.backend.get(generation(local).key))
    files = {
        part["table"]: str(local_path(local, part["key"]))
        for part in manifest["segments"][0]["parts"]
    }
    frame = pd.read_parquet(files["metrics"])
    assert frame[frame.name == "accuracy"].value.tolist() == [0.0, 0.1, 0.2, 0.3]
    assert pd.read_parquet(files["summary"]).accuracy.tolist() == [0.0, 0.1, 0.2, 0.3]
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT author, count(*) FROM read_parquet(?) GROUP BY author", [files["commits"]]
        ).fetchall()
    assert found == [("ana", 4)]


def test_a_commit_published_twice_is_one_row(
    memory: Store, publish: Publish, contents: Contents
) -> None:
    name = publish(memory, {"m": 1})
    first = oplog.operation(memory, 1)
    oplog.append(
        memory,
        lambda view: oplog.follow(
            view, token="f" * 32, time_us=1, actor="bo", tool="t", verb="pull",
            commit=first.commit, commit_id=first.commit_id,
        ),
    )  # fmt: skip
    assert sql(memory, "SELECT commit_id, number FROM commits").rows() == [(name, 1)]


_RACER = """
import sys
from pathlib import Path
from jupyter_mvt.metrics import index
from jupyter_mvt.metrics.query import sql
from jupyter_mvt.metrics.rebuild import rebuild
from jupyter_mvt.store.open import open_store
index.FOLD_COMMITS = 4
store = open_store(Path(sys.argv[1]))
sys.stdin.readline()
for _ in range(3):
    rebuild(store)
    assert sql(store, "SELECT count(*) FROM commits").rows() == [(40,)]
    assert sql(store, "SELECT count(*), sum(value) FROM metrics").rows() == [(40, 780.0)]
"""


def test_four_processes_fold_at_once(local: Store, publish: Publish, contents: Contents) -> None:
    for number in range(40):
        publish(local, {"m": number})
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACER, str(local.root)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        _, errors = racer.communicate(timeout=120)
        assert (racer.returncode, errors) == (0, "")
    assert contents(local) == contents(copy_of(local))
    taken = numbers(local.backend)
    assert taken == list(range(1, len(taken) + 1))
    named = set()
    for number in taken:
        manifest = json.loads(local.backend.get(Generation(number=number).key))
        named |= {part["key"] for segment in manifest["segments"] for part in segment["parts"]}
    # Who lost took its files away.
    assert set(local.backend.list("index/v1/gen-")) == named


def test_the_default_is_512_commits() -> None:
    assert index.FOLD_COMMITS == 512


def test_slices_do_not_reach_the_summary(memory: Store, publish: Publish) -> None:
    publish(memory, [Metric(name="m", value=1.0, slice="a"), Metric(name="m", value=2.0)])
    assert sql(memory, "SELECT m FROM summary").rows() == [(2.0,)]
