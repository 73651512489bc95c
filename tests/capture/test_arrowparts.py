"""Tables come back from their parts, change by column, and believe nothing."""

from __future__ import annotations

import copy
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture import arrowtexts, arrowviews
from jupyter_mvt.capture.arrowparts import (
    freeze_columns,
    freeze_table,
    restore_table,
    restore_texts,
)
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Entry
from jupyter_mvt.store.chunking import cut

COLUMNS = {
    "ints": pa.array([1, None, -3, 1 << 60]),
    "small": pa.array([1, 2, None, 4], pa.uint8()),
    "half": pa.array(np.array([1, 2, np.nan, -0.0], np.float16)),
    "floats": pa.array([1.5, None, float("nan"), -0.0]),
    "flags": pa.array([True, None, False, True]),
    "texts": pa.array(["a", None, "", "ü€"]),
    "large": pa.array(["a", None, "", "bcd"], pa.large_string()),
    "bytes": pa.array([b"a", None, b"", b"\xff"]),
    "fixed": pa.array([b"abc", None, b"xyz", b"123"], pa.binary(3)),
    "decimal": pa.array([Decimal("1.50"), None, Decimal("-2.25"), Decimal("0.00")]),
    "days": pa.array([date(2026, 1, 1), None, date(1, 1, 1), date(2026, 11, 21)]),
    "zoned": pa.array([datetime(2026, 1, 1), None, None, None], pa.timestamp("us", "Europe/Rome")),
    "spans": pa.array([timedelta(1), None, timedelta(2), timedelta(3)]),
    "coded": pa.array(["x", None, "y", "x"]).dictionary_encode(),
    "lists": pa.array([[1, 2], None, [], [3, None]]),
    "structs": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}, {"a": 2, "b": None}]),
    "nested": pa.array([[["a"], []], None, [], [["b", "c"]]]),
    "nothing": pa.nulls(4),
    "maps": pa.array([[("a", 1), ("b", None)], None, [], [("c", 3)]], pa.map_("string", "int64")),
    "one of": pa.UnionArray.from_sparse(
        pa.array([0, 1, 0, 1], pa.int8()), [pa.array([1, 2, None, 4]), pa.array(list("xyzw"))]
    ),
    "any of": pa.UnionArray.from_dense(
        pa.array([0, 1, 0, 0], pa.int8()),
        pa.array([0, 1, 1, 3], pa.int32()),
        [pa.array([1, 2, 9, None]), pa.array(["x", "y"])],
    ),
    "runs": pa.RunEndEncodedArray.from_arrays([2, 3, 4], [1.5, None, 3.0]),
    "views": pa.array(["a", None, "a text too long for a view", ""], pa.string_view()),
    "byte views": pa.array([b"a", None, b"\xff" * 20, b""], pa.binary_view()),
    "list views": pa.array([[1, 2], None, [], [3, None]], pa.list_view(pa.int64())),
    "large views": pa.array([[1, 2], None, [], [3, None]], pa.large_list_view(pa.int64())),
    "numbered": pa.array([b"0" * 16, None, b"1" * 16, b"2" * 16], pa.uuid()),
    "tensors": pa.FixedShapeTensorArray.from_numpy_ndarray(np.arange(16.0).reshape(4, 2, 2)),
    "deep": pa.array(
        [{"m": [("k", ["x"])]}, None, {"m": None}, {"m": []}],
        pa.struct([("m", pa.map_("string", pa.list_(pa.string())))]),
    ),
}
ODD = ["maps", "one of", "any of", "runs", "views", "list views", "numbered", "deep"]


def stored(table: Any) -> tuple[Any, dict[str, Entry], dict[str, bytes]]:
    described, parts = freeze_table(table)
    content = {part.path: bytes(part.read()) for part in parts}
    assert len(content) == len(parts)  # one path twice is no bundle
    entries = {
        part.path: Entry(path=part.path, dtype=part.dtype, shape=part.shape, nbytes=part.nbytes,
                         chunks=())
        for part in parts
    }  # fmt: skip
    return decode(encode(described)), entries, content


def back(table: Any) -> Any:
    described, entries, content = stored(table)
    return restore_table(described, entries, lambda entry: memoryview(content[entry.path]))


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("start", [0, 1, 3])
def test_every_kind_of_column_comes_back(name: str, start: int) -> None:
    table = pa.table({name: COLUMNS[name]}).slice(start)
    again = back(table)
    assert again.schema.equals(table.schema, check_metadata=True)
    assert again.column(0).to_pylist().__repr__() == table.column(0).to_pylist().__repr__()


def test_whole_tables_come_back() -> None:
    table = pa.table(COLUMNS).replace_schema_metadata({"made": "here"})
    chunked = pa.concat_tables([table, table.slice(1, 2), table.slice(0, 0)])
    again = back(chunked)
    assert again.schema.equals(chunked.schema, check_metadata=True)
    assert again.drop(["half", "floats"]).equals(chunked.drop(["half", "floats"]))
    for empty in (table.slice(0, 0), pa.table({}), pa.table({"a": []})):
        assert back(empty).equals(empty)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=40), st.integers(0, 5))
