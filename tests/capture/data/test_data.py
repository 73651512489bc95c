"""One id for the same data from any library; any changed cell changes it."""

from __future__ import annotations

import datetime as dt
import decimal
from time import perf_counter

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.data import fingerprint as module
from jupyter_mvt.capture.data import reading
from jupyter_mvt.capture.data.fingerprint import PREFIX_ROWS, describe, notes_about
from jupyter_mvt.errors import CaptureError


def oid(obj, **options):
    return describe(obj, "x", **options).id


def types(obj):
    return [column.type for column in describe(obj, "x").schema.columns]


def names(obj):
    return [column.name for column in describe(obj, "x").schema.columns]


COLUMNS = {
    "int": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
    "float": st.one_of(st.none(), st.floats(allow_nan=False, width=64)),
    "text": st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=40)),
    "flag": st.one_of(st.none(), st.booleans()),
    "day": st.one_of(st.none(), st.dates()),
    "list": st.one_of(st.none(), st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=3)),
}
ARROW = {
    "int": pa.int64(), "float": pa.float64(), "text": pa.large_string(), "flag": pa.bool_(),
    "day": pa.date32(), "list": pa.large_list(pa.int64()),
}  # fmt: skip


@st.composite
def tables(draw, min_rows=0):
    rows = draw(st.integers(min_rows, 12))
    chosen = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4))
    columns = [
        pa.array(draw(st.lists(COLUMNS[kind], min_size=rows, max_size=rows)), ARROW[kind])
        for kind in chosen
    ]
    return pa.table(columns, names=[f"{kind}{i}" for i, kind in enumerate(chosen)])


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(0, 12))
def test_the_same_data_has_one_id(table, cut):
    cut = min(cut, table.num_rows)
    chunked = pa.concat_tables([table.slice(0, cut), table.slice(cut)])
    padded = pa.concat_tables([table.slice(0, cut), table]).slice(cut)
    views = {
        oid(table),
        oid(chunked),
        oid(padded),
        oid(pl.from_arrow(table)),
        oid(table.to_pandas(types_mapper=pd.ArrowDtype)),
    }
    assert len(views) == 1


@settings(max_examples=60, deadline=None)
@given(tables(min_rows=1), st.data())
def test_any_changed_cell_changes_the_id(table, data):
    column = data.draw(st.integers(0, table.num_columns - 1))
    row = data.draw(st.integers(0, table.num_rows - 1))
    kind = table.column_names[column].rstrip("0123456789")
    values = table.column(column).to_pylist()
    fresh = data.draw(COLUMNS[kind])
    assume(repr(fresh) != repr(values[row]))
    values[row] = fresh
    changed = table.set_column(column, table.column_names[column], pa.array(values, ARROW[kind]))
    before, after = describe(table, "x"), describe(changed, "x")
    assert before.id != after.id
    same = [
        a.digest == b.digest
        for a, b in zip(before.schema.columns, after.schema.columns, strict=True)
    ]
    assert same == [i != column for i in range(table.num_columns)]


@settings(max_examples=40, deadline=None)
@given(tables(min_rows=2), st.randoms())
def test_permuted_rows_share_the_multiset_id(table, random):
    table = table.select([n for n in table.column_names if not n.startswith("list")])
    order = list(range(table.num_rows))
    random.shuffle(order)
    moved = table.take(order)
    before, after = describe(table, "x"), describe(moved, "x")
    if table.num_columns:
        assert before.multiset_id == after.multiset_id != ""
    assert (before.id == after.id) == table.equals(moved)


@settings(max_examples=40, deadline=None)
@given(tables(min_rows=2), st.data())
def test_a_prefix_is_known_by_the_id_it_had_as_a_dataset(table, data):
    rows = data.draw(st.integers(1, table.num_rows - 1))
    old = describe(table.slice(0, rows), "x")
    new = describe(table, "x", known_rows=[rows, table.num_rows, 0])
    assert new.schema.prefixes == ((rows, old.id),)


def test_prefixes_across_blocks(monkeypatch):
    monkeypatch.setattr(module, "BLOCK_ROWS", 4)
    monkeypatch.setattr(reading, "BLOCK_ROWS", 4)
    monkeypatch.setattr(module, "PREFIX_ROWS", 8)
    frame = pd.DataFrame({"a": np.arange(21.0), "b": [f"t{i}" for i in range(21)]})
    draft = describe(frame, "x", known_rows=[10, 18])
    assert draft.schema.prefixes == tuple((n, oid(frame[:n])) for n in (8, 10, 16, 18))


