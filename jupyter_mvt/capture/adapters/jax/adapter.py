"""What mvt asks of JAX and Flax, answered."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Role, mro_names
from jupyter_mvt.capture.declared import DeclarativeAdapter, Writing
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.capture.declarative.encoder import Write
    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "JaxAdapter"]

_ARRAY = "jaxlib._jax.ArrayImpl"
_OLD_ARRAY = "jaxlib.xla_extension.ArrayImpl"
_STATE = "flax.training.train_state.TrainState"
_LINEN = "flax.linen.module.Module"
_NNX = "flax.nnx.module.Module"
_VARIABLE = "flax.nnx.variablelib.Variable"
_PYTREE = "flax.nnx.pytreelib.Pytree"
_KEYS = ("jax._src.random.prng.PRNGKeyArray", "jax._src.prng.PRNGKeyArray")
_FROZEN = "flax.core.frozen_dict.FrozenDict"
_TREES = (dict, list, tuple)
_MOST_LEAVES = 100_000
_SHARE = 0.8


class JaxAdapter(DeclarativeAdapter):
    """Trees that are mostly arrays, ``TrainState`` and ``nnx.Module``."""

    name = "jax"
    package = "jax"
    format = "jax/1"
    priority = 15
    match: tuple[str, ...] = (_STATE, _NNX, _FROZEN, "builtins.dict", "builtins.list",
                              "builtins.tuple")  # fmt: skip

    def detect(self, obj: Any) -> Role | None:
        """Return ``"params"`` for trees of arrays, ``"module"`` for what also computes."""
        if "jax" not in sys.modules or isinstance(obj, type):
            return None
        names = mro_names(type(obj))
        if _STATE in names or _NNX in names:
            return "module"
        if not isinstance(obj, _TREES) and _FROZEN not in names:
            return None
        leaves = _leaves(obj)
        arrays = sum(_is_array(leaf) for leaf in leaves)
        return "params" if arrays and arrays >= _SHARE * len(leaves) else None

    def is_fitted(self, obj: Any) -> bool:
        """Say yes: arrays are what there is to learn."""
        del obj
        return True

    def children(self, obj: Any) -> Iterable[Any]:
        """Return the parameters of a training state."""
        return (obj.params,) if _STATE in mro_names(type(obj)) else ()

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return the number of parameters, and the steps of a training state."""
        state = _STATE in mro_names(type(obj))
        whole = sum(leaf.size for leaf in _leaves(obj.params if state else obj) if _is_array(leaf))
        found = [Param(name="n_parameters", value=int(whole))]
        return (*found, Param(name="step", value=int(obj.step))) if state else tuple(found)

    def token(self, obj: Any) -> object:
        """Return the identities of all arrays: JAX never writes into one."""
        return tuple(id(leaf) for leaf in _leaves(obj))

    def refusal(self, obj: Any, names: tuple[str, ...]) -> CaptureError | None:
        """Return the refusal of linen modules, whose weights are kept apart from them."""
        if _LINEN not in names:
            return None
        msg = f"A {type(obj).__qualname__} of flax.linen says how to compute and holds no weights."
        return CaptureError(msg, code="not-capturable", hint="mvt commit params")

    def vocabulary(self) -> Vocabulary:
        """Return how arrays, states and modules are written and read."""
        from jupyter_mvt.capture.adapters.jax import nodes
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        writers: dict[str, Write] = dict.fromkeys((_ARRAY, _OLD_ARRAY), nodes.write_array)
        writers |= {_STATE: nodes.write_state, _LINEN: nodes.write_linen, _NNX: nodes.write_nnx,
                    _VARIABLE: nodes.write_variable, _FROZEN: nodes.write_frozen}  # fmt: skip
        writers |= {_PYTREE: nodes.write_nnx}
        writers |= dict.fromkeys(_KEYS, nodes.write_key)
        writers |= dict.fromkeys(nodes.FUNCTIONS, nodes.write_function)
        return Vocabulary(
            package="jax",
            allowed=nodes.JaxAllowed(),
            dialect=Writing(writers),
            readers=nodes.READERS,
        )


def _is_array(value: Any) -> bool:
    return f"{type(value).__module__}.{type(value).__qualname__}" in (_ARRAY, _OLD_ARRAY)


def _leaves(obj: Any) -> list[Any]:
    """Return what is not a container, of trees and of the attributes of modules."""
    found: list[Any] = []
    todo, seen = [obj], set()
    while todo and len(found) < _MOST_LEAVES:
        value = todo.pop()
        names = mro_names(type(value))
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict) or _FROZEN in names:
            todo.extend(value.values())
        elif isinstance(value, (list, tuple)):
            todo.extend(value)
        elif _VARIABLE in names:
            todo.append(value.get_raw_value())
        elif _STATE in names or _NNX in names:
            todo.extend(vars(value).values())
        else:
            found.append(value)
    return found


ADAPTER = JaxAdapter()
