"""Small objects read together come back as they would one by one, from few reads."""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.objects.ids import digest
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.memory import MemoryBackend
from jupyter_mvt.store.nearby import Nearby
from jupyter_mvt.store.pack import RAW, ZSTD

if TYPE_CHECKING:
    from collections.abc import Callable

KIB = 1 << 10


class Counted(MemoryBackend):
    """A backend that remembers how much was read of it, and how often."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[int] = []

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        found = super().get_range(key, offset, length)
        self.reads.append(len(found))
        return found


def packed(sizes: list[int], gaps: Callable[[], int]) -> tuple[Counted, list[tuple[bytes, Place]]]:
    """Return a backend with one pack of random objects, and where they are."""
    backend, data, places = Counted(), bytearray(), []
    for size in sizes:
        data += bytes(gaps())
        content = os.urandom(size)
        places.append(
            (bytes.fromhex(digest(content)), Place("packs/a", len(data), size, size, RAW))
        )
        data += content
    backend.put("packs/a", data)
    return backend, places


def read(near: Nearby, oid: bytes, place: Place) -> bytes | None:
    target = memoryview(bytearray(place.size))
    return bytes(target) if near.fill(oid, place, target) else None


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(1, 64 * KIB), min_size=1, max_size=60), st.randoms(use_true_random=False)
)
def test_what_is_filled_is_the_object_and_little_is_read_in_vain(
    sizes: list[int], chance: Random
) -> None:
    backend, places = packed(sizes, lambda: chance.choice([0, 15, 300 * KIB]))
    near = Nearby(backend)
    chance.shuffle(places)
    for oid, place in places:
        found = read(near, oid, place)
        assert found is None or bytes.fromhex(digest(found)) == oid
    assert sum(backend.reads) <= 4096 * KIB + 4 * sum(sizes)


def test_a_forest_takes_a_few_reads_in_any_order() -> None:
    backend, places = packed([7 * KIB] * 300, lambda: 0)
    Random(0).shuffle(places)
    near = Nearby(backend)
    assert all(read(near, oid, place) is not None for oid, place in places)
    assert len(backend.reads) == -(-300 * 7 // 256)


def test_what_is_damaged_encoded_cut_off_or_large_is_left_to_the_careful_way() -> None:
    backend, [(oid, place)] = packed([KIB], lambda: 0)
    wrong = bytes.fromhex(digest(b"another"))
    assert read(Nearby(backend), oid, place) is not None
    assert read(Nearby(backend), wrong, place) is None
    assert read(Nearby(backend), oid, place._replace(encoding=ZSTD)) is None
    assert read(Nearby(backend), oid, place._replace(offset=1)) is None
    backend, [(oid, place)] = packed([65 * KIB], lambda: 0)
    assert read(Nearby(backend), oid, place) is None
    assert backend.reads == []
