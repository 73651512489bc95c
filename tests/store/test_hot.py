"""Large content is memory-mapped: no copy, and never a way back to the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.hot import MAPPED, Mappings, memory, same
from jupyter_mvt.store.open import open_store
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.writer import CHUNK

Keep = Callable[..., Any]


@pytest.fixture
def kept(local: Store, keep: Keep) -> Any:
    return keep(local, {"a": os.urandom(2 * CHUNK + 5), "b": os.urandom(MAPPED), "c": b"small"})


@pytest.mark.parametrize("size", [1, 4 << 20, (4 << 20) + 3])
def test_memory_to_be_filled(size: int) -> None:
    room = memory(size)
    assert (room.nbytes, room.format, room.readonly) == (size, "B", False)
    array = np.frombuffer(room, np.uint8)
    assert array.ctypes.data % 64 == 0
    array[:] = 7
    assert bytes(room) == b"\x07" * size


def test_more_memory_than_there_is_is_said() -> None:
    with pytest.raises(MemoryError):
        memory(1 << 60)


def test_large_content_takes_no_memory(local: Store, kept: Any, tmp_path: Path) -> None:
    import tracemalloc

    store = open_store(tmp_path / ".mvt")
    tracemalloc.start()
    contents = [store.content(entry) for entry in kept[1].entries]
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()
    assert [len(content) for content in contents] == [2 * CHUNK + 5, MAPPED, 5]


def test_writing_to_it_never_reaches_the_store(local: Store, kept: Any, tmp_path: Path) -> None:
    store = open_store(tmp_path / ".mvt")
    entry = kept[1].entries[0]
    first = np.frombuffer(store.content(entry), np.uint8)
    before = first.copy()
    first += 1  # a training step
    second = np.frombuffer(store.content(entry), np.uint8)
    assert np.array_equal(second, before)
    second[:10] = 0
    assert np.array_equal(first, before + np.uint8(1))
    assert fsck(open_store(tmp_path / ".mvt")).ok
    assert bytes(open_store(tmp_path / ".mvt").content(entry)) == before.tobytes()


def test_a_trained_model_is_committed_as_what_it_became(
    local: Store, kept: Any, keep: Keep, tmp_path: Path
) -> None:
    store = open_store(tmp_path / ".mvt")
    entry = kept[1].entries[0]
    mine = np.frombuffer(store.content(entry), np.uint8)
    before = mine.tobytes()
    mine[CHUNK] ^= 1
    _, manifest, receipt = keep(store, {"a": mine.tobytes()})
    assert CHUNK <= receipt.new_bytes < CHUNK + 1000
    assert bytes(store.content(manifest.entries[0])) == mine.tobytes()
    assert bytes(store.content(entry)) == before


def test_damage_is_found_at_the_first_look(local: Store, kept: Any, tmp_path: Path) -> None:
    path = tmp_path / ".mvt" / kept[2].pack
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[4096 + CHUNK + 99] ^= 4
    path.write_bytes(data)
    with pytest.raises(CorruptionError) as caught:
        open_store(tmp_path / ".mvt").content(kept[1].entries[0])
    assert caught.value.code == "corrupt-object"


def test_a_pack_that_is_cut_off_is_found(local: Store, kept: Any, tmp_path: Path) -> None:
    store = open_store(tmp_path / ".mvt")
    store.index.refresh()
    path = tmp_path / ".mvt" / kept[2].pack
    path.chmod(0o600)
    os.truncate(path, CHUNK)
    with pytest.raises(CorruptionError):
        store.content(kept[1].entries[0])


def test_a_restored_model_survives_the_deletion_of_its_pack(
    local: Store, kept: Any, tmp_path: Path
) -> None:
    content = open_store(tmp_path / ".mvt").content(kept[1].entries[0])
    before = bytes(content)
    os.unlink(tmp_path / ".mvt" / kept[2].pack)
    assert bytes(content) == before


def test_a_model_of_many_arrays_needs_few_open_files(local: Store, keep: Keep) -> None:
    parts = {f"w{i:03}": os.urandom(16) * (MAPPED // 16) for i in range(150)}
    _, manifest, _ = keep(local, parts)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    contents = [local.content(entry) for entry in manifest.entries]
    if before:
        assert len(os.listdir("/proc/self/fd")) - before <= 2
    assert [bytes(content) for content in contents] == list(parts.values())


def test_mapped_memory_goes_with_its_owner(local: Store, kept: Any) -> None:
    mappings = Mappings(local.backend)
    place = local.index.find(bytes.fromhex(kept[1].entries[0].chunks[0]))[0]
    mine = mappings.take(place, 100)
    assert mine is not None
    memory = mappings._windows[place.pack].memory
    assert memory() is not None
    del mine
    assert memory() is None


def test_same() -> None:
    data = os.urandom((3 << 20) + 5)
    assert same(data, bytearray(data))
    assert same(b"", b"")
    for at in (0, 1 << 20, len(data) - 9, len(data) - 1):
        other = bytearray(data)
        other[at] ^= 1
        assert not same(data, other)
