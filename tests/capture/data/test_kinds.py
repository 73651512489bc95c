"""Datasets of every kind: files, holders of data, samples, and what cannot be read."""

from __future__ import annotations

import os
import random
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.capture.data.fingerprint import describe, notes_about
from jupyter_mvt.capture.data.kind import KINDS, Table, is_dataset, stamp_of
from jupyter_mvt.capture.data.kinds import files as files_module
from jupyter_mvt.capture.data.kinds.files import gather
from jupyter_mvt.capture.data.kinds.numpy import from_array
from jupyter_mvt.capture.inputs import find_datasets, given_datasets
from jupyter_mvt.errors import CaptureError

FRAME = pd.DataFrame(
    {
        "n": [1, 2, 3],
        "x": [0.5, np.nan, 2.5],
        "word": ["a", None, "c"],
        "day": pd.to_datetime(["2026-01-01", "2026-01-02", None]),
        "flag": [True, False, True],
    }
)


def read(obj):
    return describe(obj, "x")


def oid(obj):
    return read(obj).id


def sources(data, **namespace):
    return [(s.var, s.role, s.arg_of) for s in given_datasets(data, namespace)]


def code(error):
    return error.value.code


@pytest.fixture
def settled(monkeypatch):
    """Let files count as written long ago."""
    monkeypatch.setattr(files_module, "_SETTLED_US", -(10**12))


# --- files ---------------------------------------------------------------------------------


def test_the_same_table_has_one_id_wherever_it_is(tmp_path):
    FRAME.to_parquet(tmp_path / "pandas.parquet")
    pl.from_pandas(FRAME).write_parquet(tmp_path / "polars.parquet")
    FRAME.to_feather(tmp_path / "x.feather")
    found = {oid(FRAME), oid(pl.from_pandas(FRAME)), oid(pa.Table.from_pandas(FRAME))}
    found |= {oid(gather(path)) for path in tmp_path.iterdir()}
    assert len(found) == 1


@pytest.mark.parametrize(
    "frame",
    [
        FRAME.set_index("word"),
        FRAME.iloc[1:],
        FRAME.iloc[[2, 0]],
        FRAME.set_index(["n", "word"]),
        FRAME.rename_axis("row"),
        FRAME.set_index(pd.Index([7, 8, 9])),
    ],
    ids=["named", "cut", "reordered", "levels", "named-numbering", "numbers"],
)
def test_a_parquet_file_of_pandas_has_the_id_of_the_frame_with_its_index(tmp_path, frame):
    frame.to_parquet(tmp_path / "f.parquet")
    assert oid(gather(tmp_path / "f.parquet")) == oid(frame)
    assert oid(pd.read_parquet(tmp_path / "f.parquet")) == oid(frame)


def test_parts_of_a_table_are_read_in_order_of_their_names(tmp_path):
    for i in (1, 0):
        FRAME.assign(n=FRAME.n + 3 * i).to_parquet(tmp_path / f"part-{i}.parquet")
    whole = pd.concat([FRAME, FRAME.assign(n=FRAME.n + 3)], ignore_index=True)
    parts = sorted(tmp_path.iterdir())
    ways = [tmp_path, str(tmp_path / "*.parquet"), list(reversed(parts)), [str(p) for p in parts]]
    assert {oid(gather(way)) for way in ways} == {oid(whole)}


def test_folders_that_say_a_value_add_a_column(tmp_path):
    pq.write_to_dataset(pa.table({"x": [1, 2, 3], "year": [5, 5, 6]}), tmp_path, ["year"])
    draft = read(gather(tmp_path))
    assert (draft.rows, [c.name for c in draft.schema.columns]) == (3, ["x", "year"])


