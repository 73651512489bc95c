"""Trees of JAX's arrays, Flax's modules and training states: back from data."""

from __future__ import annotations

import os
import warnings
from collections import namedtuple

import numpy as np
import pytest

os.environ.setdefault("JAX_PLATFORMS", "cpu")
import jupyter_mvt as mvt
from jupyter_mvt.capture.adapter import ADAPTERS, adapter_for
from jupyter_mvt.capture.watch import models_in
from jupyter_mvt.errors import CaptureError, TrustError
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    jax = pytest.importorskip("jax")
    flax = pytest.importorskip("flax")
    optax = pytest.importorskip("optax")
    from flax import nnx
    from flax.training.train_state import TrainState

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
jnp = jax.numpy
ADAPTER = ADAPTERS.get("jax")
X = np.random.default_rng(0).normal(size=(8, 4)).astype(np.float32)
CELL = """
from flax import linen
class Net(linen.Module):
    width: int = 8
    act: object = linen.relu
    @linen.compact
    def __call__(self, x):
        return linen.Dense(2)(self.act(linen.Dense(self.width)(x)))
"""
NNX_CELL = """
from flax import nnx
class Net(nnx.Module):
    def __init__(self, rngs):
        self.first = nnx.Linear(4, 8, rngs=rngs)
        self.norm = nnx.BatchNorm(8, rngs=rngs)
        self.last = nnx.Linear(8, 2, rngs=rngs)
    def __call__(self, x):
        return self.last(nnx.relu(self.norm(self.first(x), use_running_average=True)))
"""
SPACE = {"__name__": "__main__"}
exec(CELL, SPACE)
NNX_SPACE = {"__name__": "__main__"}
exec(NNX_CELL, NNX_SPACE)
Pair = namedtuple("Pair", ["kernel", "bias"])


def no_source(obj):
    return None


class TestParams(AdapterTests):
    adapter_name = "jax"
    ask = "inputs @ model['params']['dense'][0] + model['params']['dense'][1]"

    def train(self):
        key = jax.random.key(0)
        return {"params": {"dense": [jax.random.normal(key, (4, 3)), jnp.ones(3)]}}

    def inputs(self):
        return X


class TestTrainState(AdapterTests):
    adapter_name = "jax"
    ask = "model.apply_fn({'params': model.params}, inputs)"
    trusted = True

    def train(self):
        net = SPACE["Net"](width=6)
        params = net.init(jax.random.key(0), X)["params"]
        state = TrainState.create(apply_fn=net.apply, params=params, tx=optax.adam(0.01))
        grads = jax.grad(lambda p: (net.apply({"params": p}, X) ** 2).mean())(params)
        return state.apply_gradients(grads=grads)

    def inputs(self):
        return X

    def sources(self, obj):
        return CELL if obj.__module__ == "__main__" else None


class TestNnxOfItsOwnModules(AdapterTests):
    """Without a class of a cell nothing needs trust, and predictions are the same elsewhere."""

    adapter_name = "jax"
    ask = "model(inputs)"

    def train(self):
        key = nnx.Rngs(0)
        layers = [nnx.Linear(4, 8, rngs=key), nnx.BatchNorm(8, rngs=key), nnx.gelu,
                  nnx.Dropout(0.2, rngs=key), nnx.LayerNorm(8, rngs=key),
                  nnx.Linear(8, 2, kernel_init=nnx.initializers.normal(0.1), rngs=key)]  # fmt: skip
        model = nnx.Sequential(*layers)
        model.eval()
        return model

    def inputs(self):
        return X


def test_recurrent_modules_are_data():
    cells = [nnx.GRUCell(3, 4, rngs=nnx.Rngs(seed)) for seed in (0, 1)]
    model = nnx.Bidirectional(*map(nnx.RNN, cells))
    frozen = ADAPTER.freeze(model, lambda obj: None)
    again = ADAPTER.restore(thaw(frozen))
    rows = jnp.linspace(-1, 1, 30).reshape(2, 5, 3)
    assert (frozen.state_kind, frozen.lost) == ("declarative", ())
    np.testing.assert_array_equal(again(rows), model(rows))


@pytest.mark.parametrize("generator", ["threefry2x32", "rbg"])
def test_dropout_goes_on_with_its_random_numbers(generator):
    key = nnx.Rngs(jax.random.key(3, impl=generator))
    model = nnx.Sequential(nnx.Linear(4, 64, rngs=key), nnx.Dropout(0.5, rngs=key))
    model(X)
    again = ADAPTERS.get("jax").restore(thaw(ADAPTERS.get("jax").freeze(model, no_source)))
    assert np.array_equal(again(X), model(X))
    assert np.array_equal(again(X), model(X))


