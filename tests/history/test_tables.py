"""Files of examples: counted, dropped when nothing names them, brought back, verified, healed."""

from __future__ import annotations

import shutil

import pytest

from jupyter_mvt.errors import CorruptionError, NotFoundError
from jupyter_mvt.history.evaluation import add
from jupyter_mvt.history.gc import gc
from jupyter_mvt.history.repair import repair
from jupyter_mvt.history.undo import redo, undo
from jupyter_mvt.history.usage import usage
from jupyter_mvt.objects.evaluation import Evaluation
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import open_store
from jupyter_mvt.store.tables import check_tables, keep_table, read_table
from tests.history.test_gc import Time, home, keep, time

__all__ = ["home", "time"]

CONTENT = b"PAR1" + bytes(5000)


def made(salt: int) -> bytes:
    return CONTENT + bytes([salt]) * salt


def evaluated(handle) -> ObjectId:
    """Evaluate the newest version; return the digest of the examples."""
    oid = keep_table(handle.store, made)
    version = list(oplog.current(handle.store).commits)[-1]
    metric = Metric(name="accuracy", value=0.5, source="evaluated")
    evaluation = Evaluation(
        author="ana", time_us=1, task="classification", split="test", dataset_id="d", rows=3,
        metrics=(metric,), examples=oid,
    )  # fmt: skip
    add(handle, version, evaluation)
    return oid


def problems(handle) -> list[tuple[str, str]]:
    found = fsck(handle.store, checkers={layout.TABLES: check_tables}).problems
    return [(problem.kind, problem.key) for problem in found]


def test_an_undone_evaluation_waits_for_its_grace_and_goes_to_the_byte(home, time: Time):
    keep(home, 1)
    plain = usage(home)
    oid = evaluated(home)
    found = usage(home)
    assert (found.tables_bytes, found.stored_bytes) == (
        len(CONTENT), plain.stored_bytes + len(CONTENT)
    )  # fmt: skip
    assert gc(home, dry_run=True).tables == 0
    undo(home)
    foretold = gc(home, dry_run=True)
    assert (foretold.tables, foretold.freed_bytes) == (1, len(CONTENT))
    done = gc(home)
    assert (done.tables, done.freed_bytes, done.deleted_bytes) == (1, len(CONTENT), 0)
    assert read_table(home.store, oid) == CONTENT
    assert usage(home).trash_bytes == len(CONTENT)
    assert gc(home).tables == 0
    time.wait(15)
    assert gc(home, dry_run=True).deleted_bytes == len(CONTENT)
    assert gc(home).deleted_bytes == len(CONTENT)
    assert list(home.store.backend.list(layout.TABLES)) == []
    assert usage(home).stored_bytes == plain.stored_bytes
    assert problems(home) == []


def test_an_evaluation_done_again_keeps_what_is_in_the_trash(home, time: Time):
    keep(home, 1)
    oid = evaluated(home)
    undo(home)
    gc(home)
    assert evaluated(home) == oid
    assert usage(home).trash_bytes == 0
    time.wait(30)
    assert gc(home).deleted_bytes == 0
    assert read_table(home.store, oid) == CONTENT


def test_an_undo_taken_back_keeps_the_file(home, time: Time):
    keep(home, 1)
    oid = evaluated(home)
    undo(home)
    gc(home)
    redo(home)
    time.wait(30)
    assert gc(home).deleted_bytes == 0
    assert (read_table(home.store, oid), usage(home).trash_bytes) == (CONTENT, 0)


def test_a_gc_undone_takes_the_file_out_of_the_trash(home):
    keep(home, 1)
    evaluated(home)
    undo(home)
    gc(home)
    assert usage(home).trash_bytes == len(CONTENT)
    undo(home)
    assert usage(home).trash_bytes == 0


def test_a_deleted_file_is_told_apart_from_a_lost_one_and_its_name_is_not_used_again(home):
    keep(home, 1)
    oid = evaluated(home)
    undo(home)
    gc(home, grace_days=0)
    redo(home)
    assert problems(home) == []
    with pytest.raises(NotFoundError) as gone:
        read_table(home.store, oid)
    assert gone.value.code == "table-gone"
    again = evaluated(home)
    assert (again != oid, read_table(home.store, again)) == (True, made(1))


def test_damage_is_named_and_healed_from_another_repository(home, tmp_path):
    keep(home, 1)
    oid = evaluated(home)
    twin = tmp_path / "twin"
    shutil.copytree(home.store.root, twin)
    key = layout.table(oid)
    path = home.store.root / key
    path.chmod(0o600)
    path.write_bytes(CONTENT[:-1] + b"x")
    assert problems(home) == [("corrupt-table", key)]
    with pytest.raises(CorruptionError):
        read_table(home.store, oid)
    assert repair(home, None).lost == (oid,)
    assert repair(home, open_store(twin)).healed == 1
    assert (problems(home), read_table(home.store, oid)) == ([], CONTENT)
    path.unlink()
    assert problems(home) == [("missing-table", key)]
    assert repair(home, open_store(twin)).healed == 1
    (home.store.root / "tables" / "notes.txt").write_bytes(b"hello")
    assert problems(home) == [("unknown-file", "tables/notes.txt")]


def test_storing_what_is_damaged_heals_it(home):
    keep(home, 1)
    oid = evaluated(home)
    path = home.store.root / layout.table(oid)
    path.chmod(0o600)
    path.write_bytes(b"")
    assert keep_table(home.store, made) == oid == digest(CONTENT)
    assert read_table(home.store, oid) == CONTENT
