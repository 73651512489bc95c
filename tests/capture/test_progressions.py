"""Labels of rows kept as stretches of their numbers come back as they were; forged ones do not."""

from __future__ import annotations

import copy
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from jupyter_mvt.capture import progressions
from jupyter_mvt.capture.arrowparts import restore_table
from jupyter_mvt.capture.pandasparts import freeze_frame
from jupyter_mvt.capture.pickling import freeze_pickled, restore_pickled
from jupyter_mvt.capture.progressions import numbers_of, progressions_of
from jupyter_mvt.capture.variables.objects import freeze_objects, restore_objects
from jupyter_mvt.errors import CorruptionError, RestoreError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.manifest import Entry
from jupyter_mvt.testing.adapters import identity, thaw

DTYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
WIDE = ["int64", "uint64"]


@st.composite
def labels(draw, dtypes=DTYPES, fewest=1):
    """Draw numbers of any type, most of them in stretches: rows that were dropped, or repeat."""
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    known = np.iinfo(dtype)
    ends = st.sampled_from([known.min, known.max, 0])
    first = st.one_of(ends, st.integers(int(known.min), int(known.max)))
    steps = st.one_of(st.integers(-3, 3), st.integers(-(1 << 63), (1 << 63) - 1))
    pieces = draw(
        st.lists(st.tuples(first, steps, st.integers(fewest, 30)), min_size=fewest > 1, max_size=6)
    )
    modulo = 1 << (8 * dtype.itemsize)
    numbers = [
        (begin + step * i - int(known.min)) % modulo + int(known.min)
        for begin, step, count in pieces
        for i in range(count)
    ]
    return np.array(numbers, dtype), len(pieces)


