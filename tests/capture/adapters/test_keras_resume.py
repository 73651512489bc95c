"""Training of a Keras model goes on from a version as if it had never stopped."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import Identity, Kernel, attach
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.errors import MvtError, RestoreError

os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras")

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")


def network(optimizer):
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(8, activation="relu"), keras.layers.BatchNormalization(),
              keras.layers.Dropout(0.3, seed=1), keras.layers.Dense(1)]  # fmt: skip
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(optimizer, "mse")
    return model


def further(model):
    model.fit(X, X[:, :1], epochs=2, batch_size=16, shuffle=False, verbose=0)
    optimizer = model.optimizer.variables if model.optimizer else ()
    return [np.asarray(keras.ops.convert_to_numpy(item)) for item in (*model.weights, *optimizer)]


def alike(some, others):
    return len(some) == len(others) and all(map(np.array_equal, some, others))


OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(0.01),
    "momentum": lambda: keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True),
    "decayed": lambda: keras.optimizers.AdamW(
        keras.optimizers.schedules.ExponentialDecay(0.01, 3, 0.5), weight_decay=0.1
    ),
    "averaged": lambda: keras.optimizers.RMSprop(0.01, use_ema=True, ema_overwrite_frequency=3),
}


@pytest.fixture
def repo(tmp_path):
    mvt.init(tmp_path)
    return mvt.open(tmp_path, trust_folder=tmp_path / "trust")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_to_the_bit(repo, name):
    model = network(OPTIMIZERS[name]())
    started = [keras.ops.convert_to_numpy(weight).copy() for weight in model.weights]
    further(model)
    repo.commit(model)
    expected = further(model)
    resumed = repo["v1"].resume()
    assert resumed.optimizer is resumed.model.optimizer
    assert int(resumed.optimizer.iterations) == 8
    assert resumed.schedules == {}
    assert alike(further(resumed.model), expected)
    anew = network(OPTIMIZERS[name]())
    anew.set_weights(started)
    assert not alike(further(anew), expected)


@pytest.mark.parametrize("name", ["as it was", "with another optimizer", "not compiled"])
def test_training_goes_on_with_a_model_that_is_given(repo, name):
    model = network(keras.optimizers.Adam(0.01))
    further(model)
    repo.commit(model)
    given = network("sgd" if name == "with another optimizer" else keras.optimizers.Adam(0.01))
    if name == "not compiled":
        given = keras.models.clone_model(given)
    before = given.optimizer if name == "as it was" else None
    given.set_weights(model.get_weights())
    seed = model.layers[2].seed_generator.state
    given.layers[2].seed_generator.state.assign(keras.ops.convert_to_numpy(seed).copy())
    resumed = repo["v1"].resume(given)
    assert resumed.model is given
    assert before is None or resumed.optimizer is before
    assert alike(further(given), further(model))


def test_the_optimizer_of_another_model_is_refused(repo):
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
    other.compile("adam", "mse")
    other.fit(X, X[:, :2], verbose=0)
    repo.commit(other)
    with pytest.raises(RestoreError) as error:
        repo["v1"].resume(network("adam"))
    assert error.value.code == "optimizer-mismatch"
    assert str(error.value.message) == (
        "The optimizer belongs to another model: the parameters have other shapes or types."
    )


def test_a_model_that_was_not_compiled_has_none(repo):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    repo.commit(model)
    with pytest.raises(MvtError) as error:
        repo["v1"].resume()
    assert error.value.code == "no-optimizer"


def own_loop(model, step, turns=4):
    """Train without `fit`; return all numbers that the next turn depends on."""
    torch = pytest.importorskip("torch")
    rows = torch.tensor(X)
    for _ in range(turns):
        loss = ((model(rows) - rows[:, :1]) ** 2).mean()
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            step()
    return [keras.ops.convert_to_numpy(weight).copy() for weight in model.weights]


def plain():
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)]
    return keras.Sequential([keras.Input((4,)), *layers])


def applying(model, optimizer):
    return lambda: optimizer.apply([v.value.grad for v in model.trainable_weights],
                                   model.trainable_weights)  # fmt: skip


@pytest.fixture
def session(tmp_path):
    def opened(**names):
        attach(Kernel(namespace=names, cells=CellLog(), interactive=False,
                      identity=Identity(actor="a", tool="t")))  # fmt: skip
        return mvt.open(tmp_path, trust_folder=tmp_path / "trust")

    mvt.init(tmp_path)
    yield opened
    attach(None)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_made_apart_from_its_model_goes_on_to_the_bit(session, tmp_path, name):
    model, optimizer = plain(), OPTIMIZERS[name]()
    own_loop(model, applying(model, optimizer))
    kept = session(model=model, optimizer=optimizer).commit(model).commit.content.models[0]
    assert {param.name: param.value for param in kept.params}["optimizer"] == (
        type(optimizer).__name__)  # fmt: skip
    expected = own_loop(model, applying(model, optimizer))
    attach(None)
    resumed = mvt.open(tmp_path, trust_folder=tmp_path / "none")["v1"].resume()
    assert int(resumed.optimizer.iterations) == 4
    assert alike(own_loop(resumed.model, applying(resumed.model, resumed.optimizer)), expected)


def test_a_torch_optimizer_of_a_keras_model_goes_on_to_the_bit(session):
    torch = pytest.importorskip("torch")
    model = plain()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    own_loop(model, optimizer.step)
    repo = session(model=model, optimizer=optimizer)
    repo.commit(model)
    expected = own_loop(model, optimizer.step)
    resumed = repo["v1"].resume()
    assert type(resumed.optimizer) is torch.optim.Adam
    assert alike(own_loop(resumed.model, resumed.optimizer.step), expected)


def test_an_optimizer_made_apart_does_not_fit_another_model(session):
    model, optimizer = plain(), keras.optimizers.Adam()
    own_loop(model, applying(model, optimizer), 1)
    repo = session(model=model, optimizer=optimizer)
    repo.commit(model)
    with pytest.raises(RestoreError) as error:
        repo["v1"].resume(keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]))
    assert error.value.code == "optimizer-mismatch"


def test_an_optimizer_of_two_models_is_told_and_left_out(session):
    first, second = plain(), plain()
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([*first.trainable_variables, *second.trainable_variables])
    result = session(first=first, second=second, optimizer=optimizer).commit(first)
    assert [note.text for note in result.commit.notes if note.about == "optimizer"] == [
        "The optimizer updates parameters that are not the model's: it is not kept"
    ]
