"""Content piece by piece is the content, verified, and never there as a whole."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from msgspec import structs

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.store.open import open_store
from jupyter_mvt.store.pieces import in_turn
from jupyter_mvt.store.writer import CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.store.store import Store


@pytest.mark.parametrize("size", [0, 5, CHUNK, 6 * CHUNK + 5])
def test_pieces_are_the_content(store: Store, keep: Callable[..., Any], size: int) -> None:
    content = np.random.default_rng(0).bytes(size)
    (entry,) = keep(store, {"a": content})[1].entries
    assert b"".join(map(bytes, store.pieces(entry))) == content


def test_who_announces_too_much_is_refused_at_once(store: Store, keep: Callable[..., Any]) -> None:
    (entry,) = keep(store, {"a": b"abc"})[1].entries
    announced = structs.replace(entry, nbytes=1 << 60)
    with pytest.raises(CorruptionError) as caught:
        store.pieces(announced)  # before anyone takes memory for it
    assert caught.value.code == "corrupt-manifest"


def test_few_are_held(local: Store, keep: Callable[..., Any], tmp_path: Path) -> None:
    (entry,) = keep(local, {"a": np.random.default_rng(0).bytes(12 * CHUNK)})[1].entries
    store = open_store(tmp_path / ".mvt")
    tracemalloc.start()
    lengths = [len(piece) for piece in store.pieces(entry)]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lengths == [CHUNK] * 12
    assert most < 4 * CHUNK


def test_a_fault_is_told_where_it_is() -> None:
    def fill(chunk: ObjectId, room: memoryview) -> None:
        if chunk == "3":
            raise CorruptionError("It is corrupt.", code="corrupt-object", hint="mvt fsck")
        room[:] = chunk.encode()

    pieces = in_turn("012345", [1] * 6, fill)  # type: ignore[arg-type]
    assert [bytes(next(pieces)) for _ in range(3)] == [b"0", b"1", b"2"]
    with pytest.raises(CorruptionError, match="It is corrupt"):
        next(pieces)


def test_who_stops_early_leaves_nothing_open() -> None:
    filled: list[str] = []
    pieces = in_turn("0123456789", [1] * 10, lambda chunk, _: filled.append(chunk))  # type: ignore[arg-type]
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert set(filled) <= {"0", "1", "2"}