def test_prefix_rows_are_a_multiple_of_blocks():
    assert PREFIX_ROWS % reading.BLOCK_ROWS == 0


MIXED = pd.DataFrame(
    {
        "f": [1.5, np.nan, -0.0],
        "f32": np.array([1, 2, 3], np.float32),
        "i": [1, 2, 3],
        "u8": np.array([1, 2, 255], np.uint8),
        "n": pd.array([1, None, 3], "Int64"),
        "s": ["x", None, "zß"],
        "o": pd.Series(["x", None, "y"], dtype=object),
        "b": [True, False, True],
        "nb": pd.array([True, None, False], "boolean"),
        "t": pd.to_datetime(["2020-01-01", None, "2021-02-02"]),
        "z": pd.to_datetime(["2020-01-01", None, "2021-02-02"]).tz_localize("Europe/Berlin"),
        "d": pd.to_timedelta([1, None, 3], "s"),
        "c": pd.Categorical(["u", "v", None]),
    }
)


def test_pandas_polars_and_arrow_agree_on_mixed_columns():
    arrow = pa.Table.from_pandas(MIXED, preserve_index=False)
    drafts = [describe(frame, "x") for frame in (MIXED, pl.from_pandas(MIXED), arrow)]
    assert [d.kind for d in drafts] == ["pandas", "polars", "arrow"]
    for other in drafts[1:]:
        assert [(c.name, c.type, c.digest) for c in other.schema.columns] == [
            (c.name, c.type, c.digest) for c in drafts[0].schema.columns
        ]
    assert len({d.id for d in drafts}) == len({d.multiset_id for d in drafts}) == 1
    assert types(MIXED) == [
        "float64", "float32", "int64", "uint8", "int64", "string", "string", "bool", "bool",
        "timestamp[us]", "timestamp[us, tz=Europe/Berlin]", "duration[us]", "string",
    ]  # fmt: skip


@pytest.mark.parametrize("column", list(MIXED.columns))
def test_every_kind_of_column_sees_a_missing_value(column):
    changed = MIXED.copy()
    changed[column] = changed[column].astype(object) if column == "i" else changed[column]
    changed.loc[0, column] = None if column != "b" else False
    assert oid(changed) != oid(MIXED)


def test_the_type_of_the_time_zone_and_unit_count():
    moments = pd.DataFrame({"t": pd.to_datetime(["2020-01-01", "2020-01-02"])})
    assert oid(moments) != oid(moments.assign(t=moments.t.dt.tz_localize("UTC")))
    assert oid(moments) != oid(moments.assign(t=moments.t.dt.as_unit("ns")))


def test_categories_are_decoded():
    one = pd.DataFrame({"c": pd.Categorical(["a", "b"], categories=["a", "b"])})
    two = pd.DataFrame({"c": pd.Categorical(["a", "b"], categories=["z", "b", "a"])})
    assert oid(one) == oid(two) == oid(pd.DataFrame({"c": ["a", "b"]}))


def test_object_columns_of_mixed_values():
    base = [1, "1", None, (1, 2), {"k": [1.0]}, b"x", decimal.Decimal("1.0"), dt.date(2020, 1, 1)]
    frame = pd.DataFrame({"o": pd.Series(base, dtype=object)})
    assert types(frame) == ["object"]
    assert notes_about(describe(frame, "x")) == ()
    for i, other in enumerate([1.0, 1, "None", [1, 2], {"k": [1]}, "x", decimal.Decimal("1"), 0]):
        changed = frame.copy()
        changed.at[i, "o"] = other
        assert oid(changed) != oid(frame), i


def test_numbers_of_mixed_types_keep_their_types():
    ints = pd.DataFrame({"o": pd.Series([1, 2.5], dtype=object)})
    floats = pd.DataFrame({"o": pd.Series([1.0, 2.5], dtype=object)})
    assert oid(ints) != oid(floats)


def test_unknown_objects_are_admitted():
    frame = pd.DataFrame({"o": pd.Series([object(), 1], dtype=object)})
    draft = describe(frame, "df")
    assert draft.digest_kind == "sampled"
    assert [(n.kind, n.about, n.text) for n in notes_about(draft)] == [
        ("partial", "df", "columns o hold objects whose content is not part of the dataset's id")
    ]
    assert draft.id == oid(pd.DataFrame({"o": pd.Series([object(), 1], dtype=object)}))


