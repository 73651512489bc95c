"""Kinds of nodes for JAX's arrays and functions, and for Flax's modules and states."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import RAW_DTYPES, dtype_of, raw
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.objects.manifest import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = [
    "FUNCTIONS",
    "READERS",
    "JaxAllowed",
    "write_array",
    "write_frozen",
    "write_function",
    "write_key",
    "write_linen",
    "write_nnx",
    "write_state",
    "write_variable",
]

FUNCTIONS = (
    "jax._src.custom_derivatives.custom_jvp", "jax._src.custom_derivatives.custom_vjp",
    "jaxlib._jax.PjitFunction", "jax.jaxlib._jax.PjitFunction",
)  # fmt: skip
_COMPUTING = ("jax._src.nn.", "jax._src.numpy.", "jax._src.lax.", "flax.nnx.nn.",
              "flax.linen.activation", "flax.linen.dtypes", "jax.numpy")  # fmt: skip
_CLASSES = ("flax.linen.", "flax.nnx.", "optax.")
_PLAIN = frozenset(
    {"flax.typing.HashableMapping", "flax.nnx.transforms.iteration.StateAxes",
     "flax.nnx.transforms.iteration.Carry"}
)  # fmt: skip
"""Classes of Flax that only hold: mappings, and how a recurrent module is repeated."""
_GENERATORS = ("fry", "rbg", "urbg", "threefry2x32", "unsafe_rbg")
_OWN = ("parent", "name", "_state", "_parent_ref", "_id", "scope")


class JaxAllowed:
    """Functions that only compute; modules of Flax, and optax's tuples of states."""

    def admits(self, module: str, qualname: str) -> bool:
        """Tell by the words alone whether a name may be looked up."""
        if f"{module}.{qualname}" in _PLAIN:
            return True
        plain = "." not in qualname and not qualname.startswith("__")
        return plain and module.startswith((*_COMPUTING, *_CLASSES))

    def confirms(self, value: Any) -> bool:
        """Tell whether what was found computes, or is a class of a module or a state."""
        module = str(getattr(value, "__module__", ""))
        if not isinstance(value, type):
            return callable(value) and module.startswith(_COMPUTING)
        if not self.admits(module, value.__qualname__):
            return False
        if f"{module}.{value.__qualname__}" in _PLAIN:
            return True
        if issubclass(value, tuple):
            return module.startswith("optax.")
        if module == "jax.numpy":
            return True
        # Streams of random numbers are of nnx, too, and no modules.
        names = (("flax.linen", "Module"), ("flax.nnx", "Module"), ("flax.nnx", "Variable"),
                 ("flax.nnx", "Pytree"))  # fmt: skip
        bases = [getattr(sys.modules.get(home), name, None) for home, name in names]
        return issubclass(value, tuple(base for base in bases if base is not None))


