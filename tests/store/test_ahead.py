"""Reading ahead gives the same contents in any order, and holds few of them."""

from __future__ import annotations

import threading

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.objects.manifest import Entry
from jupyter_mvt.store.ahead import Ahead
from tests.views.test_progress import Board, Clock, Meter

SIZES = st.sampled_from([0, 10, 64 << 10, 70 << 10, 17 << 20])


def entries(sizes: list[int]) -> list[Entry]:
    return [
        Entry(path=f"p{i}", dtype="uint8", shape=(size,), nbytes=size, chunks=())
        for i, size in enumerate(sizes)
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(SIZES, max_size=12), st.randoms())
def test_any_order_gives_each_its_own(sizes: list[int], chance: object) -> None:
    all_ = entries(sizes)
    held: set[str] = set()
    most = 0
    lock = threading.Lock()

    def content(entry: Entry) -> memoryview:
        nonlocal most
        with lock:
            held.add(entry.path)
            most = max(most, len(held))
        return memoryview(entry.path.encode())

    read = Ahead(content, all_, Meter(Board(), Clock()))
    order = all_ * 2
    chance.shuffle(order)  # type: ignore[attr-defined]
    for entry in order:
        assert bytes(read(entry)) == entry.path.encode()
        held.discard(entry.path)
    assert most <= len(all_)


def test_few_are_held() -> None:
    all_ = entries([100_000] * 40)
    begun: list[str] = []
    read = Ahead(lambda entry: begun.append(entry.path) or memoryview(b""), all_,
                 Meter(Board(), Clock()))  # type: ignore[func-returns-value]  # fmt: skip
    read(all_[0])
    assert len(begun) <= 4
    for entry in all_[1:]:
        read(entry)
    assert sorted(begun) == sorted(entry.path for entry in all_)


def test_of_large_encoded_ones_a_single_one_is_begun_with() -> None:
    all_ = entries([20 << 20, 20 << 20, 100_000, 20 << 20, 40 << 20])
    begun: list[str] = []
    board = Meter(Board(), Clock())

    def content(entry: Entry) -> memoryview:
        begun.append(entry.path)
        return memoryview(b"")

    read = Ahead(content, all_, board, is_encoded=lambda entry: True)
    read(all_[0])
    read(all_[1])  # waits for what was begun with
    assert not {"p3", "p4"} & set(begun)
    for entry in all_[2:]:
        read(entry)
    assert sorted(begun) == sorted(entry.path for entry in all_)


def test_large_ones_that_are_mapped_are_not_begun_with() -> None:
    all_ = entries([20 << 20, 20 << 20, 20 << 20])
    begun: list[str] = []
    read = Ahead(lambda entry: begun.append(entry.path) or memoryview(b""), all_,
                 Meter(Board(), Clock()))  # type: ignore[func-returns-value]  # fmt: skip
    for number, entry in enumerate(all_):
        assert len(begun) == number
        read(entry)
