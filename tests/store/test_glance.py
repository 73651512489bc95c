"""Chunks that are known again without their BLAKE3."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mvt.objects.ids import raw_digest
from jupyter_mvt.store import glance as module
from jupyter_mvt.store.chunking import CHUNK
from jupyter_mvt.store.glance import Glance
from jupyter_mvt.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_mvt.store.store import Store

WEIGHTS = np.random.default_rng(0).integers(0, 256, CHUNK, np.uint8)


@pytest.fixture
def digested(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the chunks that BLAKE3 was asked about."""
    lengths: list[int] = []

    def counting(data: Any) -> bytes:
        lengths.append(len(data))
        return raw_digest(data)

    monkeypatch.setattr(module, "raw_digest", counting)
    return lengths


def test_only_what_is_new_to_the_process_is_digested(
    local: Store, keep: Callable[..., Any], digested: list[int], tmp_path: Path
) -> None:
    whole = bytearray(os.urandom(3 * CHUNK + 100_000))
    first, _, _ = keep(local, {"w": whole})
    assert sorted(digested) == [100_000, CHUNK, CHUNK, CHUNK]
    same, _, receipt = keep(local, {"w": whole})
    assert (same, receipt.new_bytes, len(digested)) == (first, 0, 4)
    whole[CHUNK] ^= 1
    changed, manifest, receipt = keep(local, {"w": whole})
    assert changed != first
    assert CHUNK < receipt.new_bytes < CHUNK + 1000
    assert digested[4:] == [CHUNK]
    assert local.content(manifest.entries[0]) == whole
    again = open_store(tmp_path / ".mvt")
    assert [keep(again, {"w": whole})[0] for _ in range(2)] == [changed, changed]
    assert len(digested) == 9


@given(st.integers(0, CHUNK - 1), st.integers(1, 255))
def test_every_changed_byte_changes_the_mark(at: int, by: int) -> None:
    glance = Glance()
    before = glance.mark(WEIGHTS.data)
    WEIGHTS[at] ^= by
    assert glance.mark(WEIGHTS.data) != before
    WEIGHTS[at] ^= by
    assert glance.mark(WEIGHTS.data) == before


@given(st.data())
def test_rows_that_change_places_change_the_mark(data: st.DataObject) -> None:
    """What a sum of them would not see: the same words in another order."""
    width = data.draw(st.sampled_from([8, 64, 1024, 4096]))
    rows = WEIGHTS.copy().reshape(-1, width)
    one, other = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2))
    glance = Glance()
    before, was = glance.mark(rows.reshape(-1).data), rows.tobytes()
    rows[[one, other]] = rows[[other, one]]
    is_same = rows.tobytes() == was
    assert (glance.mark(rows.reshape(-1).data) == before) == is_same


def test_no_process_marks_as_another() -> None:
    assert len({Glance().mark(b"w" * 100_000) for _ in range(100)}) == 100


def test_what_is_known_but_gone_is_written_again(
    local: Store, keep: Callable[..., Any], tmp_path: Path
) -> None:
    whole = os.urandom(2 * CHUNK)
    _, _, receipt = keep(local, {"w": whole})
    (tmp_path / ".mvt" / receipt.pack).unlink()
    _, manifest, again = keep(local, {"w": whole})
    assert again.new_bytes > 2 * CHUNK
    assert open_store(tmp_path / ".mvt").content(manifest.entries[0]) == whole


def test_nothing_is_written_under_an_id_that_it_has_not(
    local: Store, keep: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even by a hash that tells nothing apart, once what it takes it for is gone."""
    monkeypatch.setattr(Glance, "mark", lambda self, data: b"the same for all")
    _, _, receipt = keep(local, {"w": os.urandom(CHUNK)})
    (tmp_path / ".mvt" / receipt.pack).unlink()
    other = os.urandom(CHUNK)
    _, manifest, _ = keep(local, {"w": other})
    assert manifest.entries[0].chunks == (raw_digest(other).hex(),)
    assert open_store(tmp_path / ".mvt").content(manifest.entries[0]) == other


def test_what_it_knows_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 10)
    glance = Glance()
    for number in range(25):
        data = number.to_bytes(4, "little") * 20_000
        assert glance.learn(glance.mark(data), data) == raw_digest(data)
    assert sum(glance.id_of(glance.mark(n.to_bytes(4, "little") * 20_000)) is not None
               for n in range(25)) == 5  # fmt: skip
