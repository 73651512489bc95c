"""The live classes and functions that a model's settings name."""

from __future__ import annotations

from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.keras.names import layers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["live_customs"]

_DEPTH = 4


def live_customs(model: Any, wanted: Iterable[tuple[str, bool]]) -> dict[str, Any]:
    """Return name → class or function, of the names that settings use for what is not Keras'."""
    names = dict.fromkeys(name for name, _ in wanted)
    if not names:
        return {}
    keras = import_module("keras")
    found = {name: item for name, item in keras.saving.get_custom_objects().items()
             if name in names}  # fmt: skip
    for item in _held(model):
        cls = type(item)
        for name, value in ((item.__name__, item),) if isinstance(item, FunctionType) else (
            (_registered(keras, cls), cls), (cls.__name__, cls)
        ):  # fmt: skip
            if name in names:
                found.setdefault(name, value)
    return found


def _registered(keras: Any, cls: type) -> str:
    return str(keras.saving.get_registered_name(cls))


def _held(model: Any) -> Iterator[Any]:
    compiled = getattr(model, "_compile_config", None)
    todo = [(layer, 0) for layer in layers_of(model)]
    todo.append((getattr(compiled, "config", None), 0))
    seen: set[int] = set()
    while todo:
        value, depth = todo.pop()
        if id(value) in seen or depth > _DEPTH:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            below = list(value.values())
        elif isinstance(value, (list, tuple)):
            below = list(value)
        elif isinstance(value, FunctionType):
            yield value
            continue
        elif hasattr(value, "get_config"):
            yield value
            below = list(vars(value).values())
        else:
            continue
        todo.extend((item, depth + 1) for item in below)
