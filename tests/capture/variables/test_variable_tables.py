"""Frames, arrays of Arrow and loaders as variables: what they share, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from torch.utils.data import DataLoader, TensorDataset

from jupyter_mvt.capture import arrowruns, arrowtexts, pandasparts, polarcodes
from jupyter_mvt.capture.arrowparts import freeze_table
from jupyter_mvt.capture.variables import frames
from jupyter_mvt.capture.variables.kept import take_variables
from jupyter_mvt.capture.variables.objects import freeze_objects, restore_objects
from jupyter_mvt.capture.variables.tables import table_state
from jupyter_mvt.errors import CorruptionError, RestoreError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.manifest import Entry


def stored(frozen):
    """Return the entries of a bundle and how they are read, without a repository."""
    content = {part.path: bytes(part.read()) for part in frozen.bundle.parts}
    entries = {
        part.path: Entry(path=part.path, dtype=part.dtype, shape=part.shape, nbytes=part.nbytes,
                         chunks=[])
        for part in frozen.bundle.parts
    }  # fmt: skip
    return entries, lambda entry: memoryview(content[entry.path])


def back(**values):
    frozen = freeze_objects(values)
    assert frozen.state_kind == "declarative"
    return restore_objects(frozen.state, *stored(frozen))


def test_a_loader_goes_on_where_it_was_with_the_data_beside_it():
    data = TensorDataset(torch.arange(8.0))
    loader = DataLoader(data, 3, shuffle=True, generator=torch.Generator().manual_seed(1))
    list(loader)
    found = back(loader=loader, data=data)
    assert found["loader"].dataset is found["data"]
    assert found["loader"].batch_sampler.sampler is found["loader"].sampler
    assert found["loader"].generator is found["loader"].sampler.generator
    for _ in range(2):
        for (one,), (other,) in zip(loader, found["loader"], strict=True):
            assert one.tolist() == other.tolist()
    with pytest.raises(ValueError, match="batch_size"):
        found["loader"].batch_size = 7  # as torch has it of a loader that is made


def test_a_loader_that_waits_for_another_round_is_kept_without_its_workers():
    loader = DataLoader([1, 2], num_workers=1, persistent_workers=True)
    loader._iterator = object()
    assert back(loader=loader)["loader"]._iterator is None


def test_a_loader_of_a_function_from_a_cell_is_a_flagged_pickle():
    drafts, notes = take_variables({"v": DataLoader([1], collate_fn=lambda rows: rows)}, ["v"])
    assert [draft.state_kind for draft in drafts] == ["pickle"]
    assert notes[0].text == (
        "a torch.utils.data.dataloader.DataLoader is kept as a pickle: restoring it runs code"
    )


@pytest.mark.parametrize("workers", [10**6, -1, True, "4"])
def test_a_loader_of_senseless_workers_is_refused(workers):
    loader = DataLoader([1])
    loader.num_workers = workers
    frozen = freeze_objects({"v": loader})
    with pytest.raises(CorruptionError, match="number of workers"):
        restore_objects(frozen.state, *stored(frozen))


def test_names_of_one_frame_are_one_frame_and_share_nothing_with_its_array():
    cells = np.zeros((2, 2))
    frame = pd.DataFrame(cells, copy=False)
    found = back(a=frame, b=[frame], cells=cells)
    assert found["a"] is found["b"][0]
    found["cells"][0, 0] = 5
    assert found["a"].iloc[0, 0] == 0


def test_times_that_repeat_evenly_still_say_so():
    series = pd.Series([1, 2], pd.date_range("2024", periods=2, freq="MS"))
    drafts, notes = take_variables({"v": series}, ["v"])
    assert (drafts[0].state_kind, notes) == ("declarative", ())
    assert decode(drafts[0].state)["freq"] == "MS"


@pytest.mark.parametrize("name", [1, ("a", 2), 1.5])
def test_labels_of_rows_keep_a_name_that_is_no_text(name):
    frame = pd.DataFrame({"n": [1.0, 2.0]})
    levels = pd.MultiIndex.from_product([["a"], [1, 2]], names=["x", name])
    for index in (pd.Index([3, 1], name=name), levels, pd.RangeIndex(2, name=name)):
        found = back(frame=frame.set_axis(index), series=frame["n"].set_axis(index))
        assert found["frame"].index.names == found["series"].index.names == index.names
        pd.testing.assert_index_equal(found["frame"].index, index, exact=True)


def test_a_plan_of_reading_is_skipped_with_the_reason():
    drafts, notes = take_variables({"lazy": pl.DataFrame({"a": [1]}).lazy()}, ["lazy"])
    assert drafts == ()
    assert [(note.kind, note.about, note.text) for note in notes] == [
        ("skipped", "lazy",
         "lazy is a plan of reading and holds no data yet; keep what it gives: "
         "data = lazy.collect()")
    ]  # fmt: skip


def test_objects_of_polars_are_never_kept_as_their_addresses():
    held = [{1, 2}, None]
    frame = pl.DataFrame({"n": [1, 2], "o": pl.Series(held, dtype=pl.Object)})
    found = back(frame=frame, held=held)
    assert found["frame"]["o"].to_list() == held
    assert found["frame"]["o"].dtype == pl.Object
    drafts, _ = take_variables({"v": pl.Series("o", [lambda: 1], dtype=pl.Object)}, ["v"])
    assert all(draft.state_kind == "pickle" for draft in drafts)


def test_groups_and_windows_are_of_the_frame_beside_them():
    frame = pd.DataFrame({"k": ["a", "b", "a"], "n": [1.0, 2, 3]})
    found = back(frame=frame, groups=frame.groupby("k"), window=frame[["n"]].rolling(2))
    assert found["groups"].obj is found["frame"]
    assert found["groups"].sum().n.tolist() == [4, 2]


def refusals(frozen):
    """Put wrong words into every place of a state; count what is refused by our own errors."""
    entries, read = stored(frozen)
    state = decode(frozen.state)
    refused = 0
    for number, node in enumerate(state["nodes"]):
        for place in range(1, len(node)):
            for wrong in (None, -1, [], "no", [10**6], {}):
                changed = [list(one) for one in state["nodes"]]
                changed[number][place] = wrong
                try:
                    restore_objects(encode({**state, "nodes": changed}), entries, read)
                except (RestoreError, CorruptionError):
                    refused += 1
    return refused


@pytest.mark.parametrize("kind", ["groups", "window", "step", "schema", "wide"])
def test_forged_words_of_what_is_computed_are_refused(kind):
    frame = pd.DataFrame({"k": ["a", "b"], "n": [1.0, 2]})
    value = {"groups": lambda: frame.groupby("k"), "window": lambda: frame.rolling(2),
             "step": lambda: pd.offsets.MonthEnd(2), "schema": lambda: pl.Schema({"a": pl.Int8}),
             "wide": lambda: pl.Series([1], dtype=pl.Int128)}[kind]()  # fmt: skip
    frozen = freeze_objects({"v": value})
    assert refusals(frozen) > 3


def test_groups_that_a_function_chooses_stay_a_flagged_pickle():
    groups = pd.DataFrame({"n": [1.0, 2]}).groupby(lambda row: row % 2)
    drafts, _ = take_variables({"v": groups}, ["v"])
    assert [draft.state_kind for draft in drafts] == ["pickle"]


FRAME = pd.DataFrame({"t": ["x", None], "o": [[1], {"k": 1}]})


def test_parts_that_do_not_fit_are_refused_by_our_own_errors_only():
    frozen = freeze_objects({"v": FRAME, "array": pd.array([1, None]), "arrow": pa.array(["a"])})
    assert refusals(frozen) > 100


def test_a_part_of_another_size_is_refused():
    frozen = freeze_objects({"v": pa.array([1, 2])})
    entries, read = stored(frozen)
    short = {path: replace(entry, shape=(1,), nbytes=8) for path, entry in entries.items()}
    with pytest.raises(CorruptionError, match="has not its size"):
        restore_objects(frozen.state, short, read)


GAPS = st.lists(st.sampled_from(["", "a", "ü€", None, float("nan")]), max_size=30)


def objects(values):
    return np.array([*values, None], object)[:-1]


@pytest.mark.parametrize("before", [False, True])
@settings(deadline=None)
@given(GAPS, st.integers(1, 9))
def test_what_is_missing_in_text_is_missing_as_it_was(before, values, rows):
    frame = pd.DataFrame({"n": np.arange(len(values)), "t": pd.Series(objects(values), dtype="O")})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrowtexts, "_AT_ONCE", rows)
        if before:  # as a graph of objects, which versions made before hold
            patch.setattr(frames, "is_texts", lambda values: False)
        frozen = freeze_objects({"v": frame, "s": frame["t"]})
    found = restore_objects(frozen.state, *stored(frozen))
    pd.testing.assert_frame_equal(found["v"], frame)
    for again in (found["v"]["t"], found["s"]):
        assert [repr(item) for item in again] == [repr(item) for item in values]


TEXTS = [("python", pd.NA), ("python", np.nan), ("pyarrow", pd.NA), ("pyarrow", np.nan)]


@pytest.mark.parametrize(("storage", "missing"), TEXTS)
@pytest.mark.parametrize("default", ["python", "pyarrow"])
@settings(deadline=None, max_examples=10)
@given(GAPS, st.integers(1, 9))
def test_text_that_pandas_knows_as_such_comes_back(default, storage, missing, values, rows):
    # By the default that the session has, pandas makes what Arrow said to be text.
    with pd.option_context("mode.string_storage", default), pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrowtexts, "_AT_ONCE", rows)
        text = pd.array(objects(values), dtype=pd.StringDtype(storage, na_value=missing))
        numbers = np.arange(len(values))
        frame = pd.DataFrame({"t": text, "n": numbers, "u": text[::-1], "m": numbers})
        frame.attrs = {"of": "x"}
        wide = frame.copy()
        wide.columns = pd.MultiIndex.from_product([["x", "y"], ["y", "z"]])
        series = pd.Series(text, name=1)
        found = back(frame=frame, wide=wide, series=series, array=text)
    for name, again in (("frame", frame), ("wide", wide)):
        pd.testing.assert_frame_equal(found[name], again)
        assert found[name].attrs == again.attrs
    pd.testing.assert_series_equal(found["series"], series)
    assert found["array"].dtype == text.dtype
    for again in (found["array"], found["frame"]["u"][::-1], found["series"]):
        assert [repr(item) for item in again] == [repr(item) for item in text]


def test_more_columns_of_text_than_pandas_likes_apart_come_back():
    columns = {f"c{number}": ["a", None] for number in range(pandasparts.MOST_OWN + 1)}
    with pd.option_context("mode.string_storage", "python"):
        frame = pd.DataFrame(columns, dtype="string")
        pd.testing.assert_frame_equal(back(v=frame)["v"], frame)


def cell(values):
    """Return what is frozen of a column of objects, its state, and how its text is told there."""
    frozen = freeze_objects({"v": pd.Series(objects(values), dtype="O")})
    state = decode(frozen.state)
    (node,) = [node for node in state["nodes"] if node[0] == "pandas series"]
    return frozen, state, node[2]


def test_how_missing_text_is_told():
    nan = float("nan")
    told = {"none": ["a", None], "nan": ["a", nan], "both": ["a", nan, None]}
    assert {name: cell(values)[2][3:] for name, values in told.items()} == {
        "none": [], "nan": [True], "both": ["column.0.nan"]
    }  # fmt: skip
    for values in ([1.5, "a"], [nan, pd.NA], [nan, "a", b"b"], [np.float64("nan"), "a"]):
        assert type(cell(values)[2][0]) is int  # a graph


@pytest.mark.parametrize("forged", ["nowhere", "column.0", "column.0.valid"])
def test_forged_words_of_missing_text_are_refused(forged):
    frozen, state, told = cell(["a", float("nan"), None])
    told[3] = forged
    with pytest.raises(CorruptionError, match="not sound"):
        restore_objects(encode(state), *stored(frozen))


def test_bits_of_missing_text_are_as_many_as_rows():
    frozen, _, _ = cell(["a", float("nan"), None])
    entries, read = stored(frozen)
    (path,) = [path for path in entries if path.endswith(".nan")]

    def other(entry):
        return memoryview(b"\2\0") if entry.path == path else read(entry)

    with pytest.raises(CorruptionError, match="are not as many as"):
        restore_objects(frozen.state, entries, other)


NUMBERS = st.lists(st.sampled_from([0, 1, None, float("nan")]), max_size=40)


@pytest.mark.parametrize("dtype", ["Int8", "UInt64", "Float32", "Float64", "boolean"])
@settings(deadline=None)
@given(NUMBERS, st.sampled_from([1, 99]), st.integers(1, 2))
def test_numbers_that_may_be_missing_come_back(dtype, values, most, step):
    missing = np.array([value is None for value in values], bool)
    made = np.array([value or 0 for value in values])
    kind = pd.api.types.pandas_dtype(dtype)
    plain = (made if kind.kind == "f" else np.nan_to_num(made)).astype(kind.numpy_dtype)
    column = kind.construct_array_type()(plain, missing)  # a Float64 may hold NaN as well
    frame = pd.DataFrame({"a": column, "n": np.arange(len(values)), "again": column})[::step]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pandasparts, "MOST_OWN", most)
        patch.setattr(pandasparts, "_AT_ONCE", 8)
        patch.setattr(arrowruns, "_AT_ONCE", 16)
        found = back(v=frame, s=frame["a"])
    pd.testing.assert_frame_equal(found["v"], frame)
    for again in (found["v"]["a"], found["v"]["again"], found["s"]):
        assert [repr(item) for item in again] == [repr(item) for item in frame["a"]]
    if len(frame):
        found["v"].loc[0, "a"] = plain.dtype.type(
            1
        )  # memory that may be written to, and is of this column only
        assert (found["v"]["a"][0], repr(found["v"]["again"][0])) == (1, repr(frame["a"][0]))


@pytest.mark.parametrize("categories", [None, pl.Categories("few", physical=pl.UInt8)])
@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(["zz", "", "a", "ü", None])), st.integers(0, 5), st.integers(1, 9))
def test_categories_of_polars_are_kept_as_arrow_has_them(categories, values, start, rows):
    kind = pl.Categorical() if categories is None else pl.Categorical(categories)
    pl.Series(["ü", "b"], dtype=kind)  # which polars counts first
    series = pl.Series("c", values, dtype=kind)
    frame = pl.DataFrame([pl.concat([series, series[::-1], series[:1]]).slice(start)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polarcodes, "_AT_ONCE", rows)
        patch.setattr(arrowruns, "_AT_ONCE", 8)
        state, parts = table_state(frame)
        wanted, others = freeze_table(frame.to_arrow())
        assert state["table"] == wanted
        told = [(part.path, part.dtype, part.shape, bytes(part.read())) for part in parts]
        assert told == [(one.path, one.dtype, one.shape, bytes(one.read())) for one in others]
        found = back(v=frame, s=frame["c"])
    assert found["v"].schema == frame.schema
    assert found["v"]["c"].to_list() == found["s"].to_list() == frame["c"].to_list()


@pytest.mark.parametrize("kind", [
    pl.Categorical(), pl.Categorical(pl.Categories("odd", physical=pl.UInt16)),
    pl.Enum(["zz", "", "a", "ü", "unused"]), pl.Enum([]),
], ids=["shared", "own", "fixed", "none"])  # fmt: skip
@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(["zz", "", "a", "ü", None])), st.integers(1, 9), st.booleans())
def test_categories_come_back_as_polars_counts_them(kind, values, rows, alone):
    values = [None] * len(values) if kind == pl.Enum([]) else values
    pl.Series(["ü", "a"], dtype=pl.Categorical())  # which polars counts first
    series = pl.Series("c", values, dtype=kind)
    beside = {} if alone else {"t": pl.Series(values, dtype=pl.String), "d": series[::-1]}
    frame = pl.DataFrame({"c": series, **beside})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polarcodes, "_AT_ONCE", rows)
        found = back(v=frame, s=series)
    assert found["v"].schema == frame.schema
    assert found["s"].dtype == series.dtype
    assert found["v"].equals(frame)
    assert found["s"].to_physical().to_list() == series.to_physical().to_list()
    assert pl.concat([found["s"], series]).to_list() == values * 2


KNOWN = [["b", "a"], [2, 1], [0.5, -1.0], pd.to_datetime(["2024", "1999"]), list(range(200))]


@pytest.mark.parametrize("known", KNOWN, ids=["texts", "numbers", "floats", "times", "many"])
@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(-1, 1), max_size=40), st.booleans(), st.integers(1, 2))
def test_long_columns_of_categories_come_back(known, codes, ordered, step):
    column = pd.Categorical.from_codes(np.array(codes, int), known, ordered=ordered)
    frame = pd.DataFrame({"a": column, "n": np.arange(len(codes)), "again": column})[::step]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pandasparts, "_OWN", 0)
        patch.setattr(pandasparts, "_AT_ONCE", 8)
        patch.setattr(arrowruns, "_AT_ONCE", 16)
        found = back(v=frame, s=frame["a"])
    pd.testing.assert_frame_equal(found["v"], frame)
    for again in (found["v"]["a"].array, found["v"]["again"].array, found["s"].array):
        assert (again.codes.tolist(), again.codes.dtype) == (codes[::step], column.codes.dtype)
        assert (list(again.categories), again.ordered) == (list(known), ordered)
    if len(frame):
        found["v"].loc[0, "a"] = known[1]  # memory of this column only
        assert found["v"]["again"].array.codes.tolist() == codes[::step]
