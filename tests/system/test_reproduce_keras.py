"""Keras draws seeds from a generator of its own, which comes back with the others."""

from __future__ import annotations

import pytest

from tests.shells import run, started

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    pytest.importorskip("keras")
    with started(tmp_path, monkeypatch) as shell:
        run(shell, "%load_ext jupyter_mvt", "import keras, numpy as np\nfrom keras import layers")
        yield shell


def test_what_unseeded_draws_made_is_made_again(shell):
    run(
        shell,
        "keras.random.normal((3,))",  # the generator is made in a cell that no model needs
        "X = np.asarray(keras.ops.convert_to_numpy(keras.random.normal((40, 3))))",
        "y = (X[:, :1] > 0).astype('float32')\n"
        "net = keras.Sequential([layers.Input((3,)), layers.GaussianNoise(0.1), layers.Dense(1)])\n"
        "net.compile('sgd', 'mse')",
        "history = net.fit(X, y, epochs=1, verbose=0)",
        "%mvt commit -m made",
    )
    found = run(shell, "%mvt reproduce v1")
    assert found.verdict == "identical", found.to_dict()


def test_the_seeds_that_were_drawn_are_drawn_again(shell):
    draw = "[keras.ops.convert_to_numpy(keras.random.normal((3,))).tolist() for _ in range(2)]"
    run(shell, "keras.random.normal((1,))")
    run(
        shell,
        "net = keras.Sequential([layers.Input((3,)), layers.Dense(1)])\n"
        "net.compile('sgd', 'mse')\n"
        f"drawn = {draw}\n"
        "history = net.fit(np.ones((8, 3)), np.ones((8, 1)), epochs=1, verbose=0)",
        "%mvt commit -m made",
        "keras.random.normal((1,))",
        "found = %mvt checkout v1 --rng",
    )
    assert shell.user_ns["found"].chance["keras"]
    run(
        shell,
        f"net = keras.Sequential([layers.Input((3,)), layers.Dense(1)])\nagain = {draw}",
    )
    assert shell.user_ns["again"] == shell.user_ns["drawn"]
