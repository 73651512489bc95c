"""Pipelines of TensorFlow are told by what they read from, and are never iterated."""

from __future__ import annotations

import os

import numpy as np
import pytest

from jupyter_mvt.capture.data.fingerprint import describe
from jupyter_mvt.capture.data.kind import kind_of, table_of
from jupyter_mvt.errors import CaptureError

X = np.arange(16, dtype="float32").reshape(8, 2)
Y = np.arange(8)


class Tensor:
    """What of an eager tensor is read."""

    def __init__(self, value):
        self.value = np.asarray(value)
        self.shape = self.value.shape

    def numpy(self):
        return self.value


class DatasetV2:
    """A step of a pipeline over others; asking it for rows fails."""

    def __init__(self, *inputs, **held):
        self._before = inputs
        vars(self).update(held)

    def _inputs(self):
        return self._before

    def __iter__(self):
        pytest.fail("a look took rows from the pipeline")


for cls in (Tensor, DatasetV2):
    cls.__module__ = "tensorflow.python.fake"


def step(name, *inputs, **held):
    kind = type(name, (DatasetV2,), {"__module__": "tensorflow.python.fake"})
    return kind(*inputs, **held)


def slices(*arrays, spec=None):
    spec = tuple(arrays) if spec is None else spec
    return step("_TensorSliceDataset", _tensors=[Tensor(a) for a in arrays], element_spec=spec)


def told(pipeline):
    table = table_of(pipeline)
    return table.rows, [strip.name for strip in table.strips], table.lost


def test_rows_and_columns_of_a_pipeline_that_only_orders():
    pipeline = step("_PrefetchDataset", step("_ShuffleDataset", slices(X, Y)))
    assert kind_of(pipeline).name == "tensorflow"
    assert told(pipeline) == (8, ["0.0", "0.1", "1"], ())


def test_columns_are_called_after_the_rows_of_a_mapping():
    pipeline = slices(X, Y, Y, spec=({"b": 0, "a": 0}, 0))
    assert told(pipeline)[1] == ["0.a.0", "0.a.1", "0.b", "1"]


def test_what_steps_make_of_the_rows_is_said_not_to_be_covered():
    pipeline = step("_ParallelMapDataset", step("_TakeDataset", slices(Y, spec=0)))
    assert told(pipeline) == (
        8, [""], ("what its steps make of the rows is not covered: map, take",)
    )  # fmt: skip


def test_two_pipelines_beside_each_other():
    numbers = step("_RangeDataset", _start=0, _stop=8, _step=2)
    assert told(step("_ZipDataset", slices(X, spec=0), numbers))[:2] == (8, ["0.0", "0.1", "1"])


def test_files_that_a_pipeline_reads_are_read_whole(tmp_path):
    path = tmp_path / "rows.tfrecord"
    path.write_bytes(b"abc")
    names = slices(np.array([str(path).encode()], object), spec=0)
    for pipeline in (
        step("TFRecordDatasetV2", names, _filenames=names),
        step("_BatchDataset", step("TextLineDatasetV2", _filenames=names)),
        step("_InterleaveDataset", names),
        step("_BatchDataset", step("_MapDataset", file_paths=[str(path)])),
    ):
        table = table_of(pipeline)
        assert (table.kind, table.rows, os.path.samefile(table.source, tmp_path)) == (
            "files", 1, True
        )  # fmt: skip


GENERATED = step("_FlatMapDataset", step("_TensorDataset", _tensors=[Tensor(0)]))


@pytest.mark.parametrize(
    ("pipeline", "message"),
    [
        (
            step(
                "_BatchDataset",
                step("_FlatMapDataset", step("_TensorDataset", _tensors=[Tensor(0)])),
            ),
            "The rows of a BatchDataset cannot be read: they come from a generator.",
        ),
        (
            step("_RandomDataset"),
            "The rows of a RandomDataset cannot be read: what it reads from is not known.",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_name(pipeline, message):
    with pytest.raises(CaptureError) as caught:
        table_of(pipeline)
    assert (caught.value.message, caught.value.hint) == (
        message, "name the arrays or files behind it: mvt commit --data X_train"
    )  # fmt: skip


@pytest.mark.frameworks
def test_the_real_one():
    tf = pytest.importorskip("tensorflow")
    pipeline = tf.data.Dataset.from_tensor_slices(({"b": X, "a": Y}, Y)).shuffle(8, seed=1)
    first = [row[1].numpy() for row in pipeline]
    again = [row[1].numpy() for row in pipeline]
    pipeline = tf.data.Dataset.from_tensor_slices(({"b": X, "a": Y}, Y)).shuffle(8, seed=1)
    assert [row[1].numpy() for row in pipeline] == first
    assert told(pipeline.batch(2).prefetch(1)) == (8, ["0.a", "0.b.0", "0.b.1", "1"], ())
    assert [row[1].numpy() for row in pipeline] == again
    for equal in (
        (tf.constant(X), tf.Variable(X), X),
        (tf.constant(["a", "ü"]), np.array(["a", "ü"])),
    ):
        assert len({describe(data, "d").id for data in equal}) == 1
    spec = tf.TensorSpec((), tf.int32)
    drawn = tf.data.Dataset.from_generator(lambda: iter([1]), output_signature=spec)
    with pytest.raises(CaptureError, match="they come from a generator"):
        table_of(drawn)
