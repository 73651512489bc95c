"""Every kind of dataset of our own keeps the laws of `testing.DatasetKindTests`."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jupyter_mvt.capture.data.kinds.files import gather
from jupyter_mvt.testing import DatasetKindTests

X = np.arange(12.0).reshape(4, 3)
Y = np.array([0, 1, 1, 0])


def frame():
    return pd.DataFrame(
        {
            "n": [1, 2, 3, 4],
            "x": [0.5, np.nan, 2.5, -0.0],
            "word": ["a", None, "c", "a"],
            "kind": pd.Categorical(["u", "v", None, "u"]),
            "day": pd.to_datetime(["2026-01-01", "2026-01-02", None, "2026-01-04"]),
            "flag": [True, False, True, True],
            "any": [1, "one", (1, 2), None],
        }
    )


def plain():
    """The columns that every library has."""
    return frame().drop(columns=["any"])


def cells_changed(whole):
    """Yield `whole` with one cell of one column changed, for every column; renamed; cut."""
    other = {"n": 9, "x": 9.5, "word": "z", "kind": "v", "day": pd.Timestamp("2027-01-01"),
             "flag": False, "any": "two"}  # fmt: skip
    for name in whole:
        changed = whole.copy()
        changed.loc[3, name] = other[name]
        yield changed
    yield whole.rename(columns={"n": "m"})
    yield whole.iloc[:3]
    yield whole.iloc[[1, 0, 2, 3]].reset_index(drop=True)


class TestPandas(DatasetKindTests):
    kind_name = "pandas"

    def make(self):
        return frame()

    def changed(self):
        return [*cells_changed(frame()), frame().set_index("word"), frame().iloc[[1, 0, 2, 3]]]

    def same(self):
        whole = frame()
        yield pd.concat([whole.iloc[:2], whole.iloc[2:]])
        yield pd.DataFrame({name: whole[name].iloc[::-1].iloc[::-1] for name in whole})


class TestPolars(DatasetKindTests):
    kind_name = "polars"

    def make(self):
        return pytest.importorskip("polars").from_pandas(plain())

    def changed(self):
        pl = pytest.importorskip("polars")
        return [pl.from_pandas(one) for one in cells_changed(plain())]

    def same(self):
        pl = pytest.importorskip("polars")
        yield plain()
        yield pl.concat([self.make()[:1], self.make()[1:]])


class TestArrow(DatasetKindTests):
    kind_name = "arrow"

    def make(self):
        return pa.table(plain())

    def changed(self):
        return [pa.table(one) for one in cells_changed(plain())]

    def same(self):
        whole = self.make()
        yield plain()
        yield pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
        yield whole.set_column(2, "word", whole["word"].dictionary_encode())


class TestNumpy(DatasetKindTests):
    kind_name = "numpy"

    def make(self):
        return X.copy()

    def changed(self):
        for row, column in itertools.product(range(4), range(3)):
            changed = X.copy()
            changed[row, column] += 1
            yield changed
        yield X[:3]
        yield X.astype("f4")
        yield X[::-1]

    def same(self):
        yield np.asfortranarray(X)
        yield X.astype(">f8")
        yield np.repeat(X, 2, axis=0)[::2]


class TestText(TestNumpy):
    """Arrays of text and of objects."""

    def make(self):
        return np.array(["a", "b", "b"])

    def changed(self):
        return [np.array(["a", "b", "c"]), np.array(["a", "b"]), np.array(["b", "a", "b"])]

    def same(self):
        return [np.array(["a", "b", "b"], object)]


class TestScipy(DatasetKindTests):
    kind_name = "scipy"

    def make(self):
        from scipy import sparse

        return sparse.csr_matrix(X)

    def changed(self):
        from scipy import sparse

        for row in range(4):
            changed = X.copy()
            changed[row, 1] += 1
            yield sparse.csr_matrix(changed)
        yield sparse.csr_matrix(X[:3])

    def same(self):
        from scipy import sparse

        return [sparse.coo_matrix(X), sparse.csc_matrix(X)]


class TestTensors(DatasetKindTests):
    kind_name = "torch"

    def tensors(self, rows, truth):
        torch = pytest.importorskip("torch")
        return torch.utils.data.TensorDataset(torch.tensor(rows), torch.tensor(truth))

    def make(self):
        return self.tensors(X, Y)

    def changed(self):
        return [
            self.tensors(X, 1 - Y),
            self.tensors(X + np.eye(4, 3), Y),
            self.tensors(X[:3], Y[:3]),
        ]

    def same(self):
        data = pytest.importorskip("torch").utils.data
        yield data.DataLoader(self.make(), batch_size=2, shuffle=True)
        yield data.ConcatDataset([self.tensors(X[:1], Y[:1]), self.tensors(X[1:], Y[1:])])


class TestItems(TestTensors):
    """A dataset that makes its items when asked, by chance: a sample is read, and said so."""

    whole = False

    def tensors(self, rows, truth):
        torch = pytest.importorskip("torch")

        class Items(torch.utils.data.Dataset):
            def __len__(self):
                return len(rows)

            def __getitem__(self, place):
                return rows[place] + torch.randn(1).item() + np.random.rand(), truth[place]

        return Items()

    def same(self):
        return ()


@pytest.mark.frameworks
class TestHuggingFace(DatasetKindTests):
    kind_name = "huggingface"

    def make(self):
        return pytest.importorskip("datasets").Dataset.from_dict({"n": [1, 2], "t": ["a", "b"]})

    def changed(self):
        make = pytest.importorskip("datasets").Dataset.from_dict
        yield make({"n": [1, 3], "t": ["a", "b"]})
        yield make({"n": [1, 2], "t": ["a", "c"]})
        yield self.make().select([1, 0])

    def same(self):
        yield self.make().select([1, 0]).select([1, 0])
        yield self.make().with_format("numpy")


@pytest.mark.frameworks
class TestJax(DatasetKindTests):
    kind_name = "jax"

    def array(self, rows):
        return pytest.importorskip("jax").numpy.asarray(rows, "float32")

    def make(self):
        return self.array(X)

    def changed(self):
        for row in range(4):
            changed = X.copy()
            changed[row, 1] += 1
            yield self.array(changed)
        yield self.array(X[:3])
        yield self.array(X[::-1])

    def same(self):
        yield X.astype(np.float32)
        yield self.array(X.T.copy()).T


@pytest.mark.frameworks
class TestDMatrix(DatasetKindTests):
    kind_name = "boosters"

    def matrix(self, rows, truth):
        return pytest.importorskip("xgboost").DMatrix(rows, label=truth)

    def make(self):
        return self.matrix(X + 1, Y)

    def changed(self):
        return [self.matrix(X + 1, 1 - Y), self.matrix(X + 1 + np.eye(4, 3), Y)]


@pytest.mark.frameworks
class TestLightgbmDataset(TestDMatrix):
    def matrix(self, rows, truth):
        return pytest.importorskip("lightgbm").Dataset(rows, label=truth, free_raw_data=False)


@pytest.mark.frameworks
class TestFreedDataset(TestDMatrix):
    """Only what the library still has counts, and that is said."""

    whole = False

    def matrix(self, rows, truth):
        lightgbm = pytest.importorskip("lightgbm")
        quiet = {"verbose": -1, "min_data_in_bin": 1, "min_data_in_leaf": 1}
        return lightgbm.Dataset(rows, label=truth, params=quiet).construct()

    def changed(self):
        return [self.matrix(X + 1, 1 - Y)]


class TestBunch(DatasetKindTests):
    kind_name = "bunch"

    def bunch(self, rows, truth, **more):
        from sklearn.utils import Bunch

        return Bunch(data=rows, target=truth, **more)

    def make(self):
        return self.bunch(X, Y)

    def changed(self):
        return [self.bunch(X + np.eye(4, 3), Y), self.bunch(X, 1 - Y), self.bunch(X[:3], Y[:3])]

    def same(self):
        return [self.bunch(X.copy(), Y, DESCR="words")]


class TestFiles(DatasetKindTests):
    kind_name = "files"

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.folder, self.number = tmp_path, itertools.count()

    def written(self, table, kind="parquet"):
        path = self.folder / f"{next(self.number)}.{kind}"
        if kind == "parquet":
            table.to_parquet(path)
        else:
            table.to_feather(path)
        return gather(path)

    def make(self):
        return self.written(plain())

    def changed(self):
        return [self.written(one) for one in cells_changed(plain())]

    def same(self):
        return [self.written(plain(), "feather"), plain()]


class TestPlain(DatasetKindTests):
    kind_name = "plain"
    by_class = False

    def make(self):
        return ["a", "b", None, "b"]

    def changed(self):
        return [["a", "b", None, "c"], ["a", "b", None], ["b", "a", None, "b"], ["a", "b", "", "b"]]

    def same(self):
        return [tuple(self.make())]
