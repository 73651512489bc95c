"""ONNX models in memory come back as they were; sessions are refused in words."""

from __future__ import annotations

import numpy as np
import pytest

import jupyter_mvt as mvt
from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.testing.adapters import AdapterTests

onnx = pytest.importorskip("onnx")
pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
ADAPTER = ADAPTERS.get("onnx")


class TestModel(AdapterTests):
    adapter_name = "onnx"
    ask = "__import__('numpy').frombuffer(model.SerializeToString(deterministic=True), 'u1')"

    def train(self):
        from onnx import TensorProto, helper, numpy_helper

        weights = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
        graph = helper.make_graph(
            [helper.make_node("MatMul", ["x", "w"], ["y"])],
            "net",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 4])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 2])],
            [numpy_helper.from_array(weights, "w")],
        )
        return helper.make_model(graph)

    def inputs(self):
        return None


def test_a_session_is_refused_with_a_way_out():
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(
        onnx.helper.make_model(
            TestModel().train().graph,
            ir_version=10,
            opset_imports=[onnx.helper.make_opsetid("", 18)],
        ).SerializeToString()
    )
    with pytest.raises(CaptureError) as refused:
        ADAPTER.freeze(session, lambda obj: None)
    assert refused.value.hint == "commit the file it was made of: mvt commit model.onnx"


def test_a_model_given_by_its_path_comes_back_as_the_file(tmp_path):
    repo = mvt.init(tmp_path)
    path = tmp_path / "net.onnx"
    onnx.save(TestModel().train(), path)
    made = repo.commit(path)
    (model,) = made.commit.content.models
    assert (model.adapter, model.needs_trust) == ("file/1", False)
    back = repo["v1"].load()["net.onnx"].save(tmp_path / "back")
    assert back.read_bytes() == path.read_bytes()
    assert onnx.load(back) == TestModel().train()