def test_columns_may_be_called_anything_and_twice():
    frame = pd.DataFrame(np.arange(6).reshape(2, 3), columns=["a", "a", 7])
    assert names(frame) == ["a", "a", "7"]
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("u", 1), ("u", 2)]))
    assert names(levels) == ["('u', 1)", "('u', 2)"]
    swapped = pd.DataFrame(np.arange(6).reshape(2, 3), columns=["a", "b", 7])
    assert oid(frame) != oid(swapped)


def test_the_index_counts_unless_it_only_numbers():
    frame = pd.DataFrame({"a": [1, 2, 3]})
    assert oid(frame) == oid(frame.set_axis([0, 1, 2])) == oid(pl.from_pandas(frame))
    assert names(frame.set_axis(["x", "y", "z"])) == ["__index_0__", "a"]
    assert oid(frame[1:]) != oid(frame[1:].reset_index(drop=True))
    pairs = frame.set_axis(pd.MultiIndex.from_product([[1], ["u", "v", "w"]], names=["k", None]))
    assert names(pairs) == ["k", "__index_1__", "a"]


def test_shuffled_rows_are_the_same_rows():
    frame = pd.DataFrame({"a": np.arange(50.0), "b": [f"t{i}" for i in range(50)]})
    shuffled = frame.sample(frac=1, random_state=0)
    assert describe(shuffled, "x").multiset_id == describe(frame, "x").multiset_id
    assert oid(shuffled) != oid(frame)
    shuffled.iloc[0, 0] += 1
    assert describe(shuffled, "x").multiset_id != describe(frame, "x").multiset_id


def test_values_that_changed_rows_are_other_rows():
    one = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    two = pd.DataFrame({"a": [1.0, 2.0], "b": [4.0, 3.0]})
    assert describe(one, "x").multiset_id != describe(two, "x").multiset_id


def test_empty_frames():
    assert describe(pd.DataFrame(), "x").rows == 0
    assert describe(pd.DataFrame({"a": []}), "x").rows == 0
    nothing = pl.DataFrame({"a": pl.Series([], dtype=pl.Float64)})
    assert oid(pd.DataFrame({"a": np.array([], float)})) == oid(nothing)
    assert describe(pd.DataFrame(index=range(3)), "x").rows == 3


def test_series_and_arrays_of_one_dimension():
    values = np.array([1.0, np.nan, 3.0])
    assert oid(values) == oid(pd.Series(values)) == oid(pl.Series(values).fill_nan(None))
    assert names(pd.Series(values, name="y")) == ["y"]


def test_numpy_memory_order_is_no_identity():
    cube = np.arange(24.0).reshape(2, 3, 4)
    assert oid(cube) == oid(np.asfortranarray(cube)) == oid(cube.astype(">f8"))
    assert oid(cube) != oid(cube.reshape(2, 4, 3))
    assert types(cube) == ["float64[3,4]"]
    assert describe(cube, "x").rows == 2


def test_narrow_arrays_have_columns_as_frames_have():
    grid = np.random.default_rng(0).normal(size=(20, 3))
    assert oid(grid) == oid(pd.DataFrame(grid)) == oid(np.asfortranarray(grid))
    assert names(np.zeros((2, 100))) == [""]


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (3, 0), (5, 2, 0), (4, 40)])
def test_arrays_of_odd_shapes(shape):
    draft = describe(np.zeros(shape), "x")
    assert draft.rows == (shape[0] if shape else 1)


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "u8", "f2", "f4", "c8", "c16", "M8[D]", "m8[ns]", "U3", "S3", "O", "g"]
)
def test_every_dtype_sees_a_change(dtype):
    array = np.zeros(5, "i8").astype("i8").astype(dtype) if dtype != "O" else np.zeros(5, "O")
    other = array.copy()
    other[3] = 1 if dtype not in ("U3", "S3") else "ab"
    assert oid(array) != oid(other)
    assert oid(array) == oid(array.copy())


def test_masked_and_structured_arrays():
    masked = np.ma.masked_array([1, 2, 3], mask=[0, 1, 0])
    assert oid(masked) == oid(pa.array([1, None, 3]))
    records = np.array([(1, 2.0), (3, 4.0)], dtype=[("a", "i8"), ("b", "f8")])
    assert oid(records) == oid(pd.DataFrame({"a": [1, 3], "b": [2.0, 4.0]}))