def test_csv_has_the_id_that_arrow_types_give_it(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1,x,2026-01-01\n2,,\n")
    draft = read(gather(path))
    assert [(c.name, c.type) for c in draft.schema.columns] == [
        ("a", "int64"), ("b", "string"), ("c", "string")]  # fmt: skip
    assert draft.id == oid(pl.read_csv(path)) == oid(pd.read_csv(path))
    (tmp_path / "t.tsv").write_text("a\tb\tc\n1\tx\t2026-01-01\n2\t\t\n")
    assert oid(gather(tmp_path / "t.tsv")) == draft.id


def test_numpy_files_have_the_id_of_their_array(tmp_path):
    values = np.arange(12.0).reshape(4, 3)
    np.save(tmp_path / "a.npy", values)
    np.savez(tmp_path / "b.npz", X=values, y=values[:, 0])
    assert oid(gather(tmp_path / "a.npy")) == oid(values)
    assert oid(gather(tmp_path / "b.npz")) == oid({"X": values, "y": values[:, 0]})


def test_a_folder_of_anything_is_a_table_of_its_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_bytes(b"one")
    (tmp_path / "2.png").write_bytes(b"two")
    (tmp_path / ".hidden").write_bytes(b"no")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "x").write_bytes(b"no")
    draft = read(gather(tmp_path))
    assert (draft.kind, draft.rows, draft.nbytes, draft.source) == ("files", 2, 6, str(tmp_path))
    assert [c.name for c in draft.schema.columns] == ["file", "bytes", "content"]
    (tmp_path / "2.png").write_bytes(b"twO")
    after = read(gather(tmp_path))
    same = [a.digest == b.digest for a, b in zip(draft.schema.columns, after.schema.columns)]  # noqa: B905
    assert same == [True, True, False]


@pytest.mark.parametrize("name", ["t.parquet", "t.feather", "t.csv.gz", "t.npy", "t.npz"])
def test_a_file_that_is_not_what_its_name_says_is_known_by_its_bytes(tmp_path, name):
    (tmp_path / name).write_bytes(b"no such thing")
    assert read(gather(tmp_path / name)).kind == "files"


def test_an_unchanged_file_is_not_read_again_and_a_changed_one_is(tmp_path, settled, monkeypatch):
    path = tmp_path / "t.parquet"
    FRAME.to_parquet(path)
    first = describe(gather(path), "a", "train")
    with monkeypatch.context() as patch:
        patch.setattr(files_module.formats, "read", lambda *args: pytest.fail("read again"))
        again = describe(gather(path), "b", "test", arg_of="clf.fit")
    assert (again.id, again.var, again.role, again.arg_of) == (first.id, "b", "test", "clf.fit")
    kept = path.stat()
    FRAME.assign(n=[1, 2, 4]).to_parquet(path)
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert describe(gather(path), "a").id != first.id


def test_a_file_just_written_has_no_stamp(tmp_path):
    FRAME.to_parquet(tmp_path / "t.parquet")
    assert stamp_of(gather(tmp_path / "t.parquet")) == ""


def test_there_is_no_such_file(tmp_path):
    for way in (tmp_path / "no.csv", str(tmp_path / "*.csv"), "some words"):
        with pytest.raises(CaptureError) as error:
            gather(way)
        assert code(error) == "no-such-file"


def test_paths_are_given_as_data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    FRAME.to_parquet("train.parquet")
    FRAME.to_csv("test.csv", index=False)
    assert sources("train.parquet") == [("train.parquet", "train", "")]
    assert sources({"train": tmp_path / "train.parquet", "test": "test.csv"}) == [
        ("train", "train", ""),
        ("test", "test", ""),
    ]
    # A list of words is a list of words.
    assert given_datasets({"train": ["train.parquet", "other"]}, {})[0].obj[1] == "other"


# --- holders -------------------------------------------------------------------------------


def test_a_bunch_is_its_features_and_target():
    datasets = pytest.importorskip("sklearn.datasets")
    iris = datasets.load_iris()
    assert sources(iris, iris=iris) == [
        ("iris.data", "train", ""),
        ("iris.target", "train-target", ""),
    ]
    assert read(iris).rows == 150


def test_streams_are_refused_in_words():
    with pytest.raises(CaptureError) as error:
        describe((i for i in range(3)), "x")
    assert code(error) == "one-pass-data"
    assert error.value.message == (
        "A generator can be read only once: a look would take it from you."
    )
    with pytest.raises(CaptureError) as error:
        describe(pl.LazyFrame({"a": [1]}), "x")
    assert error.value.hint == "frame = lazy.collect()"


