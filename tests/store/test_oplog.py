"""The operation log and the views that it folds to."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.errors import (
    ConflictError,
    CorruptionError,
    FormatError,
    NotFoundError,
    StorageError,
)
from jupyter_mvt.objects.ids import Buffer, digest
from jupyter_mvt.objects.operation import Change, Operation
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.memory import MemoryBackend
from jupyter_mvt.store.open import memory_store, open_store
from jupyter_mvt.store.records import pack_operation
from jupyter_mvt.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

Commit = Callable[..., Operation]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "WINDOW", 4)


def moves(*changes: Change, token: str = "t") -> Callable[[View], Operation]:
    def draft(view: View) -> Operation:
        return oplog.follow(
            view, token=token, time_us=5, actor="ana", tool="t", verb="x", reason="why",
            changes=changes,
        )  # fmt: skip

    return draft


A, B = digest(b"a"), digest(b"b")


def test_an_empty_log(store: Store) -> None:
    assert oplog.current(store) == View()
    assert list(oplog.operations(store)) == []


def test_several_refs_move_together(store: Store) -> None:
    oplog.append(store, moves(Change("branch/main", None, A), Change("tag/1.0", None, A)))
    oplog.append(store, moves(Change("label/production", None, A), Change("default", None, "dev")))
    _, view = oplog.append(
        store, moves(Change("label/production", A, B), Change("branch/main", A, None))
    )
    assert (view.branches, view.tags, view.labels, view.default) == (
        {}, {"1.0": A}, {"production": B}, "dev",
    )  # fmt: skip
    assert [(m.operation, m.old, m.new, m.reason) for m in view.label_moves["production"]] == [
        (2, None, A, "why"), (3, A, B, "why"),
    ]  # fmt: skip
    assert oplog.current(store) == view
    assert oplog.view_at(store, 1).branches == {"main": A}
    assert oplog.view_at(store, 0) == View()


def test_commits_are_numbered_in_order(store: Store, commit: Commit) -> None:
    made = [commit(store, f"c{i}") for i in range(3)]
    view = oplog.current(store)
    assert [(where.number, where.operation) for where in view.commits.values()] == [
        (1, 1), (2, 2), (3, 3),
    ]  # fmt: skip
    assert list(view.commits) == [entry.commit_id for entry in made]
    for entry in made:
        assert oplog.commit_object(store, entry.commit_id).message == entry.token
    with pytest.raises(NotFoundError) as caught:
        oplog.commit_object(store, A)
    assert caught.value.code == "unknown-version"


def test_a_stated_old_value_must_hold(store: Store) -> None:
    oplog.append(store, moves(Change("branch/main", None, A)))
    with pytest.raises(ConflictError) as caught:
        oplog.append(store, moves(Change("branch/main", None, B)))
    assert caught.value.code == "stale-change"
    assert oplog.current(store).number == 1


def test_both_directions_and_since(store: Store, commit: Commit, windows: None) -> None:
    for i in range(10):
        commit(store, f"c{i}")
    for since in range(11):
        numbers = [entry.number for entry in oplog.operations(store, since=since)]
        assert numbers == list(range(10, since, -1))
        forward = oplog.operations(store, since=since, newest_first=False)
        assert [entry.number for entry in forward] == list(range(since + 1, 11))


def test_derived_files_change_nothing(store: Store, commit: Commit, windows: None) -> None:
    for i in range(9):
        commit(store, f"c{i}")
        ref = f"label/l{i % 2}"
        old = oplog.current(store).ref(ref)
        oplog.append(store, moves(Change(ref, old, digest(b"%d" % i))))
    view, log = oplog.current(store), list(oplog.operations(store))
    keys = [*store.backend.list(layout.CHECKPOINTS), *store.backend.list(layout.SEGMENTS)]
    assert len(keys) == 8
    assert oplog.current(Store(store.backend)) == view
    for key in keys:
        good = store.backend.get(key)
        for bad in (b"", good[:-9], good.replace(b"1", b"2", 1), None):
            if bad is None:
                store.backend.delete(key)
            else:
                store.backend.put(key, bad)
            again = Store(store.backend)
            assert oplog.current(again) == view
            assert list(oplog.operations(again)) == log
    commit(again, "more")
    assert sorted(keys) == sorted(
        [*store.backend.list(layout.CHECKPOINTS), *store.backend.list(layout.SEGMENTS)]
    )


def test_views_share_the_register_of_commits(store: Store, commit: Commit) -> None:
    commit(store, "one")
    before = oplog.current(store)
    commit(store, "two")
    after = oplog.current(store)
    assert after.commits is before.commits
    assert (before.count, after.count) == (1, 2)


@pytest.mark.parametrize("number", [1, 3, 6])
def test_every_damaged_operation_is_named(
    local: Store, commit: Commit, number: int, windows: None, tmp_path: Path
) -> None:
    for i in range(6):
        commit(local, f"c{i}")
    log = list(oplog.operations(local))
    key = layout.operation(number)
    good = local.backend.get(key)
    for at in range(0, len(good), 37):
        bad = bytearray(good)
        bad[at] ^= 4
        local.backend.put(key, bad, durable=False)
        again = open_store(tmp_path / ".mvt")
        try:
            assert list(oplog.operations(again)) == log  # read from its segment
        except CorruptionError as error:
            assert key in error.message
        with pytest.raises(CorruptionError, match=key):
            oplog.operation(local, number)
    local.backend.delete(key)
    if number < 6:
        with pytest.raises(CorruptionError) as caught:
            oplog.current(open_store(tmp_path / ".mvt"))
        assert caught.value.code == "missing-operation"


def test_an_operation_of_another_history_breaks_the_chain(commit: Commit) -> None:
    one, two = memory_store(), memory_store()
    for store, word in ((one, "x"), (two, "y")):
        for i in range(3):
            commit(store, f"{word}{i}")
    one.backend.put(layout.operation(2), two.backend.get(layout.operation(2)))
    with pytest.raises(CorruptionError) as caught:
        oplog.current(Store(one.backend))
    assert caught.value.code == "broken-chain"


def test_a_lost_log_end_is_noticed_by_its_checkpoint(
    store: Store, commit: Commit, windows: None
) -> None:
    for i in range(4):
        commit(store, f"c{i}")
    store.backend.delete(layout.operation(4))
    with pytest.raises(CorruptionError) as caught:
        oplog.current(Store(store.backend))
    assert caught.value.code == "missing-operation"


class _Lossy(MemoryBackend):
    """Applies a put, then says that it cannot tell, or that the key was there already."""

    answer: str | None = None

    def put_if_absent(self, key: str, data: Buffer) -> bool:
        done = super().put_if_absent(key, data)
        answer, self.answer = self.answer, None
        if answer == "lost":
            raise StorageError("no answer", code="answer-lost")
        return done and answer is None


@pytest.mark.parametrize("answer", ["lost", "refused"])
def test_our_own_record_is_recognised_when_the_answer_was_lost(answer: str, commit: Commit) -> None:
    backend = _Lossy()
    store = Store(backend)
    commit(store, "one")
    backend.answer = answer
    commit(store, "two")
    assert [entry.token for entry in oplog.operations(store)] == ["two", "one"]


def test_the_draft_is_asked_again_when_another_was_faster(store: Store, commit: Commit) -> None:
    seen: list[int] = []
    other = Store(store.backend)

    def draft(view: View) -> Operation:
        seen.append(view.number)
        if len(seen) == 1:
            commit(other, "faster")
        return oplog.follow(view, token="mine", time_us=1, actor="a", tool="t", verb="x")

    made, view = oplog.append(store, draft)
    assert (seen, made.number, view.count) == ([0, 1], 2, 1)


def test_operations_must_follow_their_view(store: Store) -> None:
    def draft(view: View) -> Operation:
        return replace(moves()(view), number=7)

    with pytest.raises(ValueError, match="must follow the view"):
        oplog.append(store, draft)


def _work(root: Path, me: int, count: int, keep: Any, commit: Any) -> None:
    store = open_store(root)
    for i in range(count):
        keep(store, {"w": b"%d-%d" % (me, i)})
        commit(store, f"{me}-{i}")


def test_eight_processes_lose_nothing(local: Store, keep: Any, commit: Commit) -> None:
    assert local.root is not None
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=_work, args=(local.root, me, 50, keep, commit)) for me in range(8)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 8
    tokens = [entry.token for entry in oplog.operations(local)]
    assert sorted(tokens) == sorted(f"{me}-{i}" for me in range(8) for i in range(50))
    assert oplog.current(local).count == 400


def test_kill_leaves_nothing_to_clean(local: Store, keep: Any, commit: Commit) -> None:
    assert local.root is not None
    context = multiprocessing.get_context("fork")
    for round_ in range(10):
        process = context.Process(target=_work, args=(local.root, round_, 10_000, keep, commit))
        process.start()
        time.sleep(0.02 + 0.013 * round_)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        store = open_store(local.root)
        before = oplog.current(store).number
        keep(store, {"w": b"after"})
        assert commit(store, f"after-{round_}").number == before + 1


def test_a_record_with_lone_surrogates_and_nan_is_folded(store: Store) -> None:
    def draft(view: View) -> Operation:
        return oplog.follow(
            view, token="t", time_us=1, actor="\ud800", tool="t", verb="x",
            changes=(Change("label/a", None, A),), detail={"score": float("nan"), "$x": 2**70},
        )  # fmt: skip

    made, view = oplog.append(store, draft)
    again = Store(store.backend)
    assert oplog.current(again) == view
    assert oplog.operation(again, 1).detail["$x"] == made.detail["$x"]


def test_a_newer_format_is_refused_in_words(store: Store) -> None:
    def draft(view: View) -> Operation:
        return replace(moves()(view), format=2)

    record = pack_operation(draft(View()))
    store.backend.put(layout.operation(1), record)
    with pytest.raises(FormatError) as caught:
        oplog.current(store)
    assert caught.value.code == "newer-format"


class Blinking:
    """A backend whose listing leaves out what was written while it was made, as scandir may."""

    def __init__(self, real: Any, unseen: set[str]) -> None:
        self._real, self._unseen = real, unseen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def list(self, prefix: str) -> Any:
        return (key for key in self._real.list(prefix) if key not in self._unseen)


@pytest.mark.parametrize("unseen", [{3}, {1, 2}, {7, 8}, {8, 9}])
def test_a_listing_made_while_others_write_is_not_taken_for_a_loss(
    store: Store, commit: Commit, windows: None, unseen: set[int]
) -> None:
    for i in range(9):
        commit(store, f"c{i}")
    whole = oplog.current(store)
    torn = Blinking(store.backend, {layout.operation(number) for number in unseen})
    assert oplog.current(Store(torn)) == whole
    assert fsck(Store(torn)).ok
    store.backend.delete(layout.operation(min(unseen)))
    with pytest.raises(CorruptionError) as caught:
        oplog.current(Store(torn))
    assert caught.value.code in {"missing-operation", "broken-chain"}