def test_any_texts_come_back(values: list[str | None], start: int) -> None:
    table = pa.table({"a": pa.array(values, pa.string())}).slice(start)
    assert back(table).equals(table)


def test_payloads_of_nan_stay() -> None:
    bits = np.array([0x7FF0000000000001, 0xFFF8DEADBEEF0001, 1 << 63], np.uint64)
    again = back(pa.table({"a": bits.view(np.float64)}))
    np.testing.assert_array_equal(again.column(0).to_numpy().view(np.uint64), bits)


def test_equal_columns_are_equal_bytes() -> None:
    values = np.arange(1000.0)
    one = pa.array(values, mask=values % 3 == 0)
    other = pa.array(np.where(values % 3 == 0, 7.0, values), mask=values % 3 == 0)
    assert stored(pa.table({"a": one}))[2] == stored(pa.table({"a": other}))[2]


def test_views_into_one_list_in_any_order_come_back() -> None:
    views = pa.ListViewArray.from_arrays([2, 0, 1], [2, 3, 0], pa.array([1, 2, 3, 4]))
    assert back(pa.table({"a": views})).column(0).to_pylist() == [[3, 4], [1, 2, 3], []]


def test_a_type_that_others_brought_is_not_taken_apart() -> None:
    class Money(pa.ExtensionType):
        def __arrow_ext_serialize__(self) -> bytes:
            return b""

    column = pa.ExtensionArray.from_storage(Money(pa.int64(), "shop.money"), pa.array([1]))
    with pytest.raises(TypeError, match=r"a column of extension<shop\.money"):
        freeze_table(pa.table({"a": column}))


@pytest.mark.parametrize("name", ODD)
def test_forged_descriptions_of_odd_columns_are_refused(name: str) -> None:
    described, entries, content = stored(pa.table({name: COLUMNS[name]}))
    refused = 0
    for place in range(len(described["columns"][0])):
        for wrong in (None, -1, 1 << 41, [], "no", "column.0", ["bits", 4, None, "column.0"]):
            forged = copy.deepcopy(described)
            forged["columns"][0][place] = wrong
            try:
                restore_table(forged, entries, lambda entry: memoryview(content[entry.path]))
            except CorruptionError:
                refused += 1
    assert refused > 10


def test_unions_that_point_outside_are_refused() -> None:
    described, entries, content = stored(pa.table({"a": COLUMNS["any of"]}))
    for path, far in (("column.0", b"\x07" * 4), ("column.0.offsets", b"\xff\x00\x00\x00" * 4)):
        with pytest.raises(CorruptionError, match="not sound"):
            restore_table(described, entries,
                          lambda entry, path=path, far=far: memoryview(
                              far if entry.path == path else content[entry.path]))  # fmt: skip


def test_deleted_rows_of_text_move_little() -> None:
    words = [f"word {i * 7919 % 50_000}" for i in range(200_000)]
    shorter = words[:90_000] + words[90_100:]
    known = {
        digest(piece) for part in freeze_table(pa.table({"a": words}))[1] for piece in cut(part)
    }
    fresh = total = 0
    for part in freeze_table(pa.table({"a": shorter}))[1]:
        for piece in cut(part):
            total += len(piece)
            fresh += len(piece) if digest(piece) not in known else 0
    # Lengths hardly differ here, so nothing tells where to cut them: their share is the most.
    assert fresh <= 0.4 * total


def mutations() -> list[tuple[str, Any]]:
    def spec(described: Any, number: int, value: Any) -> None:
        described["columns"][0][number] = value

    return [
        ("no schema", lambda d: d.pop("schema")),
        ("schema", lambda d: d.update(schema="00ff")),
        ("rows", lambda d: d.update(rows=3)),
        ("columns", lambda d: d.update(columns=[])),
        ("kind", lambda d: spec(d, 0, "fixed")),
        ("length", lambda d: spec(d, 1, 1 << 50)),
        ("negative", lambda d: spec(d, 1, -1)),
        ("valid", lambda d: spec(d, 2, "column.0")),
        ("lengths", lambda d: spec(d, 3, "nowhere")),
        ("content", lambda d: spec(d, 4, "column.0.lengths")),
        ("deep", lambda d: spec(d, 4, [[[]]])),
    ]


@pytest.mark.parametrize(("what", "change"), mutations(), ids=[name for name, _ in mutations()])
def test_a_description_that_does_not_fit_is_refused(what: str, change: Any) -> None:
    described, entries, content = stored(pa.table({"a": ["x", None, "yz", "abc"]}))
    changed = copy.deepcopy(described)
    change(changed)
    with pytest.raises(CorruptionError):
        restore_table(changed, entries, lambda entry: memoryview(content[entry.path]))


def test_lengths_that_lie_are_refused() -> None:
    described, entries, content = stored(pa.table({"a": ["x", "y", "z"]}))
    for lengths in ([1, 1, 2], [4_000_000_000] * 3, [0, 0, 0]):
        content["column.0.lengths"] = np.array(lengths, np.uint32).tobytes()
        with pytest.raises(CorruptionError):
            restore_table(described, entries, lambda entry: memoryview(content[entry.path]))