def log_of(*cells, **namespace):
    log = CellLog()
    for text in cells:
        info = SimpleNamespace(raw_cell=text, cell_id="", silent=False)
        log.before_cell(info, {})
        log.after_cell(SimpleNamespace(info=info, success=True), namespace)
    return log


def found(model, log, namespace):
    candidate = SimpleNamespace(name=model, changed=0, trained=(0, 0))
    return [(s.var, s.role, s.arg_of) for s in find_datasets(namespace, candidate, log)[0]]


@pytest.mark.frameworks
def test_a_dmatrix_is_traced_to_the_frames_it_was_made_of():
    xgb = pytest.importorskip("xgboost")
    X, y = pd.DataFrame({"a": [1.0, 2, 3]}), np.array([0.0, 1, 0])
    names = {"xgb": xgb, "X": X, "y": y, "dtrain": xgb.DMatrix(X, label=y)}
    make, train = "dtrain = xgb.DMatrix(X, label=y)", "bst = xgb.train({}, dtrain)"
    assert found("bst", log_of("X = 1; y = 2", make, train), names) == [
        ("X", "train", "xgb.train"),
        ("y", "train-target", "xgb.train"),
    ]
    # The name was bound anew since: the matrix is the witness.
    assert found("bst", log_of("X = 1", make, "X = 2", train), names) == [
        ("dtrain", "train", "xgb.train")
    ]
    draft = describe(names["dtrain"], "dtrain")
    assert (draft.rows, [c.name for c in draft.schema.columns]) == (3, ["data", "label"])
    assert draft.id != oid(xgb.DMatrix(X + 1, label=y))


@pytest.mark.frameworks
def test_a_lightgbm_dataset_is_its_frames_while_it_has_them():
    lgb = pytest.importorskip("lightgbm")
    X, y = pd.DataFrame({"a": np.arange(50.0)}), np.arange(50) % 2
    dataset = lgb.Dataset(X, label=y, free_raw_data=False)
    assert sources(dataset, X=X, y=y) == [("X", "train", ""), ("y", "train-target", "")]
    freed = lgb.Dataset(X, label=y).construct()
    draft = describe(freed, "freed")
    assert draft.digest_kind == "sampled"
    assert [note.text for note in notes_about(draft)] == [
        "the features were freed by the library: the id covers label and weights only"
    ]


def test_held_out_data_in_a_list_has_its_role():
    names = {"X": np.ones(3), "y": np.ones(3), "A": np.ones(2), "b_y": np.ones(2)}
    log = log_of("clf.fit(X, y, eval_set=[(A, b_y)])")
    assert found("clf", log, names) == [
        ("X", "train", "clf.fit"),
        ("y", "train-target", "clf.fit"),
        ("A", "val", "clf.fit"),
        ("b_y", "val-target", "clf.fit"),
    ]


@pytest.mark.frameworks
def test_hugging_face_datasets_are_arrow_tables():
    hf = pytest.importorskip("datasets")
    rows = {"text": ["a", "b", "c"], "n": [1, 2, 3]}
    whole = hf.Dataset.from_dict(rows)
    assert oid(whole) == oid(pa.table(rows)) == oid(pd.DataFrame(rows))
    assert oid(whole.select([2, 0])) == oid(pa.table(rows).take([2, 0]))
    splits = hf.DatasetDict(train=whole, test=whole.select([0]))
    assert sources(splits, ds=splits) == [("ds.train", "train", ""), ("ds.test", "test", "")]
    with pytest.raises(CaptureError) as error:
        describe(whole.to_iterable_dataset(), "stream")
    assert code(error) == "one-pass-data"


# --- torch ---------------------------------------------------------------------------------


@pytest.fixture
def data():
    return pytest.importorskip("torch").utils.data


