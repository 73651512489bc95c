"""Columns of few texts: decoded run by run they have the bytes that each row gives."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.data.texts import Codebook, coded_block, text_block

TEXTS = st.lists(st.text(max_size=30), min_size=1, max_size=40, unique=True)


def parts(block):
    return b"".join(bytes(piece) for piece in block.pieces), block.nulls, block.words.tolist()


def valid(array):
    return array.is_valid().to_numpy(zero_copy_only=False) if array.null_count else None


@settings(deadline=None)
@given(texts=TEXTS, data=st.data(), rows=st.sampled_from([0, 16, 100_000]))
def test_codes_give_the_bytes_of_their_texts(texts, data, rows):
    codes = st.one_of(st.none(), st.integers(0, len(texts) - 1))
    chosen = data.draw(st.lists(codes, max_size=60))
    array = pa.DictionaryArray.from_arrays(pa.array(chosen, pa.int8()), texts)
    plain = pa.array([None if c is None else texts[c] for c in chosen], pa.large_string())
    book = Codebook.of(array.dictionary, rows)
    assert parts(coded_block(array, book)) == parts(text_block(plain, valid(plain)))


@pytest.mark.parametrize(("count", "rows", "stride"), [(1, 100_000, 8), (3, 100_000, 6),
                                                       (5, 100_000, 4), (63, 100_000, 2),
                                                       (64, 100_000, 1), (3, 100, 1)])  # fmt: skip
def test_runs_are_as_long_as_is_worth_their_while(count, rows, stride):
    book = Codebook.of(pa.array([f"word {n}" for n in range(count)]), rows)
    runs, found = book.runs
    assert (found, len(runs)) == (stride, (count + 1) ** stride)


def test_long_texts_are_not_multiplied():
    assert Codebook.of(pa.array(["x" * 600_000, "y"]), 100_000).runs[1] == 1