def write_array(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of an array, read from its device when the store asks."""
    name, dtype = encoder.claim(path), str(value.dtype)
    shape = tuple(int(size) for size in value.shape)
    encoder.parts.append(
        Part(path=name, dtype=dtype, shape=shape, nbytes=value.nbytes,
             read=lambda: raw(_bits(np.asarray(value), dtype)), volatile=encoder.volatile)
    )  # fmt: skip
    return ["jax:array", name, bool(value.weak_type)]


def _bits(array: np.ndarray[Any, Any], dtype: str) -> np.ndarray[Any, Any]:
    return array.view(dtype_of(dtype)) if dtype in RAW_DTYPES else array


def _read_array(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, path, weak = node
    entry = decoder.entry(path)
    array = decoder.array(path)
    if entry.dtype in RAW_DTYPES:
        array = array.view(getattr(import_module("ml_dtypes"), entry.dtype))
    numpy = import_module("jax.numpy")
    found = numpy.asarray(array)
    if str(found.dtype) != entry.dtype:
        refuse(f"an array of {entry.dtype} needs jax_enable_x64")
    if weak and array.shape == () and entry.dtype in ("int32", "float32"):
        return numpy.asarray(array.item())
    return found


def write_key(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of keys of random numbers: their numbers, and the generator's name."""
    random = import_module("jax").random
    numbers = encoder.value(random.key_data(value), path)
    return ["jax:key", numbers, str(random.key_impl(value))]


def _read_key(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, numbers, generator = node
    if generator not in _GENERATORS:
        refuse("keys of random numbers are of an unknown generator")
    return import_module("jax").random.wrap_key_data(decoder.value(numbers), impl=generator)


def write_function(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a function that JAX has wrapped: its name."""
    return ["name", encoder.namer.name(value, path)]


def write_frozen(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a dict that cannot be written to."""
    return ["jax:frozen", encoder.value(dict(value.unfreeze()), path)]


def _read_frozen(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    return import_module("flax.core").freeze(decoder.value(node[1]))


def write_state(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a training state: its arrays, and the module that it applies.

    The transformation ``tx`` is a pair of closures and no data.
    """
    module = getattr(value.apply_fn, "__self__", None)
    note = "tx of the TrainState is not kept: after restoring, state.replace(tx=...)"
    encoder.lost.append(note)
    rest = {key: item for key, item in vars(value).items() if key not in ("apply_fn", "tx")}
    return ["jax:state", encoder.value(type(value), path), encoder.value(module, ""),
            _fields(encoder, rest, path)]  # fmt: skip


def _fields(encoder: Encoder, values: Mapping[str, Any], path: str) -> list[Any]:
    return [[key, encoder.value(item, f"{path}.{key}" if path else key)]
            for key, item in values.items()]  # fmt: skip


def _read_state(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, named, module, fields = node
    cls = decoder.value(named)
    applied = decoder.value(module)
    values = {key: decoder.value(item) for key, item in fields}
    return cls(apply_fn=None if applied is None else applied.apply, tx=None, **values)


def write_linen(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a linen module: its class and the fields that it was made with."""
    names = [key for key in type(value).__dataclass_fields__ if key not in _OWN]
    settings = {key: getattr(value, key) for key in names}
    return ["jax:linen", encoder.value(type(value), path), value.name,
            _fields(encoder, settings, path)]  # fmt: skip


def _read_linen(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, named, name, fields = node
    cls = decoder.value(named)
    if not isinstance(cls, type) or not hasattr(cls, "__dataclass_fields__"):
        refuse("a module is of a class that is none")
    return cls(name=name, **{key: decoder.value(item) for key, item in fields})


def write_nnx(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of an nnx module: its attributes, without the state of tracing."""
    kept = {key: item for key, item in vars(value).items() if not key.endswith("__state")}
    return ["jax:nnx", encoder.value(type(value), path), _fields(encoder, kept, path)]


def _read_nnx(decoder: Decoder, node: Node, index: int) -> Any:
    _, named, fields = node
    cls = decoder.value(named)
    nnx = import_module("flax.nnx")
    if not isinstance(cls, type) or not issubclass(cls, getattr(nnx, "Pytree", nnx.Module)):
        refuse("a module is of a class that is none")
    value: Any = object.__new__(cls)
    vars(value)["_pytree__state"] = nnx.pytreelib.PytreeState()
    decoder.keep(index, value)
    vars(value).update({str(key): decoder.value(item) for key, item in fields})
    return value


def write_variable(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of an nnx variable: its value and its notes."""
    held = (type(value), value.get_raw_value(), value.get_metadata())
    return ["jax:variable", *(encoder.value(item, path) for item in held)]


def _read_variable(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    cls, value, notes = decoder.values(node[1:])
    return cls(value, **notes)


READERS: Mapping[str, Read] = {
    "jax:array": _read_array,
    "jax:frozen": _read_frozen,
    "jax:key": _read_key,
    "jax:state": _read_state,
    "jax:linen": _read_linen,
    "jax:nnx": _read_nnx,
    "jax:variable": _read_variable,
}
