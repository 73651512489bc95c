"""Settings of layers and of compiling, flat."""

from __future__ import annotations

import math
from dataclasses import replace
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapters.keras.names import layers_of, steady_names
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["keras_params", "optimizer_params"]

_SCALARS = (bool, int, float, str, type(None))
_SKIPPED = frozenset(
    {"name", "dtype", "trainable", "sparse", "ragged", "optional", "build_input_shape"}
)
_HOMES = ("keras.optimizers", "keras.regularizers", "keras.constraints", "keras.initializers")
_MOST = 1e38


def keras_params(model: Any) -> tuple[Param, ...]:
    """Return ``layer.setting`` of each layer, once for layers that repeat, and how it learns."""
    found: dict[str, Param] = {}
    names = steady_names(model)
    seen: set[Any] = set()
    for layer in layers_of(model):
        settings = tuple(_settings(layer))
        shape = (type(layer), tuple((item.name, item.value) for item in settings))
        if shape in seen:
            continue
        seen.add(shape)
        prefix = "" if layer is model else names.get(layer.name, layer.name) + "."
        for item in settings:
            name = prefix + item.name
            found.setdefault(name, Param(name=name, value=item.value, default=item.default))
    for item in _compiled(model):
        found.setdefault(item.name, item)
    return tuple(found.values())


def optimizer_params(optimizer: Any) -> tuple[Param, ...]:
    """Return ``optimizer``, its class, and ``optimizer.setting`` of each of its settings."""
    named = Param(name="optimizer", value=type(optimizer).__name__)
    return (named, *(replace(item, name=f"optimizer.{item.name}") for item in _settings(optimizer)))


def _settings(layer: Any) -> Iterator[Param]:
    try:
        config = layer.get_config()
    except Exception:  # a class of the user's that cannot tell
        return
    defaults = _defaults(type(layer))
    for key, value in config.items():
        default = defaults.get(key, Parameter.empty)
        if key in _SKIPPED:
            continue
        if isinstance(value, dict):
            yield from _described(key, value, default)
            continue
        plain = repr(tuple(value)) if _is_row(value) else value
        if isinstance(plain, _SCALARS):
            short = _shortest(plain)
            same = type(default) is type(value) and default in (value, short)
            yield Param(name=key, value=short, default=same)


def _described(key: str, value: Mapping[str, Any], default: Any) -> Iterator[Param]:
    """Yield a setting that is an object: a schedule, a regularizer, an initializer, a function."""
    name, inner = value.get("class_name"), value.get("config")
    if name == "function" and isinstance(inner, str):
        yield Param(name=key, value=inner)
        return
    known = str(value.get("module")).startswith(_HOMES)
    if not known or not isinstance(name, str) or not isinstance(inner, dict):
        return
    if isinstance(default, str) and default.replace("_", "") == name.lower():
        return  # what there is if nobody says anything, such as an initializer
    yield Param(name=key, value=name)
    for word, item in inner.items():
        if word != "name" and item is not None and isinstance(item, _SCALARS):
            yield Param(name=f"{key}.{word}", value=_shortest(item))


def _shortest(value: Any) -> Any:
    """Return a number of 32 bits as somebody would write it: 0.001, not 0.0010000000474974513."""
    if not isinstance(value, float) or not math.isfinite(value) or abs(value) > _MOST:
        return value
    narrow = np.float32(value)
    return float(str(narrow)) if float(narrow) == value else value


def _is_row(value: Any) -> bool:
    row = isinstance(value, (list, tuple)) and 0 < len(value) <= 8
    return row and all(isinstance(item, _SCALARS) for item in value)


def _compiled(model: Any) -> Iterator[Param]:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return
    yield from optimizer_params(optimizer)
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    if loss is not None:
        yield Param(name="loss", value=name)


def _defaults(cls: type) -> Mapping[str, Any]:
    try:
        return {key: item.default for key, item in signature(cls).parameters.items()}
    except (TypeError, ValueError):
        return {}
