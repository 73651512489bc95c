"""Large bytes are written by a thread while the caller goes on."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.errors import StorageError
from jupyter_mvt.store.fs import OsDisk
from jupyter_mvt.store.local import LocalBackend

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.objects.ids import Buffer

MIB = 1 << 20


class Held(OsDisk):
    """A disk that writes nothing until it is let go, and remembers what it is asked for."""

    def __init__(self, error: OSError | None = None) -> None:
        self.go = threading.Event()
        self.asked: list[str] = []
        self.error = error

    def write(self, handle: int, data: Buffer) -> None:
        assert self.go.wait(60)
        self.asked.append("write")
        if self.error is not None:
            raise self.error
        super().write(handle, data)

    def fsync(self, handle: int) -> None:
        self.asked.append("fsync")
        super().fsync(handle)

    def close(self, handle: int) -> None:
        self.asked.append("close")
        super().close(handle)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3 * MIB), st.booleans()), max_size=6))
def test_what_is_written_comes_in_order(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[tuple[int, bool]]
) -> None:
    backend = LocalBackend(tmp_path_factory.mktemp("order"), durability="fast")
    out = backend.writer()
    wanted = []
    for size, may_change in sizes:
        data = os.urandom(size)
        wanted.append(data)
        given_away = bytearray(data) if may_change else data
        out.write(given_away)
        if isinstance(given_away, bytearray):
            given_away[:] = bytes(size)  # the caller uses its memory again
    out.commit("packs/x")
    assert backend.get("packs/x") == b"".join(wanted)


def test_the_caller_goes_on_and_nothing_is_published_before_all_is_written(tmp_path: Path) -> None:
    disk = Held()
    backend = LocalBackend(tmp_path, disk=disk)
    out = backend.writer()
    out.write(bytes(2 * MIB))
    assert disk.asked == []
    threading.Timer(0.2, disk.go.set).start()
    out.commit("packs/x")
    assert disk.asked == ["write", "fsync", "close"]
    assert backend.get("packs/x") == bytes(2 * MIB)


@pytest.mark.parametrize("then", ["write", "commit"])
def test_what_goes_wrong_behind_is_told_by_the_next_call(tmp_path: Path, then: str) -> None:
    disk = Held(OSError(28, "No space left on device"))
    disk.go.set()
    backend = LocalBackend(tmp_path, disk=disk)
    out = backend.writer()
    out.write(bytes(2 * MIB))
    with pytest.raises(StorageError) as caught:
        out.write(bytearray(2 * MIB)) if then == "write" else out.commit("packs/x")
    assert caught.value.code == "disk-full"
    out.abort()
    assert [*backend.list("packs/")] == []
    assert os.listdir(tmp_path / "tmp") == []


def test_giving_up_waits_for_the_thread_before_it_closes_the_file(tmp_path: Path) -> None:
    disk = Held()
    out = LocalBackend(tmp_path, disk=disk).writer()
    out.write(bytes(2 * MIB))
    threading.Timer(0.2, disk.go.set).start()
    out.abort()
    assert disk.asked == ["write", "close"]
    assert os.listdir(tmp_path / "tmp") == []