def test_parts_of_tensor_datasets_have_the_id_of_their_rows(data):
    torch = sys.modules["torch"]
    x, y = torch.arange(20.0).reshape(10, 2), torch.arange(10)
    whole = data.TensorDataset(x, y)
    rows = [7, 1, 4]
    chosen = data.TensorDataset(x[rows], y[rows])
    assert oid(data.Subset(whole, rows)) == oid(chosen)
    assert oid(data.Subset(data.Subset(whole, [0, 7, 1, 4]), [1, 2, 3])) == oid(chosen)
    assert oid(data.ConcatDataset([whole, chosen])) == oid(
        data.TensorDataset(torch.cat([x, x[rows]]), torch.cat([y, y[rows]]))
    )
    a, b = data.random_split(whole, [6, 4], torch.Generator().manual_seed(1))
    assert (read(a).rows, read(b).rows, read(a).digest_kind) == (6, 4, "full")
    assert oid(data.DataLoader(a, batch_size=2)) == oid(a)


def test_other_datasets_are_sampled_and_say_so(data):
    torch = sys.modules["torch"]

    class Pictures(data.Dataset):
        def __init__(self, shift=0):
            self.labels = [i % 3 for i in range(1000)]
            self.shift = shift

        def __len__(self):
            return 1000

        def __getitem__(self, i):
            noise = torch.rand(2) + np.random.rand() + random.random()
            return noise + i + self.shift, self.labels[i]

    before = (torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate())
    draft = read(Pictures())
    assert draft.id == oid(data.DataLoader(Pictures())) != oid(Pictures(1))
    assert (draft.rows, draft.digest_kind) == (1000, "sampled")
    assert [note.text for note in notes_about(draft)] == ["256 of 1,000 items were read, not all"]
    assert torch.equal(before[0], torch.get_rng_state())
    assert (before[1] == np.random.get_state()[1]).all()
    assert before[2] == random.getstate()
    changed = Pictures()
    changed.labels[501] = 7
    assert oid(changed) != draft.id


def test_streams_and_broken_datasets_of_torch_are_refused(data):
    class Stream(data.IterableDataset):
        def __iter__(self):
            return iter([1])

    class Broken(data.Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, i):
            raise OSError("gone")

    for dataset, expected in ((Stream(), "one-pass-data"), (Broken(), "unreadable-data")):
        with pytest.raises(CaptureError) as error:
            describe(data.DataLoader(dataset), "loader")
        assert code(error) == expected


# --- the door for others -------------------------------------------------------------------


def test_others_add_a_kind(monkeypatch):
    class Frame:
        __module__ = "theirs.deep"
        values = np.arange(3.0)

    class Kind:
        name = "theirs"
        match = ("theirs.Frame",)

        def table(self, obj) -> Table:
            return from_array(obj.values, "theirs")

    assert not is_dataset(Frame())
    with monkeypatch.context() as patch:
        patch.setattr(KINDS, "_entries", dict(KINDS._entries))
        KINDS.register("theirs", Kind())
        assert (read(Frame()).kind, oid(Frame())) == ("theirs", oid(Frame.values))
    assert not is_dataset(Frame())


@pytest.mark.frameworks
@pytest.mark.parametrize("kind", ["bfloat16", "float8_e4m3fn", "int4", "uint4"])
def test_numbers_that_numpy_lacks_are_those_it_has(kind):
    jax = pytest.importorskip("jax")
    wider = "float32" if "float" in kind else "uint8" if kind == "uint4" else "int8"
    rows = np.array([[0, 1], [2, 3]])
    assert oid(jax.numpy.asarray(rows, kind)) == oid(rows.astype(wider))


@pytest.mark.frameworks
def test_an_array_that_was_given_away_says_so():
    jax = pytest.importorskip("jax")
    gone = jax.numpy.ones((2, 2))
    gone.delete()
    with pytest.raises(CaptureError, match="deleted") as error:
        read(gone)
    assert code(error) == "unreadable-data"


@pytest.mark.frameworks
def test_the_key_of_a_random_generator_is_no_data():
    jax = pytest.importorskip("jax")
    assert not is_dataset(jax.random.key(0))
