"""Large Keras variables are read by stretches, and looked at again before a commit ends."""

from __future__ import annotations

import os
import threading
import warnings

import numpy as np
import pytest

import jupyter_mvt as mvt
from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.store.chunking import cut
from jupyter_mvt.store.witness import Witness

os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras")

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
ADAPTER = ADAPTERS.get("keras")
WIDTHS = {"bool": 1, "int8": 1, "float16": 2, "bfloat16": 2, "float32": 4, "complex64": 8}
REFUSED = (
    "'held.table' of the model 'model' changed while it was being stored: something is still "
    "training it."
)


@keras.saving.register_keras_serializable("mvt_tests")
class Held(keras.layers.Layer):
    """One array of 24 MB and a bit, of any dtype."""

    def __init__(self, kind, **settings):
        super().__init__(**settings)
        self.kind = kind

    def build(self, shape):
        rows = (24 << 20) // 1000 // WIDTHS[self.kind]
        self.table = self.add_weight(
            shape=(rows + 1, 1000), dtype=self.kind, initializer="zeros", name="table",
            trainable=False,
        )  # fmt: skip

    def call(self, x):
        return x

    def get_config(self):
        return super().get_config() | {"kind": self.kind}


def holding(kind):
    model = keras.Sequential([keras.Input((4,)), Held(kind, name="held")])
    fill(model, np.arange(model.count_params()) % 7)
    return model


def fill(model, numbers):
    table = model.layers[0].table
    kind = "float32" if table.dtype == "bfloat16" else table.dtype
    table.assign(numbers.reshape(tuple(table.shape)).astype(kind))


def content(model):
    (part,) = ADAPTER.freeze(model, lambda _: None).bundle.parts
    return bytes(part.read())


@pytest.fixture
def repo(tmp_path):
    mvt.init(tmp_path)
    return mvt.open(tmp_path, trust_folder=tmp_path / "trust")


@pytest.mark.parametrize("kind", WIDTHS)
def test_stretches_are_the_content(kind):
    (part,) = ADAPTER.freeze(holding(kind), lambda _: None).bundle.parts
    whole, end = bytes(part.read()), part.nbytes
    assert len(whole) == end > 24 << 20
    assert b"".join(cut(part)) == whole
    for start, stop in ((0, 0), (5, 5000), (16 << 20, (16 << 20) + 7), (end - 3, end)):
        assert bytes(part.window(start, stop)) == whole[start:stop]


@pytest.mark.parametrize("kind", WIDTHS)
def test_a_change_by_another_thread_is_refused_by_name(repo, monkeypatch, kind):
    model, confirm = holding(kind), Witness.confirm
    numbers = np.arange(model.count_params()) % 7
    middle = slice(len(numbers) // 2, 3 * len(numbers) // 4)
    numbers[middle] = numbers[middle] == 0

    def meanwhile(witness):
        thread = threading.Thread(target=fill, args=(model, numbers))
        thread.start()
        thread.join()
        confirm(witness)

    with monkeypatch.context() as patched:
        patched.setattr(Witness, "confirm", meanwhile)
        with pytest.raises(CaptureError) as caught:
            repo.commit(model)
    assert (caught.value.code, str(caught.value.message)) == ("part-changed", REFUSED)
    repo.commit(model)
    assert content(repo["v1"].load()) == content(model)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="others show their memory")
def test_a_look_at_a_table_updated_by_rows_copies_little():
    """TensorFlow copies all of such a variable for each plain read."""
    import tensorflow as tf

    model = keras.Sequential([keras.Input((3,)), keras.layers.Embedding(50_000, 100)])
    table = model.layers[0].embeddings.value
    (part,) = ADAPTER.freeze(model, lambda _: None).bundle.parts

    def is_copied():
        some, more = (np.asarray(memoryview(table.read_value())) for _ in range(2))
        return some.ctypes.data != more.ctypes.data

    def update(row):
        table.scatter_sub(tf.IndexedSlices(tf.ones((1, 100)), tf.constant([row])))

    update(40_000)
    assert is_copied()
    looked = bytes(part.window(16_000_000, 16_000_400))
    assert not is_copied()
    assert looked == table[40_000].numpy().tobytes()
    update(40_000)
    assert bytes(part.window(16_000_000, 16_000_400)) == table[40_000].numpy().tobytes() != looked
