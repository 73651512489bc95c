"""Keras models move between backends, and are counted on one that tells no sizes."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.testing.adapters import read_skeleton

os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras")

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
ADAPTER = ADAPTERS.get("keras")
ON_JAX = """
import sys
from pathlib import Path
import keras, numpy as np
from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.testing.adapters import write_frozen
keras.utils.set_random_seed(0)
layers = keras.layers
model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"),
                          layers.Dropout(0.5, seed=3), layers.Dense(2)])
X = np.linspace(-1, 1, 24, dtype="float32").reshape(6, 4)
model(X, training=True)
state = model.layers[1].seed_generator.state
print(keras.backend.backend(), state.dtype)
folder = Path(sys.argv[1])
write_frozen(folder, ADAPTERS.get("keras").freeze(model, lambda obj: None))
np.savez(folder / "told.npz", X=X, out=np.asarray(model(X)), seed=np.asarray(state.value))
"""


class SizelessTensor:
    """What TensorFlow gives for a variable's value: neither `size` nor `numel`."""

    def __init__(self, value):
        self.shape, self.dtype = tuple(value.shape), value.dtype


def test_a_backend_whose_tensors_tell_no_size(monkeypatch):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8), keras.layers.Dense(2)])
    kind = type(model.weights[0])
    own = kind.value.fget
    monkeypatch.setattr(kind, "value", property(lambda self: SizelessTensor(own(self))))
    frozen = ADAPTER.freeze(model, lambda obj: None)
    assert frozen.n_weights == 4 * 8 + 8 + 8 * 2 + 2


def test_a_model_with_dropout_from_jax_comes_back_on_torch(tmp_path):
    pytest.importorskip("jax")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ON_JAX, str(tmp_path)],
        env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout.split()) == (0, ["jax", "uint32"]), done.stderr
    model = ADAPTER.restore(read_skeleton(tmp_path))
    state = model.layers[1].seed_generator.state
    with np.load(tmp_path / "told.npz") as told:
        out = keras.ops.convert_to_numpy(model(told["X"], training=False))
        np.testing.assert_allclose(out, told["out"], rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(state.value), told["seed"])
    assert keras.backend.backend() == "torch"
