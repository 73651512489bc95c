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
