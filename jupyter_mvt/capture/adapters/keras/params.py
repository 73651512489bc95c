"""Settings of layers and of compiling, flat."""

from __future__ import annotations

from dataclasses import replace
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.keras.names import layers_of, steady_names
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["keras_params", "optimizer_params"]

_SCALARS = (bool, int, float, str, type(None))
_SKIPPED = frozenset({"name", "dtype", "trainable", "sparse", "ragged", "optional"})


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
        plain = repr(tuple(value)) if _is_row(value) else value
        if key in _SKIPPED or not isinstance(plain, _SCALARS):
            continue
        default = defaults.get(key, Parameter.empty)
        yield Param(
            name=key, value=plain, default=type(default) is type(value) and value == default
        )


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
