"""The index knows every copy of every object, whatever came and went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from jupyter_mvt.objects.ids import raw_digest
from jupyter_mvt.store import layout
from jupyter_mvt.store.index import PackIndex
from jupyter_mvt.store.memory import MemoryBackend
from jupyter_mvt.store.pack import RAW, ZSTD, PackStream, Row, read_rows

if TYPE_CHECKING:
    import pytest

CONTENTS = [bytes([number]) * (number + 1) for number in range(6)]
OIDS = {raw_digest(content): content for content in CONTENTS}

packs = st.lists(st.lists(st.sampled_from(CONTENTS), min_size=1, max_size=8), max_size=6)
moves = st.lists(st.tuples(st.sampled_from(["add", "refresh", "drop"]), st.integers(0, 5)))


def written(backend: MemoryBackend, contents: list[bytes]) -> tuple[str, bytes]:
    out = backend.writer()
    stream = PackStream(out)
    stream.add_small({raw_digest(content): content for content in contents})
    return stream.finish(), stream.table


@given(packs=packs, moves=moves)
def test_what_is_found_is_what_the_packs_hold(
    packs: list[list[bytes]], moves: list[tuple[str, int]]
) -> None:
    backend = MemoryBackend()
    index = PackIndex(backend)
    for move, number in moves:
        if move == "refresh":
            index.refresh()
        elif number < len(packs):
            key, table = written(backend, packs[number])
            if move == "add":
                index.add(key, table)
            else:
                backend.delete(key)
    index.refresh()
    held = {key: read_rows(backend, key) for key in backend.list(layout.PACKS)}
    assert index.rows() == held
    for oid, content in OIDS.items():
        expected = sorted((key, *row[1:]) for key, rows in held.items() for row in rows
                          if row.oid == oid)  # fmt: skip
        assert sorted(index.find(oid)) == expected
        assert index.has_none([oid]) == (not expected)
        for place in index.find(oid):
            assert backend.get_range(place.pack, place.offset, place.stored) == content


def test_the_copy_that_is_quickest_to_read_comes_first() -> None:
    backend = MemoryBackend()
    index = PackIndex(backend)
    oid = raw_digest(b"content")
    for encoding, data in ((ZSTD, b"zstd"), (RAW, b"content")):
        stream = PackStream(backend.writer())
        stream.add_encoded(Row(oid, 0, len(data), 7, encoding), (data,))
        index.add(stream.finish(), stream.table)
    assert [place.encoding for place in index.find(oid)] == [RAW, ZSTD]


def test_a_pack_that_goes_while_it_is_looked_up_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = MemoryBackend()
    index = PackIndex(backend)
    key, table = written(backend, CONTENTS)
    index.add(key, table)
    number = index._numbers[raw_digest(CONTENTS[0])]
    backend.delete(key)
    index.refresh()
    other, table = written(backend, CONTENTS[:1])
    index.add(other, table)
    # What a thread does that read the number before: a number never means another row.
    monkeypatch.setitem(index._numbers, raw_digest(CONTENTS[0]), number)
    assert index.find(raw_digest(CONTENTS[0])) == ()