class TestNnx(AdapterTests):
    adapter_name = "jax"
    ask = "model(inputs)"
    trusted = True

    def train(self):
        return NNX_SPACE["Net"](nnx.Rngs(0))

    def inputs(self):
        return X

    def sources(self, obj):
        return NNX_CELL if obj.__module__ == "__main__" else None


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "int8", "bool", "float8_e4m3fn"])
def test_every_dtype_keeps_its_bits(dtype):
    tree = {"a": jnp.arange(6).reshape(2, 3).astype(dtype)}
    again = ADAPTER.restore(thaw(ADAPTER.freeze(tree, no_source)))
    assert (again["a"].dtype, again["a"].tolist()) == (tree["a"].dtype, tree["a"].tolist())


def test_a_frozen_dict_comes_back():
    tree = flax.core.freeze({"w": jnp.ones(3)})
    again = ADAPTER.restore(thaw(ADAPTER.freeze(tree, no_source)))
    assert type(again) is type(tree)
    assert again["w"].tolist() == [1, 1, 1]


def test_training_goes_on_with_a_new_tx():
    kit = TestTrainState()
    state = kit.train()
    frozen = ADAPTER.freeze(state, kit.sources)
    assert frozen.lost == (
        "tx of the TrainState is not kept: after restoring, state.replace(tx=...)",
    )
    again = ADAPTER.restore(thaw(frozen, trusted=True)).replace(tx=optax.adam(0.01))
    grads = jax.tree.map(jnp.ones_like, state.params)
    one, other = (s.apply_gradients(grads=grads) for s in (state, again))
    same = jax.tree.map(lambda a, b: bool((a == b).all()), one.params, other.params)
    assert all(jax.tree.leaves(same))
    assert int(other.step) == 2


def test_only_trees_of_arrays_are_models():
    assert adapter_for({"a": jnp.ones(2), "b": [jnp.ones(2)]}) is ADAPTER
    assert ADAPTER.detect({"a": jnp.ones(2), "b": 3, "c": 4}) is None
    assert ADAPTER.detect({"lr": 0.1}) is None
    assert ADAPTER.detect([]) is None


def test_a_changed_array_changes_token_and_identity():
    one, other = {"a": jnp.ones(2)}, {"a": jnp.zeros(2)}
    assert ADAPTER.token(one) != ADAPTER.token(other)
    assert identity(ADAPTER.freeze(one, no_source)) != identity(ADAPTER.freeze(other, no_source))


def test_a_tree_is_found_by_its_name():
    params = {"params": {"kernel": jnp.ones((2, 2))}}
    names = {"params": params, "scores": {"accuracy": 0.5}, "rows": [1, 2]}
    assert [(seen.name, seen.role) for seen in models_in(names)] == [("params", "params")]


def test_the_state_of_an_optimizer_keeps_its_named_tuples():
    params = {"w": jnp.ones((3, 2)), "b": jnp.zeros(2)}
    state = optax.chain(optax.clip(1.0), optax.adamw(0.1)).init(params)
    frozen = ADAPTER.freeze({"params": params, "state": state}, no_source)
    assert (frozen.state_kind, frozen.lost, frozen.code_refs) == ("declarative", (), ())
    again = ADAPTER.restore(thaw(frozen))
    assert jax.tree.structure(again) == jax.tree.structure({"params": params, "state": state})
    tx = optax.chain(optax.clip(1.0), optax.adamw(0.1))
    grads = jax.tree.map(jnp.ones_like, params)
    one, _ = tx.update(grads, state, params)
    other, _ = tx.update(grads, again["state"], again["params"])
    assert all(jax.tree.leaves(jax.tree.map(lambda a, b: bool((a == b).all()), one, other)))


def test_a_named_tuple_of_ones_own_module_needs_trust():
    kept = ADAPTER.freeze(Pair(jnp.ones(2), jnp.zeros(1)), no_source)
    assert kept.state_kind == "declarative"
    with pytest.raises(TrustError):
        ADAPTER.restore(thaw(kept))
    again = ADAPTER.restore(thaw(kept, trusted=True))
    assert (type(again), again.kernel.tolist()) == (Pair, [1, 1])


@pytest.mark.parametrize("bound", [False, True])
def test_a_linen_module_alone_is_refused_with_a_way_out(bound, tmp_path):
    net = SPACE["Net"](width=6)
    if bound:
        net = net.bind(net.init(jax.random.key(0), X))
    with pytest.raises(CaptureError) as refused:
        mvt.init(tmp_path).commit(net)
    assert (refused.value.code, refused.value.message, refused.value.hint) == (
        "not-capturable",
        "A Net of flax.linen says how to compute and holds no weights.",
        "mvt commit params",
    )


def test_a_dict_of_arrays_is_given_as_one_model(tmp_path):
    repo = mvt.init(tmp_path)
    made = repo.commit({"w": jnp.ones((4, 2)), "b": jnp.zeros(2)})
    assert [model.var for model in made.commit.content.models] == ["model"]
    assert repo["v1"].model["w"].shape == (4, 2)
    made = repo.commit({"one": {"w": jnp.ones(3)}, "two": {"w": jnp.zeros(3)}})
    assert [model.var for model in made.commit.content.models] == ["one", "two"]
