"""Whatever bytes a decoder is given, it answers, or raises what says that they are corrupt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_mvt.errors import CorruptionError, FormatError
from jupyter_mvt.metrics import generation
from jupyter_mvt.objects.commit import Commit
from jupyter_mvt.objects.encode import decode_as, encode
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout
from jupyter_mvt.store.checkpoints import commits_of_window, fold_window
from jupyter_mvt.store.folding import Fold
from jupyter_mvt.store.memory import MemoryBackend
from jupyter_mvt.store.open import read_format
from jupyter_mvt.store.pack import HEADER, MAGIC, ROW, TRAILER, read_rows
from jupyter_mvt.store.records import frame, read_operation, skim_operation, split_frames

if TYPE_CHECKING:
    from collections.abc import Callable

# Few letters, but each of another kind: generating must not take longer than decoding.
texts = st.text('a0$"\\\n\0é\ud800\U0001f600', max_size=6)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
keys = st.sampled_from([
    "number", "prev", "head", "changes", "commit", "format", "branches", "commits", "moves",
    "$float", "$int", "$map", "segments", "parts", "", "é\ud800",
])  # fmt: skip


def inside(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return values | st.lists(values, max_size=3) | st.dictionaries(keys, values, max_size=4)


values = inside(inside(inside(scalars)))
framed = values.map(lambda value: frame(encode(value)))
garbage = st.binary(max_size=200) | framed | framed.map(lambda data: data[: len(data) // 2])


def answers(decode: Callable[[], object]) -> None:
    try:
        decode()
    except (CorruptionError, FormatError) as error:
        assert error.code
        assert error.hint


@settings(max_examples=400)
@given(garbage)
@example(frame(encode("\ud800")))
def test_records(data: bytes) -> None:
    answers(lambda: read_operation(data, 1))
    answers(lambda: skim_operation(data, 1))
    for piece in split_frames(data):
        answers(lambda piece=piece: read_operation(piece, 1))


@settings(max_examples=400)
@given(garbage)
def test_checkpoints_formats_and_index_manifests(data: bytes) -> None:
    backend = MemoryBackend()
    for key in (layout.checkpoint(layout.WINDOW), layout.FORMAT,
                generation.Generation(number=1).key):  # fmt: skip
        backend.put(key, data)
    assert not fold_window(backend, Fold(View()), layout.WINDOW)
    assert not commits_of_window(backend, layout.WINDOW)
    assert generation.read(backend, 1) is None
    answers(lambda: read_format(backend, "here"))


@settings(max_examples=400)
@given(values)
def test_commits(value: object) -> None:
    answers(lambda: decode_as(encode(value), Commit))


@settings(max_examples=400)
@given(
    st.binary(max_size=300) | st.builds(
        lambda rows, at, count, check: HEADER + rows + TRAILER.pack(at, count, check, MAGIC),
        st.binary(max_size=3 * ROW.size), st.integers(0, 2**64 - 1),
        st.integers(0, 2**64 - 1) | st.integers(0, 4), st.binary(min_size=32, max_size=32),
    )
)  # fmt: skip
def test_packs(data: bytes) -> None:
    backend = MemoryBackend()
    key = layout.pack("0" * 64)
    backend.put(key, data)
    with pytest.raises(CorruptionError) as error:
        read_rows(backend, key)
    assert key in error.value.message
