"""What a pickle leaves outside comes back bit for bit, and shares what it shared."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jupyter_mvt.capture.pickling import freeze_pickled, restore_pickled
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.store.chunking import cut
from jupyter_mvt.testing.adapters import thaw


class Box:
    """Anything at all."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def back(value: Any) -> Any:
    return restore_pickled(thaw(freeze_pickled(value, ()), trusted=True))


def chunks(value: Any) -> dict[str, int]:
    """Return digest → size of what would be stored."""
    parts = freeze_pickled(value, ()).bundle.parts
    return {digest(piece): len(piece) for part in parts for piece in cut(part)}


def new_bytes(before: Any, after: Any) -> int:
    known = chunks(before)
    return sum(size for key, size in chunks(after).items() if key not in known)


def same_bits(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    return (
        one.dtype == other.dtype
        and one.shape == other.shape
        and one.tobytes("A") == other.tobytes("A")
        and (one.flags.f_contiguous, one.flags.c_contiguous)
        == (other.flags.f_contiguous, other.flags.c_contiguous)
    )


DTYPES = st.one_of(
    hnp.floating_dtypes(endianness="?"), hnp.integer_dtypes(endianness="?"),
    hnp.complex_number_dtypes(), hnp.boolean_dtypes(), hnp.unicode_string_dtypes(min_len=1),
    hnp.byte_string_dtypes(min_len=1), hnp.datetime64_dtypes(), hnp.timedelta64_dtypes(),
)  # fmt: skip


SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0)


@settings(max_examples=100, deadline=None)
@given(DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, SHAPES)), st.booleans())
def test_any_array_comes_back_bit_for_bit(array: Any, fortran: bool) -> None:
    array = (
        np.asfortranarray(array) if fortran else np.ascontiguousarray(array).reshape(array.shape)
    )
    again = back(Box(array=array)).array
    assert same_bits(again, array)
    again.reshape(-1)[:0] = array.reshape(-1)[:0]
    assert again.flags.writeable


@pytest.mark.parametrize("bits", [0x7FF0000000000001, 0xFFF8DEADBEEF0001, 0x8000000000000000])
def test_payloads_of_nan_and_the_sign_of_zero_stay(bits: int) -> None:
    array = np.full(300, bits, np.uint64).view(np.float64)
    assert same_bits(back(Box(array=array)).array, array)
    frame = pd.DataFrame({"a": array, "b": 1})
    assert same_bits(back(frame)["a"].to_numpy(), array)


def test_views_stay_views() -> None:
    base = np.arange(1000.0).reshape(50, 20)
    box = Box(base=base, column=base[:, 3], rows=base[10:20:2], turned=base[::-1], part=[base])
    frozen = freeze_pickled(box, ())
    assert [part.nbytes for part in frozen.bundle.parts] == [base.nbytes]
    again = restore_pickled(thaw(frozen, trusted=True))
    for name in ("column", "rows", "turned"):
        np.testing.assert_array_equal(getattr(again, name), getattr(box, name))
        assert np.shares_memory(getattr(again, name), again.base)
    assert again.part[0] is again.base
    again.base[:] = -1
    assert (again.column == -1).all()
    assert (again.turned == -1).all()


def test_a_small_view_does_not_store_its_base() -> None:
    base = np.arange(100_000.0)
    box = Box(some=base[1000:1010], other=base[5000:5010])
    assert sum(part.nbytes for part in freeze_pickled(box, ()).bundle.parts) == 160
    np.testing.assert_array_equal(back(box).other, base[5000:5010])


def test_padding_is_not_stored() -> None:
    dtype = np.dtype([("flag", "u1"), ("value", "f8")], align=True)
    made = []
    for filler in (0, 255):
        raw = np.full(dtype.itemsize * 100, filler, np.uint8)
        nodes = raw.view(dtype)
        nodes["flag"], nodes["value"] = 1, np.arange(100.0)
        made.append(nodes)
    assert new_bytes(Box(nodes=made[0]), Box(nodes=made[1])) == 0
    again = back(Box(nodes=made[1])).nodes
    assert again.dtype == dtype
    np.testing.assert_array_equal(again, made[1])


