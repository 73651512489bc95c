"""What is worked out once in a session is what each look alone would say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.data import reading
from jupyter_mvt.capture.data.fingerprint import describe
from jupyter_mvt.capture.data.kind import table_of
from jupyter_mvt.capture.data.sheets import readers


def facts(data):
    draft = describe(data, "x")
    return draft.id, draft.multiset_id, draft.schema


def anew(data):
    reading.forget()
    return facts(data)


FRAMES = {
    "rows in memory": pd.DataFrame(np.random.default_rng(0).normal(size=(40_000, 3))),
    "few texts": pd.DataFrame({"c": pd.Categorical(["a", "bb", None, ""] * 10_000)}),
    "texts": pd.DataFrame({"t": [f"text {i}" for i in range(40_000)]}),
    "objects": pd.DataFrame({"o": [(i, "x") for i in range(100)]}),
    "nested": pa.table({"s": [{"a": 1}, {"a": None}, None]}),
    "uneven": (np.arange(40_000), np.arange(32_768)),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_second_look_says_the_same(name):
    once = anew(FRAMES[name])
    assert facts(FRAMES[name]) == once


def test_the_same_bytes_as_other_rows_have_rows_of_their_own():
    pairs = np.arange(20_000, dtype=np.int32)
    alone = {"one": anew(pairs.view(np.int64)), "two": anew(pairs)}
    assert facts(pairs.view(np.int64)) == alone["one"]
    assert facts(pairs.view(np.uint32))[1] != alone["two"][1]
    assert facts(pairs.reshape(-1, 2)) == anew(pairs.reshape(-1, 2))


def test_columns_of_other_length_do_not_take_the_rows_from_others():
    long, short = np.arange(40_000), np.arange(32_768)
    even = anew((long[:32_768], short))
    assert even[1]
    assert anew((long, short))[1] == ""
    assert facts((long[:32_768], short)) == even


def test_codes_mean_what_their_texts_say():
    codes = np.arange(5_000, dtype=np.int8) % 2
    ids = {
        facts(pd.DataFrame({"c": pd.Categorical.from_codes(codes, list(texts))}))[0]
        for texts in (("a", "b"), ("b", "a"), ("ab", ""), ("", "ab"))
    }
    assert len(ids) == 4


@pytest.mark.parametrize("name", ["rows in memory", "few texts", "texts"])
@pytest.mark.parametrize("row", [0, 20_000, 32_768, 39_999])
def test_any_cell_that_changes_is_seen_by_the_next_look(name, row):
    frame = FRAMES[name].copy()
    before = facts(frame)
    column = frame.columns[-1]
    frame.loc[row, column] = frame.loc[row + (1 if row < 39_999 else -1), column]
    after = facts(frame)
    assert after[0] != before[0]
    assert after[1] != before[1]
    assert after == anew(frame)


def test_rows_are_hashed_anew_where_only_the_first_column_was_seen():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(70_000, 4)), columns=list("abcd"))
    other = frame.assign(c=rng.normal(size=70_000))
    alone = anew(other)
    anew(frame)
    assert facts(other) == alone
    assert alone[1] != facts(frame)[1]


@settings(deadline=None, max_examples=60)
@given(
    values=st.lists(st.none() | st.booleans(), max_size=40),
    kind=st.sampled_from([pa.bool_(), pa.int64(), pa.int16(), pa.float32(), pa.large_string()]),
    start=st.integers(0, 20),
)
def test_a_slice_of_an_arrow_array_is_what_its_values_alone_are(values, kind, start):
    made = [None if v is None or pa.types.is_boolean(kind) else int(v) for v in values]
    whole = pa.array(
        values if pa.types.is_boolean(kind)
        else [None if v is None else f"t{v}" for v in made] if pa.types.is_large_string(kind)
        else made, kind
    )  # fmt: skip
    part = whole.slice(min(start, len(values)))
    assert facts(part) == facts(pa.array(part.to_pylist(), kind))


def test_bytes_under_missing_texts_are_no_content():
    texts = pa.array(["one", "hidden", "three"], pa.large_string())
    gone = pa.Array.from_buffers(texts.type, 3, [pa.py_buffer(b"\x05"), *texts.buffers()[1:]])
    assert gone.to_pylist() == ["one", None, "three"]
    assert facts(gone) == facts(pa.array(["one", None, "three"], pa.large_string()))


def test_wide_tables_are_read_again_for_their_rows(monkeypatch):
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 30)))
    whole = anew(frame)
    monkeypatch.setattr(reading, "_MOST_HELD", 4)
    assert anew(frame) == whole


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(reading, "_MOST_REMEMBERED", 2)
    reading.forget()
    for number in range(10):
        describe(np.full(10, number), "x")
    assert len(reading._summed) <= 2


@settings(deadline=None, max_examples=60)
@given(
    rows=st.integers(0, 3_000),
    width=st.integers(1, 40),
    chosen=st.lists(st.integers(0, 39), max_size=8),
    dtype=st.sampled_from(["f8", "f4", "i2", "u1", "M8[s]"]),
    order=st.sampled_from("CF"),
)
def test_columns_read_together_are_what_each_alone_is(rows, width, chosen, dtype, order):
    grid = np.zeros((rows, width), dtype, order)
    grid[...] = np.arange(rows * width).reshape(rows, width).astype("i8").astype(dtype)
    columns = [grid[:, i % width] for i in chosen] + [np.arange(rows)]
    for values, read in zip(columns, readers(columns), strict=True):
        if read is not None:
            assert read(0, rows).tolist() == values.tolist()
            assert read(rows // 3, rows // 2).tolist() == values[rows // 3 : rows // 2].tolist()
            assert read(0, rows).flags.c_contiguous


def test_fields_of_records_are_read_where_they_are():
    records = np.zeros(1_000, [("a", "f8"), ("flag", "u1"), ("b", "f8"), ("c", "f8")])
    for number, name in enumerate("abc"):
        records[name] = np.arange(1_000.0) + number
    apart = pd.DataFrame({name: records[name].copy() for name in ("a", "flag", "b", "c")})
    assert facts(records)[0] == facts(apart)[0]


def test_columns_of_a_frame_are_found_beside_each_other():
    frame = pd.DataFrame(np.arange(60.0).reshape(20, 3), copy=False)
    assert all(readers([frame[0].to_numpy(), frame[2].to_numpy()]))
    table = table_of(frame)
    assert table is not None
    assert [bytes(s.block(0, 20).pieces[1]) for s in table.strips] == [
        frame[i].to_numpy().tobytes() for i in range(3)
    ]
