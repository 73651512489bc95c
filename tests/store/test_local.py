"""Files of a local folder are written in the order and with the content that they were given."""

from __future__ import annotations

import os
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


class Full(OsDisk):
    """A disk on which nothing more fits."""

    def write(self, handle: int, *pieces: Buffer) -> None:
        raise OSError(28, "No space left on device")


class Impatient(OsDisk):
    """A disk whose removals are interrupted so many times, right before or after they are done."""

    def __init__(self, presses: int, *, after: bool) -> None:
        self.presses, self.after = presses, after

    def unlink(self, path: str) -> None:
        self.presses -= 1
        if self.presses < 0 or self.after:
            super().unlink(path)
        if self.presses >= 0:
            raise KeyboardInterrupt(self.presses)


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


def test_what_does_not_fit_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    backend = LocalBackend(tmp_path, disk=Full())
    out = backend.writer()
    with pytest.raises(StorageError) as caught:
        out.write(bytes(2 * MIB))
    assert caught.value.code == "disk-full"
    out.abort()
    assert [*backend.list("packs/")] == []
    assert os.listdir(tmp_path / "tmp") == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("presses", [1, 2, 3, 7])
def test_an_impatient_person_leaves_no_temporary_file(
    tmp_path: Path, presses: int, after: bool
) -> None:
    backend = LocalBackend(tmp_path, disk=Impatient(presses, after=after))
    out = backend.writer()
    out.write(b"not to be kept")
    assert len(os.listdir(tmp_path / "tmp")) == 1
    with pytest.raises(KeyboardInterrupt) as caught:
        out.abort()
    assert caught.value.args == (presses - 1,)  # the first of them
    assert os.listdir(tmp_path / "tmp") == []
    out.abort()
    backend.put("packs/x", b"kept")
    assert backend.get("packs/x") == b"kept"


def test_whoever_never_stops_pressing_is_heard(tmp_path: Path) -> None:
    out = LocalBackend(tmp_path, disk=Impatient(1_000, after=False)).writer()
    with pytest.raises(KeyboardInterrupt):
        out.abort()
