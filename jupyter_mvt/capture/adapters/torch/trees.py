"""Tensors without a module: state dicts, states of optimizers, checkpoints, a tensor alone."""

from __future__ import annotations

import sys
from collections import OrderedDict, defaultdict
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.kinds import WRITERS
from jupyter_mvt.capture.sharing import tokens_of
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = [
    "ORDERED",
    "RESULT",
    "is_result",
    "is_tree",
    "read_ordered",
    "read_result",
    "tensors_of",
    "tree_params",
    "write_ordered",
    "write_result",
]

ORDERED = "torch ordered"
"""Kind of an ordered dict with attributes: a state dict keeps the versions of its modules so."""
RESULT = "torch result"
"""Kind of the named tuples that torch's own functions return."""
_CONTAINERS = (dict, list, tuple)
_ROOTS = frozenset({dict, OrderedDict, defaultdict, list, tuple})
_RESULTS = "torch.return_types"
_SCALARS = (bool, int, float, str, type(None))
_COUNT = "n_parameters"


def is_tree(obj: Any) -> bool:
    """Tell whether `obj` is a tensor, or a container mostly of tensors.

    Numbers, text and arrays of numpy stand beside them in checkpoints, and do not count.
    """
    torch = sys.modules.get("torch")
    tensor = getattr(torch, "Tensor", None)
    if torch is None or not isinstance(tensor, type):
        return False
    if isinstance(obj, tensor):
        return True
    if type(obj) not in _ROOTS and not is_result(obj):
        return False
    plain = (*_SCALARS, complex, bytes, np.ndarray, np.generic, torch.dtype, torch.device)
    tensors = others = 0
    for leaf in _leaves(obj):
        if isinstance(leaf, tensor):
            tensors += 1
        elif not isinstance(leaf, plain):
            others += 1
    return tensors > others


def is_result(value: Any) -> bool:
    """Tell whether `value` is what torch itself returns several tensors as: of ``topk``, say."""
    cls = type(value)
    known = getattr(sys.modules.get(_RESULTS), cls.__name__, None)
    return cls.__module__ == _RESULTS and cls is known


def write_result(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of what torch returns several tensors as."""
    items = zip(type(value).__match_args__, value, strict=True)
    held = [encoder.value(item, f"{path}.{name}") for name, item in items]
    return [RESULT, type(value).__name__, held]


def read_result(decoder: Decoder, node: Node, index: int) -> Any:
    """Return what torch returned; its class is one of torch's own for that and no other."""
    del index
    _, name, items = node
    cls = getattr(import_module(_RESULTS), name, None) if isinstance(name, str) else None
    if not isinstance(cls, type) or not issubclass(cls, tuple) or cls.__module__ != _RESULTS:
        refuse("a result of torch is of no known kind")
    return cls(decoder.values(items))


def tensors_of(obj: Any) -> list[Any]:
    """Return all tensors in a tree."""
    tensor = sys.modules["torch"].Tensor
    return [leaf for leaf in _leaves(obj) if isinstance(leaf, tensor)]


def tree_params(obj: Any) -> tuple[Param, ...]:
    """Return the number of elements, and what a checkpoint tells beside: its epoch, its loss."""
    tensors = tensors_of(obj)
    # Tied weights are one memory under several names.
    sizes = {(token, t.numel()) for token, t in zip(tokens_of(tensors), tensors, strict=True)}
    found = [Param(name=_COUNT, value=sum(size for _, size in sizes))]
    items = obj.items() if isinstance(obj, dict) else ()
    found += [
        Param(name=key, value=value)
        for key, value in items
        if type(key) is str and key != _COUNT and type(value) in _SCALARS
    ]
    return tuple(found)


def _leaves(obj: Any) -> Iterator[Any]:
    todo, seen = [obj], set()
    while todo:
        value = todo.pop()
        if not isinstance(value, _CONTAINERS):
            yield value
        elif id(value) not in seen:
            seen.add(id(value))
            todo.extend(value.values() if isinstance(value, dict) else value)


def write_ordered(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of an ordered dict, with its attributes if it has any."""
    _, pairs = WRITERS[dict](encoder, value, path)
    state = vars(value)
    return [ORDERED, pairs, encoder.value(dict(state), path)] if state else ["ordered", pairs]


def read_ordered(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the ordered dict; its attributes hide no method."""
    value: OrderedDict[Any, Any] = OrderedDict()
    decoder.keep(index, value)
    _, pairs, attributes = node
    for pair in pairs:
        key, item = decoder.values(pair)
        value[key] = item
    state = decoder.value(attributes)
    if type(state) is not dict or any(hasattr(OrderedDict, str(key)) for key in state):
        refuse("the attributes of an ordered dict are malformed")
    vars(value).update(state)
    return value
