"""Keras models come back from settings and arrays, on whatever backend."""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS, adapter_for
from jupyter_mvt.errors import CaptureError, MvtError, RestoreError, TrustError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras")

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`"),
    pytest.mark.filterwarnings("ignore:The `save_pretrained`"),
]
ADAPTER = ADAPTERS.get("keras")
X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = (X[:, 0] > 0).astype(int)
ASK = "__import__('keras').ops.convert_to_numpy(model(inputs, training=False))"
CELL = """
import keras
from keras import ops
SCALE = 2.0
def error(truth, guess):
    return ops.mean((truth - guess) ** 2)
class Scale(keras.layers.Layer):
    def call(self, x):
        return x * SCALE
class Net(keras.Model):
    def __init__(self, hidden=8):
        super().__init__()
        self.hidden = hidden
        self.first = keras.layers.Dense(hidden, activation="relu")
        self.scale = Scale()
        self.last = keras.layers.Dense(1)
    def call(self, x):
        return self.last(self.scale(self.first(x)))
"""


def no_source(obj):
    return None


def cell_source(obj):
    return CELL if obj.__module__ == "__main__" else None


def fitted(model, loss="sparse_categorical_crossentropy", target=Y):
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"] if target is Y else None)
    model.fit(X, target, epochs=2, batch_size=16, verbose=0)
    return model


class TestSequential(AdapterTests):
    adapter_name = "keras"
    ask = ASK

    def train(self):
        keras.utils.set_random_seed(0)
        layers = keras.layers
        return fitted(keras.Sequential([
            keras.Input((4,)), layers.Dense(8, activation="relu"), layers.BatchNormalization(),
            layers.Dropout(0.2, seed=3), layers.Dense(2, activation="softmax", name="out"),
        ]))  # fmt: skip

    def inputs(self):
        return X


class TestFunctional(AdapterTests):
    adapter_name = "keras"
    ask = ASK

    def train(self):
        keras.utils.set_random_seed(0)
        given = keras.Input((4,))
        shared = keras.layers.Dense(4, activation="tanh")
        inner = keras.layers.Add()([shared(given), shared(shared(given))])
        out = keras.layers.Dense(2, activation="softmax")(keras.layers.LayerNormalization()(inner))
        return fitted(keras.Model(given, out))

    def inputs(self):
        return X


class TestClassOfACell(AdapterTests):
    adapter_name = "keras"
    ask = ASK
    trusted = True

    def train(self):
        space = {"__name__": "__main__"}
        exec(CELL, space)
        keras.utils.set_random_seed(0)
        return fitted(space["Net"](6), space["error"], X[:, :1])

    def inputs(self):
        return X

    def sources(self, obj):
        return cell_source(obj)


class TestLambda(AdapterTests):
    adapter_name = "keras"
    ask = ASK
    trusted = True

    def train(self):
        keras.utils.set_random_seed(0)
        return fitted(keras.Sequential([
            keras.Input((4,)), keras.layers.Lambda(lambda x: x * 2),
            keras.layers.Dense(2, activation="softmax"),
        ]))  # fmt: skip

    def inputs(self):
        return X


def test_keras_outranks_torch():
    assert adapter_for(TestSequential().train()) is ADAPTER
    assert adapter_for(keras.layers.Dense(2)) is ADAPTER


LAYERS = keras.layers
MODELS = {
    "conv": ((8, 8, 1), [LAYERS.Conv2D(3, 3), LAYERS.MaxPooling2D(), LAYERS.Flatten(),
                         LAYERS.Dense(2)]),
    "lstm": ((5, 3), [LAYERS.LSTM(4, return_sequences=True), LAYERS.GRU(3), LAYERS.Dense(1)]),
    "bidirectional": ((5, 3), [LAYERS.Bidirectional(LAYERS.LSTM(4)), LAYERS.Dense(1)]),
    "embedding": ((6,), [LAYERS.Embedding(20, 4), LAYERS.GlobalAveragePooling1D()]),
    "normalized": ((3,), [LAYERS.UnitNormalization(), LAYERS.Dense(2, kernel_regularizer="l2",
                          kernel_constraint="max_norm")]),
    "half": ((3,), [LAYERS.Dense(2, dtype="bfloat16")]),
    "mixed": ((3,), [LAYERS.Dense(2, dtype="mixed_float16")]),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_layers_come_back(name):
    shape, layers = MODELS[name]
    model = keras.Sequential([keras.Input(shape), *[layer.from_config(layer.get_config())
                                                    for layer in layers]])  # fmt: skip
    data = np.random.default_rng(1).integers(0, 9, (2, *shape)).astype("float32")
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen))
    one, other = (keras.ops.convert_to_numpy(keras.ops.cast(m(data), "float32"))
                  for m in (model, again))  # fmt: skip
    assert one.tobytes() == other.tobytes()
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)


def test_attention_in_a_functional_model():
    given = keras.Input((5, 8))
    out = LAYERS.MultiHeadAttention(2, 4)(given, given)
    model = keras.Model(given, LAYERS.LayerNormalization()(given + out))
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    data = np.random.default_rng(1).normal(size=(2, 5, 8)).astype("float32")
    one, other = (keras.ops.convert_to_numpy(m(data)) for m in (model, again))
    assert one.tobytes() == other.tobytes()


def test_training_goes_on_where_it_stopped():
    model = TestSequential().train()
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    for one in (model, again):
        one.fit(X, Y, epochs=1, batch_size=16, shuffle=False, verbose=0)
    pairs = zip(model.weights, again.weights, strict=True)
    assert all(np.array_equal(a.numpy(), b.numpy()) for a, b in pairs)
    assert int(again.optimizer.iterations) == int(model.optimizer.iterations) == 12
    assert again.optimizer.learning_rate == model.optimizer.learning_rate


def test_settings_that_are_objects_are_told_with_their_own():
    dense = keras.layers.Dense(3, kernel_regularizer="l2", bias_initializer="ones")
    model = keras.Sequential([keras.Input((4,)), dense])
    falling = keras.optimizers.schedules.CosineDecay(0.1, 100)
    model.compile(keras.optimizers.SGD(falling), "mse")
    params = {param.name: param.value for param in ADAPTER.params(model)}
    told = ("kernel_regularizer", "kernel_regularizer.l2", "bias_initializer")
    assert [params[f"dense.{name}"] for name in told] == ["L2", 0.01, "Ones"]
    assert "dense.kernel_initializer" not in params
    rate = "optimizer.learning_rate"
    assert [params[rate], params[f"{rate}.initial_learning_rate"]] == ["CosineDecay", 0.1]
    model.compile("adam", "mse")
    [rate] = [param for param in ADAPTER.params(model) if param.name == rate]
    assert (rate.value, rate.default) == (0.001, True)


def test_paths_and_params_do_not_count_sessions():
    model = TestFunctional().train()
    paths = [p.path for p in ADAPTER.freeze(model, no_source).bundle.parts if not p.volatile]
    assert paths == [
        "dense.kernel", "dense.bias", "layer_normalization.gamma", "layer_normalization.beta",
        "dense_1.kernel", "dense_1.bias",
    ]  # fmt: skip
    params = {param.name: param.value for param in ADAPTER.params(model)}
    assert (params["dense.units"], params["dense_1.units"]) == (4, 2)
    assert (params["optimizer"], params["loss"]) == ("Adam", "sparse_categorical_crossentropy")


def test_frozen_layers_stay_frozen():
    model = TestSequential().train()
    model.layers[0].trainable = False
    before = identity(ADAPTER.freeze(TestSequential().train(), no_source))
    frozen = ADAPTER.freeze(model, no_source)
    assert len(ADAPTER.restore(thaw(frozen)).trainable_weights) == len(model.trainable_weights)
    assert identity(frozen) != before


def test_a_model_without_shape_is_unfitted():
    model = keras.Sequential([keras.layers.Dense(2)])
    assert not ADAPTER.is_fitted(model)
    with pytest.raises(CaptureError) as refused:
        ADAPTER.freeze(model, no_source)
    assert refused.value.code == "unfitted"


def test_a_class_that_hides_its_settings_is_told():
    space = {"__name__": "__main__"}
    exec(CELL.replace("self.hidden = hidden", "self.width = hidden"), space)
    model = fitted(space["Net"](6), "mse", X[:, :1])
    frozen = ADAPTER.freeze(model, cell_source)
    assert frozen.lost == (
        "Net does not tell Keras its settings, so it cannot be rebuilt; its arrays are kept. "
        "Give Net a get_config method",
    )


PACKAGE = """
import keras

@keras.saving.register_keras_serializable("studio")
class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **more):
        super().__init__(**more)
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}
"""


class TestClassOfAPackage(AdapterTests):
    """A registered layer of an importable module: imported by a fresh process, once trusted."""

    adapter_name = "keras"
    ask = ASK
    trusted = True

    @pytest.fixture(autouse=True)
    def _package(self, tmp_path, monkeypatch):
        (tmp_path / "studio_layers.py").write_text(PACKAGE)
        monkeypatch.syspath_prepend(tmp_path)
        paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
        monkeypatch.setenv("PYTHONPATH", paths)
        yield
        sys.modules.pop("studio_layers", None)

    def train(self):
        keras.utils.set_random_seed(0)
        scale = importlib.import_module("studio_layers").Scale(3.0)
        return fitted(keras.Sequential([
            keras.Input((4,)), scale, keras.layers.Dense(2, activation="softmax"),
        ]))  # fmt: skip

    def inputs(self):
        return X


def test_a_lambda_needs_trust():
    model = TestLambda().train()
    frozen = ADAPTER.freeze(model, no_source)
    assert frozen.state_kind == "pickle"
    assert frozen.lost == (
        "it holds a lambda, kept as Python's byte code: only a trusted version runs it",
    )
    with pytest.raises(TrustError):
        ADAPTER.restore(replace(thaw(frozen), state_kind="declarative"))


def hostile(change):
    frozen = ADAPTER.freeze(TestSequential().train(), no_source)
    data = decode(frozen.state)
    node = next(node for node in data["nodes"] if node[0] == "keras:model")
    config = json.loads(node[1])
    change(config)
    node[1] = json.dumps(config)
    return thaw(replace(frozen, state=encode(data)))


@pytest.mark.parametrize(
    ("module", "name", "config"),
    [("os", "function", "system"), ("builtins", "function", "eval"), ("subprocess", "Popen", {}),
     ("keras.utils", "function", "get_file"), ("keras.src.saving", "function", "load_model"),
     ("keras.layers", "TFSMLayer", {"filepath": "/etc"}), (None, "Evil", {}),
     ("keras.layers", "TorchModuleWrapper", {"module": "x"}),
     ("keras.layers", "StringLookup", {"vocabulary": "/etc/passwd"}),
     ("keras.src.models", "__typespec__", []), ("keras.config", "function", "enable_unsafe")],
)  # fmt: skip
def test_a_name_that_is_not_of_keras_models_is_refused(module, name, config):
    item = {"module": module, "class_name": name, "config": config, "registered_name": None}
    for place in ("layers", "compile"):

        def change(whole, place=place):
            if place == "layers":
                whole["config"]["layers"].append(item)
            else:
                whole["compile_config"]["loss"] = item

        with pytest.raises(RestoreError) as refused:
            ADAPTER.restore(hostile(change))
        assert refused.value.code == "class-refused"


def test_a_lambda_slipped_in_is_refused():
    def change(config):
        item = {"class_name": "__lambda__", "config": {"value": ["4wEA", None, None]}}
        config["compile_config"]["loss"] = item

    with pytest.raises(TrustError):
        ADAPTER.restore(hostile(change))


def test_sizes_are_checked_before_anything_is_allocated():
    def change(config):
        config["config"]["layers"][1]["config"]["units"] = 1 << 35

    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(hostile(change))
    assert refused.value.code in ("corrupt-state", "state-refused")