def test_sparse_layouts_agree_and_stored_zeros_do_not_count():
    rows = sp.random(30, 50, density=0.1, format="csr", random_state=0)
    explicit = rows.copy().tocoo()
    explicit = sp.coo_array(
        (np.append(explicit.data, 0.0), (np.append(explicit.row, 0), np.append(explicit.col, 1))),
        shape=rows.shape,
    )
    before = rows.data.copy()
    assert oid(rows) == oid(rows.tocsc()) == oid(rows.tocoo())
    if rows[0, 1] == 0:
        assert oid(explicit) == oid(rows)
    assert (rows.data == before).all()
    changed = rows.copy()
    changed.data[3] += 1
    assert oid(changed) != oid(rows)


def test_torch_tensors_loaders_and_subsets():
    torch = pytest.importorskip("torch")
    values = torch.arange(12.0).reshape(4, 3)
    assert oid(values) == oid(values.numpy())
    assert oid(values.requires_grad_()) == oid(values.detach().t().contiguous().t())
    pairs = torch.utils.data.TensorDataset(values.detach(), torch.tensor([0, 1, 0, 1]))
    assert names(pairs) == ["0.0", "0.1", "0.2", "1"]
    loader = torch.utils.data.DataLoader(pairs, batch_size=2, shuffle=True)
    assert oid(loader) == oid(pairs)
    assert describe(torch.utils.data.Subset(pairs, [2, 0]), "x").digest_kind == "full"
    assert oid(values.bfloat16()) != oid(values.detach() + 1)


def test_lists_mappings_and_tuples():
    assert oid([1, 2, 3]) == oid(np.array([1, 2, 3]))
    assert oid([[1.0, 2.0], [3.0, 4.0]]) == oid(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert oid(["a", None]) == oid(pa.array(["a", None]))
    assert oid([1, 1.0]) != oid([1.0, 1.0])
    both = {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0])}
    assert oid(both) == oid(pd.DataFrame(both))
    assert names((np.zeros((2, 2)), np.zeros(2))) == ["0.0", "0.1", "1"]


def test_what_is_no_dataset_says_so():
    with pytest.raises(CaptureError) as raised:
        describe(object(), "thing")
    assert raised.value.lines() == [
        "CaptureError [not-a-dataset]: 'thing' is a object, which is no dataset that mvt can read.",
        "Hint: name a frame, an array or a list: mvt commit --data X_train",
    ]


def test_threads_change_nothing():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(100_000, 4))).assign(s="text")
    assert describe(frame, "x", threads=1) == describe(frame, "x", threads=4)


def test_a_profile_tells_the_shape_of_a_column():
    frame = pd.DataFrame({"a": [1.0, 2.0, 2.0, np.nan], "s": ["u", "v", "u", None]})
    number, text = (column.profile for column in describe(frame, "x").schema.columns)
    assert number == {
        "n": 4, "nulls": 1, "distinct": 2, "min": 1.0, "max": 2.0, "mean": 5 / 3,
        "std": pytest.approx(np.std([1, 2, 2])), "quantiles": [1.0, 2.0, 2.0],
    }  # fmt: skip
    assert text == {"n": 4, "nulls": 1, "distinct": 2, "top": [["u", 2]]}


def test_a_profile_of_many_rows_is_sampled_and_close():
    values = np.random.default_rng(0).normal(size=300_000)
    profile = describe(values, "x").schema.columns[0].profile
    assert profile["sampled"] == 100_000
    assert len(profile["quantiles"]) == 128
    assert abs(profile["mean"]) < 0.02
    assert profile["quantiles"][64] == pytest.approx(0, abs=0.03)
    assert profile == describe(values.copy(), "x").schema.columns[0].profile


def test_top_values_hold_nothing_that_occurs_once():
    addresses = pd.DataFrame({"mail": [f"person{i}@example.org" for i in range(100)]})
    assert describe(addresses, "x").schema.columns[0].profile["top"] == []


@pytest.mark.bench
def test_the_digest_is_faster_than_hash_pandas_object():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"f{i}": rng.normal(size=500_000) for i in range(12)})
    frame["s"] = [f"user_{i}" for i in rng.integers(0, 100_000, 500_000)]

    def best(call):
        times = []
        for _ in range(3):
            started = perf_counter()
            call()
            times.append(perf_counter() - started)
        return min(times)

    ours, theirs = best(lambda: oid(frame)), best(lambda: pd.util.hash_pandas_object(frame).sum())
    assert ours < theirs