@pytest.mark.parametrize("name", [name for name in COLUMNS if name not in ("any of", "runs")])
def test_chunks_of_a_column_make_no_difference(name: str) -> None:
    column = COLUMNS[name]
    pieces = pa.chunked_array([column.slice(0, 1), column.slice(1), column.slice(0, 0), column])
    loose, parts = freeze_table(pa.table({"x": pieces}))
    whole = pa.table({"x": pa.concat_arrays([column, column])})
    packed, others = freeze_table(whole)
    found = [(part.path, part.dtype, part.shape, bytes(part.read())) for part in parts]
    assert (loose, found) == (
        packed, [(part.path, part.dtype, part.shape, bytes(part.read())) for part in others]
    )  # fmt: skip


def test_what_lies_under_a_missing_text_is_not_kept() -> None:
    valid, ends = pa.py_buffer(b"\x05"), pa.py_buffer(np.array([0, 1, 3, 4], np.int32))
    column = pa.Array.from_buffers(pa.string(), 3, [valid, ends, pa.py_buffer(b"aXXb")])
    _, hidden = freeze_table(pa.table({"x": column}))
    _, plain = freeze_table(pa.table({"x": pa.array(["a", None, "b"])}))
    assert [bytes(part.read()) for part in hidden] == [bytes(part.read()) for part in plain]


def test_a_long_column_is_read_in_stretches() -> None:
    rows = 5 << 20
    numbers = pa.array(np.arange(rows), mask=np.arange(rows) % 3 == 0)
    texts = pa.array(["abcdefgh"] * rows).take(numbers)
    table = pa.table({"n": numbers, "t": texts})
    _, parts = freeze_table(pa.concat_tables([table.slice(0, 1000), table.slice(1000)]))
    large = {part.path: part for part in parts if part.window is not None}
    assert sorted(large) == ["column.0", "column.1", "column.1.lengths"]
    for part in large.values():
        assert b"".join(cut(part)) == bytes(part.read())


@settings(deadline=None)
@given(st.lists(st.none() | st.text(max_size=9)), st.integers(1, 4), st.integers(1, 12))
def test_texts_of_python_are_kept_as_arrow_would(
    values: list[str | None], rows: int, nbytes: int
) -> None:
    objects = np.array([*values, None], object)[:-1]
    table = pa.table({"": pa.array(values, pa.large_string())})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrowtexts, "_AT_ONCE", rows)
        patch.setattr(arrowtexts, "_MOST_BYTES", nbytes)
        column = arrowtexts.object_texts(objects)
        described, parts = freeze_columns(table.schema, len(column), [column])
        wanted, others = freeze_table(table)
        assert described == wanted
        content = {part.path: bytes(part.read()) for part in parts}
        assert content == {part.path: bytes(part.read()) for part in others}
        entries = {
            part.path: Entry(path=part.path, dtype=part.dtype, shape=part.shape,
                             nbytes=part.nbytes, chunks=())
            for part in parts
        }  # fmt: skip

        def pieces(entry: Entry) -> Any:
            whole = content[entry.path]
            return iter([memoryview(whole[at : at + 3]) for at in range(0, len(whole), 3)])

        found = restore_texts(described, entries, lambda entry: content[entry.path], pieces)
        assert found.tolist() == values
        lengths = described["columns"][0][3]
        content[lengths] = content[lengths][:-4] + b"\x63\0\0\0"
        if values:
            with pytest.raises(CorruptionError, match="a length is out of range"):
                restore_texts(described, entries, lambda entry: content[entry.path], pieces)


@settings(deadline=None)
@given(
    st.lists(st.none() | st.text(max_size=20)), st.integers(1, 4), st.integers(1, 40),
    st.integers(0, 3),
)  # fmt: skip
def test_views_are_kept_as_their_texts_and_made_of_them(
    values: list[str | None], rows: int, nbytes: int, cut: int
) -> None:
    views = pa.array(values, pa.string_view())
    table = pa.table({"": pa.chunked_array([views.slice(0, cut), views.slice(cut)])})
    plain = pa.table({"": pa.array(values, pa.large_string())})
    with pytest.MonkeyPatch.context() as patch:
        for module in (arrowtexts, arrowviews):
            patch.setattr(module, "_AT_ONCE", rows)
            patch.setattr(module, "_MOST_BYTES", nbytes)
        patch.setattr(arrowviews, "_FARTHEST", 100)
        described, _, kept = stored(table)
        wanted, entries, content = stored(plain)
        assert ([described["columns"][0][3]], kept) == (wanted["columns"], content)
        assert back(table) == table
        made = restore_table(
            wanted, entries, lambda entry: memoryview(content[entry.path]), views=True
        )
        assert made == table


def test_a_text_that_no_view_can_tell_of_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrowviews, "_FARTHEST", 19)
    assert back(pa.table({"": pa.array(["x" * 19], pa.string_view())})).num_rows == 1
    with pytest.raises(CorruptionError, match="a text is too long for a view"):
        back(pa.table({"": pa.array(["x" * 20], pa.string_view())}))
