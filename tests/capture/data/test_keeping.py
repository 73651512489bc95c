"""Datasets kept whole come back as they were, and versions share what did not change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mvt as mvt
from jupyter_mvt.capture.data import keeping
from jupyter_mvt.capture.data.fingerprint import describe
from jupyter_mvt.capture.data.keeping import keep_data
from jupyter_mvt.capture.variables.tables import live_table
from jupyter_mvt.errors import CaptureError, CorruptionError, MvtError, NotFoundError
from jupyter_mvt.objects.encode import decode
from jupyter_mvt.objects.manifest import Entry

X = np.arange(8.0).reshape(4, 2)
MODEL = LinearRegression().fit(X, X[:, 0])
FRAME = pd.DataFrame(
    {
        "n": [1, 2, 3],
        "x": [0.5, np.nan, 2.5],
        "word": pd.array(["a", None, "ß"], dtype="str"),
        "day": pd.to_datetime(["2026-01-01", "2026-01-02", None]),
        "kind": pd.Categorical(["u", "v", "u"]),
    },
    index=[3, 1, 2],
)


@pytest.fixture
def repo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return mvt.init(".")


def kept(repo, data, **options):
    made = repo.commit(MODEL, data={"train": data}, store_data=True, allow_empty=True, **options)
    return repo[made.version.name].datasets["train"], made


@pytest.mark.parametrize(
    "data",
    [FRAME, FRAME.word, pl.from_pandas(FRAME), pa.table({"a": [[1], None]}), X,
     X.astype(np.float32)[:, 0], np.array(["a", "bcd"])],
    ids=["frame", "series", "polars", "arrow", "array", "vector", "words"],
)  # fmt: skip
def test_what_was_kept_is_what_was_given(repo, data):
    stored, _ = kept(repo, data)
    back = stored.load()
    assert type(back) is type(data)
    assert describe(back, "x").id == describe(data, "x").id == stored.info.id
    assert stored.stored


def test_files_tensors_and_parquet(repo, tmp_path):
    FRAME.to_parquet(tmp_path / "t.parquet")
    stored, _ = kept(repo, str(tmp_path / "t.parquet"))
    assert stored.load().num_rows == 3
    assert stored.info.source == str(tmp_path / "t.parquet")
    out = stored.to_parquet(tmp_path / "out.parquet")
    assert pq.read_table(out).equals(pq.read_table(tmp_path / "t.parquet"))
    array, _ = kept(repo, X)
    assert pq.read_table(array.to_parquet(tmp_path / "x.parquet")).column("1").to_pylist() == [
        1.0, 3.0, 5.0, 7.0]  # fmt: skip
    torch = pytest.importorskip("torch")
    tensor, _ = kept(repo, torch.arange(3.0))
    assert tensor.load().tolist() == [0, 1, 2]


def test_only_the_fingerprint_is_kept_unless_asked(repo):
    made = repo.commit(MODEL, data={"train": FRAME})
    stored = repo[made.version.name].datasets["train"]
    with pytest.raises(NotFoundError) as error:
        stored.load()
    assert error.value.lines() == [
        "NotFoundError [data-not-stored]: v1 keeps the fingerprint of 'train', not its rows.",
        "Hint: mvt commit --store-data keeps rows, from then on",
    ]
    again = repo.commit(MODEL, data={"train": FRAME}, store_data=True)
    assert again.created
    held = repo.checkout("HEAD")
    assert held.data.equals(FRAME)
    assert held.datasets["train"].info.rows == len(FRAME)
    with pytest.raises(NotFoundError) as error:
        _ = repo.checkout("v1").data
    assert error.value.code == "data-not-stored"
    assert not repo.commit(MODEL, data={"train": FRAME}, store_data=True).created
    with pytest.raises(NotFoundError) as error:
        repo["v1"].datasets["nothing"]
    assert error.value.hint == "repo['HEAD'].datasets['train']"


def test_what_has_no_columns_is_named(repo):
    _, made = kept(repo, [1, "a", None])
    texts = [note.text for note in made.commit.notes if note.about == "train"]
    assert texts == [
        "its rows, of kind list, cannot be stored as plain columns; only its fingerprint is kept"
    ]


OBJECTS = pd.DataFrame({"a": [1, 2], "o": [object(), object()]})
MIXED = pd.DataFrame({"o": [1, "x"]})


@pytest.mark.parametrize(
    ("data", "asked"), [([1, "a"], True), (MIXED, True), (OBJECTS, True), (OBJECTS, False)]
)
def test_what_can_never_be_stored_is_not_told_to_be_stored(repo, data, asked):
    made = repo.commit(MODEL, data={"train": data}, store_data=asked)
    with pytest.raises(NotFoundError) as error:
        repo[made.version.name].datasets["train"].load()
    assert error.value.lines() == [
        "NotFoundError [data-not-stored]: v1 keeps the fingerprint of 'train', not its rows, "
        "which cannot be stored as plain columns.",
        "Hint: as columns or an array of plain values: mvt commit --store-data",
    ]


def test_more_than_the_setting_is_refused_before_anything_is_written(repo):
    repo.configure(data_bytes=1000)
    with pytest.raises(CaptureError) as error:
        kept(repo, np.zeros(200))
    assert error.value.code == "data-too-large"
    assert error.value.message == (
        "The data have 1.6 kB, more than the 1.0 kB that a version may store. Nothing was written."
    )
    assert error.value.hint == "in Python: repo.configure(data_bytes=1_000_000_000)"
    repo.configure(data_bytes=2000)
    assert kept(repo, np.zeros(200))[1].created


def test_a_frame_of_numbers_is_read_where_it_lies():
    made = {f"c{i}": np.arange(1000) / (1 + i % 2) for i in range(4)}
    frame = pd.DataFrame(made, index=pd.Index(np.arange(1000) * 2, name="key"))
    found = keep_data(frame)
    assert found is not None
    for part, name in zip(found.bundle.parts, frame.columns, strict=False):
        assert np.shares_memory(np.frombuffer(part.read(), np.uint8), frame[name].to_numpy())
    assert found.nbytes == 5 * 8000


@pytest.mark.parametrize("index", [None, "key", "date", "a"])
def test_a_large_frame_comes_back_without_being_copied(index):
    numbers = np.random.default_rng(0).random((200_000, 3))
    frame = pd.DataFrame(numbers, columns=list("abc")).assign(word="x", n=np.arange(200_000))
    frame["date"] = pd.date_range("2026", periods=len(frame), freq="s")
    frame["key"] = frame["n"].astype(str)
    frame.attrs = {"from": "the lake"}
    if index is not None:
        frame = frame.set_index(index, drop=index != "a")
    found = keep_data(frame)
    content = {part.path: bytearray(part.read()) for part in found.bundle.parts}
    entries = {part.path: Entry(path=part.path, dtype=part.dtype, shape=part.shape, chunks=(),
                                nbytes=part.nbytes) for part in found.bundle.parts}  # fmt: skip
    back = live_table(decode(found.state), entries, lambda entry: memoryview(content[entry.path]))
    pd.testing.assert_frame_equal(back, frame)
    assert back.attrs == frame.attrs
    memory = np.frombuffer(content["column.1"], np.float64)
    assert np.shares_memory(back["b"].to_numpy(), memory)
    back.loc[back.index[0], "b"] = 7.0
    assert memory[0] == 7.0


def test_columns_without_names_are_kept(repo):
    frame = pd.DataFrame(np.arange(6.0).reshape(3, 2))
    (dataset, made) = kept(repo, frame)
    assert [note for note in made.commit.notes if note.about == "train"] == []
    back = dataset.load()
    pd.testing.assert_frame_equal(back, frame)
    assert repr(back.columns) == "RangeIndex(start=0, stop=2, step=1)"


def test_too_much_is_refused_before_it_is_read_for_fingerprints(repo, monkeypatch):
    read = []
    monkeypatch.setattr(keeping, "describe", lambda *args, **options: read.append(args))
    repo.configure(data_bytes=1000)
    with pytest.raises(CaptureError, match=r"more than the 1\.0 kB"):
        kept(repo, np.zeros(200))
    assert read == []


def test_a_thin_version_has_dropped_its_data(repo):
    kept(repo, np.random.default_rng(0).normal(size=20_000), message="one")
    kept(repo, np.random.default_rng(1).normal(size=20_000), message="two")
    repo.gc(drop=["v1"], grace_days=0)
    with pytest.raises(MvtError) as error:
        repo["v1"].datasets["train"].load()
    assert error.value.code == "thin-version"
    assert len(repo["v2"].datasets["train"].load()) == 20_000
    assert repo.fsck().problems == ()


def test_damage_is_noticed(repo):
    kept(repo, np.random.default_rng(0).normal(size=50_000))
    for pack in (repo.path / "packs").iterdir():
        pack.chmod(0o600)
        data = bytearray(pack.read_bytes())
        data[len(data) // 2] ^= 1
        pack.write_bytes(bytes(data))
    with pytest.raises(CorruptionError):
        mvt.open()["v1"].datasets["train"].load()


def frame_of(rows):
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            **{f"f{i}": rng.normal(size=rows) for i in range(6)},
            "key": pd.array([f"user-{n}" for n in rng.integers(0, 10**6, rows)], dtype="str"),
            "flag": rng.random(rows) < 0.5,
        }
    )


def test_versions_share_what_did_not_change(repo):
    frame = frame_of(400_000)
    _, first = kept(repo, frame)
    total = first.commit.new_bytes
    _, made = kept(repo, frame.assign(f2=frame.f2 + 1))
    assert made.commit.new_bytes <= 1.05 * 8 * len(frame) + 100_000
    more = pd.concat([frame, frame_of(4_000)], ignore_index=True)
    _, made = kept(repo, more)
    assert made.commit.new_bytes <= 0.05 * total
    fewer = frame.drop(index=range(200_000, 200_100)).reset_index(drop=True)
    _, made = kept(repo, fewer)
    assert made.commit.new_bytes <= 0.12 * total
