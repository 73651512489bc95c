"""Copies of chunks, and a disk that is told early what it will be asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store.chunking import CHUNK
from jupyter_mvt.store.copies import Copies
from jupyter_mvt.store.fs import OsDisk
from jupyter_mvt.store.local import LocalBackend
from jupyter_mvt.store.open import init_store
from jupyter_mvt.store.writer import begin

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20


class Told(OsDisk):
    """A disk that remembers which parts of files it was told to begin with."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def start_writeback(self, handle: int, offset: int, length: int) -> None:
        super().start_writeback(handle, offset, length)
        self.told.append((offset, length))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 3 * MIB), max_size=6))
def test_a_copy_stays_as_it_was_until_it_is_given_back(sizes: list[int]) -> None:
    copies = Copies()
    for _ in range(2):
        live = [bytearray(os.urandom(16)) * (size // 16) for size in sizes]
        taken = [copies.take(memoryview(data)) for data in live]
        wanted = [digest(bytes(data)) for data in live]
        for data in live:
            data[:] = bytes(len(data))
        assert [digest(copy) for copy in taken] == wanted
        for copy in taken:
            copies.give(copy)


def test_room_is_used_again() -> None:
    copies = Copies()
    first = copies.take(memoryview(bytearray(CHUNK)))
    assert isinstance(first, memoryview)
    copies.give(first)
    other = copies.take(memoryview(bytearray(os.urandom(2 * MIB))))
    assert bytes(first[: 2 * MIB]) == bytes(other)


def test_bytes_of_any_length_are_not_copied_and_kept_whole(tmp_path: Path) -> None:
    long = os.urandom(CHUNK + MIB)
    assert Copies().take(memoryview(long)) is long
    assert Copies().take(memoryview(long)[:MIB]) is not long
    store = init_store(tmp_path / ".mvt", durability="fast")
    with begin(store) as pack:
        pack.blob(os.urandom(MIB))  # what follows something new is copied before it is hashed
        oid = pack.blob(long)
        pack.publish()
    assert store.blob(oid) == long


def test_what_is_written_is_what_was_hashed_however_memory_moves(tmp_path: Path) -> None:
    store = init_store(tmp_path / ".mvt", durability="fast")
    live = bytearray(os.urandom(6 * CHUNK))

    def window(start: int, stop: int) -> memoryview:
        live[-(start // CHUNK) - 1] ^= 1  # each look finds other bytes than the one before
        return memoryview(live)[start:stop]

    size = len(live)
    part = Part(path="w", dtype="bytes", shape=(size,), nbytes=size, read=lambda: live,
                window=window, volatile=True)  # fmt: skip
    with begin(store) as pack:
        _, manifest = pack.bundle(Bundle(parts=(part,)))
        pack.publish()
    entry = manifest.decoded().entries[0]
    content = bytes(store.content(entry))  # verified against the ids
    assert [digest(content[at : at + CHUNK]) for at in range(0, size, CHUNK)] == [*entry.chunks]


def test_the_disk_begins_while_a_long_file_is_written(tmp_path: Path) -> None:
    disk = Told()
    data = os.urandom(50 * MIB)
    LocalBackend(tmp_path, disk=disk).put("packs/long", data)
    offsets = [offset for offset, _ in disk.told]
    ends = [offset + length for offset, length in disk.told]
    assert offsets == [0, *ends[:-1]]
    assert 32 * MIB < ends[-1] <= len(data)
    assert (tmp_path / "packs/long").read_bytes() == data


def test_a_short_file_or_one_that_is_not_synced_is_left_to_the_system(tmp_path: Path) -> None:
    disk = Told()
    LocalBackend(tmp_path, disk=disk).put("packs/short", bytes(MIB // 4))
    LocalBackend(tmp_path, disk=disk, durability="fast").put("packs/fast", bytes(50 * MIB))
    assert disk.told == []