@pytest.mark.parametrize("kind", [bytes, bytearray, lambda data: data.decode("latin-1")])
def test_a_long_run_is_cut_by_its_content(kind: Any) -> None:
    data = np.random.default_rng(1).bytes(3_000_000)
    before, after = kind(data), kind(data[:1_000_000] + b"x" + data[1_000_000:])
    box = Box(raw=before, again=before)
    restored = back(box)
    assert restored.raw == before
    assert type(restored.raw) is type(before)
    assert restored.again is restored.raw
    assert new_bytes(box, Box(raw=after)) < 0.2 * len(data)


def test_a_text_that_is_no_unicode_comes_back() -> None:
    text = "\ud800" + "a" * 5000
    assert back(Box(text=text)).text == text
    values = np.array([text] * 100, object)
    assert back(Box(values=values)).values.tolist() == values.tolist()


# --- frames --------------------------------------------------------------------------------

ROWS = 30_000


def frame() -> pd.DataFrame:
    random = np.random.default_rng(2)
    words = np.array([f"word {i}" for i in range(5000)], object)
    made = pd.DataFrame(
        {
            "f": random.normal(size=ROWS),
            "g": random.normal(size=ROWS),
            "small": random.normal(size=ROWS).astype(np.float32),
            "i": random.integers(0, 1 << 60, ROWS),
            "flag": random.random(ROWS) < 0.5,
            "text": pd.Series(random.choice(words, ROWS), dtype=object),
            "str": pd.Series(random.choice(words, ROWS), dtype="str"),
            "cat": pd.Categorical(random.choice(["a", "b", "c"], ROWS)),
            "Int": pd.array(random.integers(0, 99, ROWS), dtype="Int64"),
            "when": pd.Timestamp("2026-01-01", tz="Europe/Berlin")
            + pd.to_timedelta(random.integers(0, 1 << 30, ROWS), unit="s"),
            "day": np.datetime64("2026-01-01") + random.integers(0, 999, ROWS),
            "period": pd.period_range("2026-01", periods=ROWS, freq="h"),
            "mixed": pd.Series([1, "a", None] * (ROWS // 3), dtype=object),
        }
    )
    made.loc[::7, "text"] = None
    made.loc[::11, "text"] = np.nan
    made.loc[::5, "str"] = None
    made.loc[::3, "Int"] = pd.NA
    return made


@pytest.mark.parametrize("index", ["range", "names", "multi", "times"])
def test_frames_come_back_as_they_were(index: str) -> None:
    made = frame().head(999)
    if index == "names":
        made.index = pd.Index([f"row {i}" for i in range(len(made))], name="key")
    elif index == "multi":
        made.index = pd.MultiIndex.from_product([range(333), ["a", "b", "c"]], names=["n", None])
    elif index == "times":
        made.index = pd.date_range("2026-01-01", periods=len(made), freq="D", tz="UTC")
    made.attrs["source"] = "here"
    again = back(Box(frame=made)).frame
    pd.testing.assert_frame_equal(again, made)
    assert again.attrs == made.attrs
    assert [type(a) for a in again["text"]] == [type(a) for a in made["text"]]
    again.loc[again.index[0], "f"] = 5.0
    assert back(made).iloc[0, 0] != 5.0


def test_odd_frames_come_back() -> None:
    twice = pd.DataFrame(np.arange(600.0).reshape(200, 3), columns=["a", "a", "b"])
    pd.testing.assert_frame_equal(back(twice), twice)
    nested = pd.DataFrame({("x", 1): [1, 2], ("y", 2): ["a", "b"]})
    pd.testing.assert_frame_equal(back(nested), nested)
    for empty in (pd.DataFrame(), pd.DataFrame(index=range(3)), pd.DataFrame(columns=["a"])):
        pd.testing.assert_frame_equal(back(empty), empty)
    strict = pd.DataFrame({"a": [1]}).set_flags(allows_duplicate_labels=False)
    assert not back(strict).flags.allows_duplicate_labels
    sparse = pd.DataFrame({"a": pd.arrays.SparseArray([0, 0, 1] * 40)})
    pd.testing.assert_frame_equal(back(sparse), sparse)


def column_bytes(made: pd.DataFrame, name: str) -> int:
    return sum(size for size in chunks(made[[name]]).values())


@pytest.mark.parametrize("name", ["f", "small", "i", "text", "str", "cat", "Int", "when", "day"])
def test_a_changed_column_stores_one_column(name: str) -> None:
    before, after = frame(), frame()
    after[name] = after[name].to_numpy()[::-1] if name != "cat" else after[name].iloc[::-1].values
    assert new_bytes(before, after) <= 1.05 * column_bytes(after, name) + 2000


def test_a_changed_cell_stores_two_chunks() -> None:
    before, after = frame(), frame()
    after.loc[ROWS // 2, "f"] = 7.5
    known = chunks(before)
    assert len([key for key in chunks(after) if key not in known]) <= 2


def test_a_frame_of_rows_is_stored_by_columns() -> None:
    values = np.random.default_rng(3).normal(size=(20_000, 10))
    before = pd.DataFrame(values.copy())
    after = before.copy()
    after[3] = 0.0
    assert new_bytes(before, after) <= 1.05 * 20_000 * 8


def test_deleted_rows_move_nothing() -> None:
    made = frame().drop(columns=["mixed", "period"])
    shorter = made.drop(index=range(15_000, 15_100)).reset_index(drop=True)
    total = sum(chunks(made).values())
    # The columns are short here: a chunk or two of each is a large share of 8 × 30 kB.
    assert new_bytes(made, shorter) <= 0.6 * total


def test_series_of_text_and_indexes_come_back() -> None:
    for made in (
        frame()["text"].head(500),
        pd.Series(["a"] * 200, dtype="string"),
        pd.Series([1.5, None] * 100, dtype="float64[pyarrow]"),
    ):
        pd.testing.assert_series_equal(back(Box(it=made)).it, made)


# --- polars and Arrow ----------------------------------------------------------------------


def test_polars_and_arrow_come_back_by_column() -> None:
    made = frame().drop(columns=["mixed", "period", "Int"])
    table = pa.Table.from_pandas(made)
    assert back(Box(table=table)).table.equals(table)
    sliced = table.slice(1000, 500)
    assert back(Box(table=sliced)).table.equals(sliced)
    lazy = pl.from_arrow(table.drop(["cat"]))
    assert back(Box(frame=lazy)).frame.equals(lazy)
    changed = lazy.with_columns(pl.col("f") + 1)
    assert new_bytes(lazy, changed) <= 1.05 * ROWS * 8 + 4000
    column = table.schema.get_field_index("f")
    other = table.set_column(column, "f", pa.array(np.zeros(ROWS)))
    assert new_bytes(table, other) <= 1.05 * ROWS * 8


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.large_binary()])
def test_arrow_texts_come_back(kind: Any) -> None:
    values = [None if i % 5 == 0 else f"word {i % 17}" for i in range(1000)]
    array = pa.array(values, kind)
    for made in (array, array.slice(3, 500), pa.chunked_array([array, array.slice(9)])):
        assert back(Box(it=made)).it.equals(made)


# --- the law of sharing, and bad input -----------------------------------------------------


def test_a_copy_shares_everything() -> None:
    random = np.random.default_rng(5)
    box = Box(big=random.normal(size=5000), frame=frame().head(2000), raw=random.bytes(9000))
    assert new_bytes(box, copy.deepcopy(box)) == 0
    assert new_bytes(box, back(box)) == 0


HOSTILE = [
    ["array", "nowhere", "float64", [2], "C"],
    ["array", "big", "float64", [1 << 60], "C"],
    ["array", "big", "O", [2], "C"],
    ["view", "big", "float64", [2], [1 << 40], 0],
    ["view", "big", "float64", [2], [8], -64],
    ["view", "big", "float64", [9999], [8], 0],
    ["bytes", 7],
    ["eval", "big"],
    [],
    7,
]


@pytest.mark.parametrize("row", HOSTILE, ids=map(str, HOSTILE))
def test_a_malformed_member_is_refused(row: Any) -> None:
    skeleton = thaw(freeze_pickled(Box(big=np.arange(100.0)), ()), trusted=True)
    magic, rest = skeleton.state[:13], skeleton.state[13:]
    size = int.from_bytes(rest[:8], "little")
    header = decode(rest[8 : 8 + size])
    header["members"] = [row]
    changed = encode(header)
    state = magic + len(changed).to_bytes(8, "little") + changed + rest[8 + size :]
    with pytest.raises(CorruptionError):
        restore_pickled(
            thaw(freeze_pickled(Box(big=np.arange(100.0)), ()), trusted=True, state=state)
        )