@contextmanager
def made_small():
    """Let also a few numbers be told by their stretches, and looked at a few at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progressions, "_LEAST", 0)
        patch.setattr(progressions, "_AT_ONCE", 7)
        yield patch


@pytest.fixture
def small():
    with made_small():
        yield


@settings(deadline=None, max_examples=300)
@given(labels(), st.integers(1, 2))
def test_numbers_are_told_exactly_or_not_at_all(drawn, step):
    values = drawn[0][::step]
    with made_small():
        found = progressions_of(values)
        if found is not None:
            again = numbers_of(found.runs, values.dtype, len(found))
            assert (again.dtype, again.tolist()) == (values.dtype, values.tolist())
            assert 2 * found.runs.nbytes <= values.nbytes


@settings(deadline=None, max_examples=200)
@given(labels(WIDE, fewest=3))
def test_there_are_no_more_stretches_than_were_put_together(drawn):
    values, pieces = drawn
    with made_small():
        found = progressions_of(values)
    if found is None:
        assert 2 * 24 * pieces > values.nbytes
    else:
        assert len(found.runs) <= pieces


def test_few_bytes_and_many_stretches_are_kept_as_numbers():
    rows = 8 << 10
    assert progressions_of(np.arange(rows)) is not None
    assert progressions_of(np.arange(rows - 1)) is None
    assert progressions_of(np.random.default_rng(0).permutation(rows)) is None
    assert progressions_of(np.arange(rows) / 1) is None
    assert progressions_of(np.arange(rows, dtype=">i8")) is None
    chosen = np.flatnonzero(np.random.default_rng(0).random(rows * 2) < 0.9)
    assert progressions_of(chosen).runs.nbytes <= 0.35 * chosen.nbytes
    assert progressions_of(np.flatnonzero(np.random.default_rng(0).random(rows * 4) < 0.5)) is None


WRONG = {
    "none at all": [],
    "too few": [[0, 1, 11]],
    "too many": [[0, 1, 13]],
    "fewer than one": [[0, 1, 13], [0, 1, -1]],
    "an empty one": [[0, 1, 12], [0, 1, 0]],
    "round to the right sum": [[0, 1, (1 << 63) - 1]] * 2 + [[0, 1, 14]],
    "beyond their type": [[120, 1, 12]],
    "below their type": [[-128, -1, 12]],
}


@pytest.mark.parametrize("name", WRONG)
def test_stretches_that_do_not_fit_are_refused(name):
    assert numbers_of(np.array([[3, -2, 12]]), np.dtype("int8"), 12).tolist() == [
        *range(3, -21, -2)
    ]
    runs = np.array(WRONG[name], np.int64).reshape(-1, 3)
    with pytest.raises(ValueError, match=r"stretches|out of the range"):
        numbers_of(runs, np.dtype("int8"), 12)


@pytest.mark.parametrize(
    "runs", [None, [[0, 1, 12]], np.array(12), np.array([0, 1, 12]), np.array([[0, 1, 12, 1]]),
             np.array([[0.0, 1.0, 12.0]]), np.array([[0, 1, 12]], np.uint64)],
    ids=["nothing", "a list", "a number", "flat", "wide", "floats", "no signs"],
)  # fmt: skip
def test_what_is_no_table_of_stretches_is_refused(runs):
    with pytest.raises(ValueError, match="malformed"):
        numbers_of(runs, np.dtype("int64"), 12)
    with pytest.raises(ValueError, match="not of integers"):
        numbers_of(np.array([[0, 1, 12]]), np.dtype("float64"), 12)


# --- where pandas has them -------------------------------------------------------------------


def restored(values):
    """Return variables after they were kept as data, and what their state says."""
    frozen = freeze_objects(values)
    assert frozen.state_kind == "declarative"
    assert identity(freeze_objects(values)) == identity(frozen)
    kept = thaw(frozen)
    found = restore_objects(kept.state, kept.entries, kept.read, kept.pieces)
    return found, frozen.state


def unpickled(values):
    frozen = freeze_pickled(values, ())
    return restore_pickled(thaw(frozen, trusted=True)), frozen.state


ROWS = st.lists(st.tuples(st.integers(-99, 99), st.integers(-2, 3), st.integers(1, 40)), max_size=4)
TOLD = {
    "numbers": lambda rows: pd.DataFrame({"a": np.arange(rows) / 2, "b": 1}),
    "text": lambda rows: pd.DataFrame({"a": pd.array(["x"] * rows, dtype="string[python]")}),
    "categories": lambda rows: pd.DataFrame({"a": pd.Categorical(["x"] * rows)}),
    "arrow": lambda rows: pd.DataFrame({"a": pd.array(["x"] * rows, dtype="str")}),
    "anything": lambda rows: pd.DataFrame({"a": np.array([None, *[[1]] * rows], object)[1:]}),
    "twins": lambda rows: pd.DataFrame(np.ones((rows, 2)), columns=["a", "a"]),
}


@pytest.mark.parametrize("before", [False, True], ids=["now", "before"])
@pytest.mark.parametrize("way", [restored, unpickled])
@pytest.mark.parametrize("kind", TOLD)
@settings(deadline=None, max_examples=25)
@given(ROWS, st.sampled_from(["int64", "int32", "uint64", "int16"]), st.sampled_from([None, "a"]))
def test_labels_of_frames_come_back(kind, way, before, pieces, dtype, name):
    numbers = [first + step * i for first, step, count in pieces for i in range(count)]
    index = pd.Index(np.array(numbers, np.int64).astype(dtype), name=name)
    # What is text by the default of the session comes back through Arrow.
    text = pd.option_context("mode.string_storage", "python" if kind == "text" else "pyarrow")
    with text, made_small() as patch:
        if before:  # as numbers, which versions made before hold
            patch.setattr(progressions, "_LEAST", 1 << 40)
        frame = TOLD[kind](len(index)).set_axis(index)
        found, state = way({"frame": frame, "series": frame.iloc[:, 0]})
        told = progressions_of(index.to_numpy()) is not None
        pd.testing.assert_frame_equal(found["frame"], frame)
        pd.testing.assert_series_equal(found["series"], frame.iloc[:, 0])
    assert told == any(word in state for word in (b"progressions", b"make_labels"))
    assert not (told and before)
    for again in (found["frame"].index, found["series"].index):
        assert (type(again), again.dtype, again.name) == (pd.Index, index.dtype, name)
        assert again.tolist() == index.tolist()


@pytest.mark.usefixtures("small")
def test_levels_of_labels_come_back():
    index = pd.MultiIndex.from_product([[1, 2], range(40)], names=["a", None])
    frame = pd.DataFrame({"n": np.arange(80.0)}, index.sort_values(ascending=False))
    found, state = restored({"v": frame})
    assert b"progressions" in state
    pd.testing.assert_frame_equal(found["v"], frame)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("columns", [[], ["nothing"]])
def test_labels_beside_which_nothing_takes_room_are_kept_as_numbers(columns):
    none = pd.array([None] * 50, dtype=pd.ArrowDtype(pa.null()))
    frame = pd.DataFrame(dict.fromkeys(columns, none), index=pd.Index(np.arange(50)))
    found, state = restored({"v": frame})
    assert b"progressions" not in state
    pd.testing.assert_frame_equal(found["v"], frame)


# --- forged ----------------------------------------------------------------------------------


@pytest.fixture
def table(small):
    """Return a table with such labels: its description, its entries and their content."""
    frame = pd.DataFrame({"n": np.arange(60.0)}, pd.Index([*range(30), *range(40, 70)]))
    described, parts = freeze_frame(frame)
    content = {part.path: bytes(part.read()) for part in parts}
    entries = {part.path: Entry(path=part.path, dtype=part.dtype, shape=part.shape, chunks=(),
                                nbytes=part.nbytes) for part in parts}  # fmt: skip
    described = decode(encode(described))
    assert described["columns"][1] == ["progressions", 60, None, "column.1"]
    return described, entries, content


def read(described, entries, content):
    return restore_table(described, entries, lambda entry: memoryview(content[entry.path]))


@pytest.mark.parametrize(
    ("place", "wrong"),
    [(1, 59), (1, 1 << 39), (1, 60.0), (1, None), (2, "column.0"), (3, "column.0"), (3, "nowhere"),
     (3, None), (3, [])],
)  # fmt: skip
def test_forged_descriptions_are_refused(table, place, wrong):
    described, entries, content = table
    assert read(described, entries, content).column(1).to_pylist() == [*range(30), *range(40, 70)]
    described["columns"][1][place] = wrong
    with pytest.raises(CorruptionError, match=r"not sound|promised"):
        read(described, entries, content)


@pytest.mark.parametrize("rows", [61, 1 << 39])
def test_no_room_is_taken_for_rows_that_are_not_there(table, rows):
    described, entries, content = table
    content["column.1"] = np.array([[0, 1, rows]]).tobytes()
    entries["column.1"] = replace(entries["column.1"], shape=(1, 3), nbytes=24)
    with pytest.raises(CorruptionError, match="stretches of integers are not as long as the rows"):
        read(described, entries, content)
    forged = copy.deepcopy(described)
    forged["rows"] = forged["columns"][1][1] = rows
    with pytest.raises(CorruptionError, match="another length"):
        read(forged, entries, content)
    forged["columns"][0] = ["null", rows, None]  # which takes no room, however long
    with pytest.raises(CorruptionError, match="a column of double is described as 'null'"):
        read(forged, entries, content)
    alone = {"schema": forged["schema"], "rows": rows, "columns": forged["columns"][1:] * 2}
    with pytest.raises(CorruptionError, match="described as 'progressions'"):
        read(alone, entries, content)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", ["anything", "twins"])
def test_forged_words_in_a_graph_are_refused(kind):
    frame = TOLD[kind](60).set_axis(pd.Index([*range(30), *range(40, 70)]))
    for value in (frame, frame.iloc[:, 0].astype(object)):
        kept = thaw(freeze_objects({"v": value}))
        state = decode(kept.state)
        (at,) = [n for n, node in enumerate(state["nodes"]) if node[0].startswith("pandas ")]
        assert state["nodes"][at][1][0] == "progressions"
        for place, wrong in [
            (1, None), (1, [at]), (1, [10**6]), (1, "no"), (3, "int8x"), (3, "float64"), (3, 7),
            (3, ["int64"]), (3, "object"),
        ]:  # fmt: skip
            forged = copy.deepcopy(state)
            forged["nodes"][at][1][place] = wrong
            with pytest.raises((RestoreError, CorruptionError)):
                restore_objects(encode(forged), kept.entries, kept.read)


@pytest.mark.usefixtures("small")
def test_a_graph_takes_no_room_for_rows_that_are_not_there():
    labels = pd.Index(np.arange(60))
    kept = thaw(freeze_objects({"v": TOLD["anything"](60).set_axis(labels)}))
    state = decode(kept.state)
    told = np.array([[0, 1, 60]]).tobytes().hex()
    (runs,) = [node for node in state["nodes"] if told in node]
    runs[runs.index(told)] = np.array([[0, 1, 1 << 39]]).tobytes().hex()
    with pytest.raises(RestoreError, match="stretches of integers are not as long as the rows"):
        restore_objects(encode(state), kept.entries, kept.read)
