"""Laws of cutting content into chunks."""

from __future__ import annotations

import random
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.store import chunking
from jupyter_mvt.store.chunking import CHUNK, cut


def noise(length: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(length)


def part(data: bytes, *, shifts: bool, lazy: bool = False, dtype: str = "bytes") -> Part:
    return Part(
        path="a",
        dtype=dtype,
        shape=(len(data),),
        nbytes=len(data),
        read=lambda: data,
        shifts=shifts,
        window=(lambda start, stop: data[start:stop]) if lazy else None,
    )


@pytest.mark.parametrize("shifts", [False, True])
@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("size", [0, 1, 16 << 10, 300_001, CHUNK, CHUNK + 1, 2 * CHUNK + 77_777])
def test_pieces_are_the_content(size: int, shifts: bool, lazy: bool) -> None:
    data = noise(size)
    assert b"".join(cut(part(data, shifts=shifts, lazy=lazy))) == data


def test_content_that_is_read_in_stretches_is_cut_at_the_same_places() -> None:
    data = noise(2 * CHUNK + 12_345)
    whole = [len(piece) for piece in cut(part(data, shifts=True))]
    assert [len(piece) for piece in cut(part(data, shifts=True, lazy=True))] == whole


def test_cuts_are_part_of_the_format() -> None:
    ends = list(accumulate(len(piece) for piece in cut(part(noise(600_000), shifts=True))))
    assert ends == [
        33258, 111566, 192539, 231942, 260679, 328489, 487860, 559588, 600000,
    ]  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(at=st.integers(0, 4 << 20), gone=st.integers(0, 5000), new=st.binary(max_size=5000))
def test_a_change_touches_few_chunks(at: int, gone: int, new: bytes) -> None:
    before = noise(4 << 20)
    after = before[:at] + new + before[at + gone :]
    known = {digest(piece) for piece in cut(part(before, shifts=True))}
    fresh = [piece for piece in cut(part(after, shifts=True)) if digest(piece) not in known]
    assert sum(map(len, fresh)) <= 4 * (256 << 10)
    assert len(fresh) <= 6


def test_numbers_are_not_cut_in_the_middle() -> None:
    pieces = list(cut(part(noise(8 * 100_000), shifts=True, dtype="float64")))
    assert len(pieces) > 5
    assert {len(piece) % 8 for piece in pieces} == {0}


def test_a_window_of_another_length_is_refused() -> None:
    short = Part(path="w", dtype="bytes", shape=(9,), nbytes=9, read=lambda: b"",
                 window=lambda start, stop: b"x")  # fmt: skip
    with pytest.raises(CaptureError, match=r"'w' has 1 bytes, not the 9 announced\."):
        list(cut(short))


@pytest.mark.parametrize("dtype", ["bytes", "<f8"])
@pytest.mark.parametrize("stretch", [1_000, 100_003, 262_144, 1 << 20])
def test_stretches_of_any_length_are_cut_at_the_same_places(
    stretch: int, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = noise(1_600_000)
    whole = [bytes(piece) for piece in cut(part(data, shifts=True, dtype=dtype))]
    monkeypatch.setattr(chunking, "CHUNK", stretch)
    lazily = [bytes(piece) for piece in cut(part(data, shifts=True, dtype=dtype, lazy=True))]
    assert lazily == whole
