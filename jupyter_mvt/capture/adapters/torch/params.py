"""Hyperparameters of modules and optimizers, flat."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["module_params", "optimizer_params"]

_SCALARS = (bool, int, float, str)
# What every LightningModule has and nobody sets.
_NOISE = frozenset(
    {"training", "prepare_data_per_node", "allow_zero_length_dataloader_with_multiple_devices"}
)
_MISSING: Any = object()


def module_params(module: Any) -> tuple[Param, ...]:
    """Return ``layer.setting`` of each layer, once for layers that repeat, and the size."""
    found = [Param(name="n_parameters", value=sum(p.numel() for p in module.parameters()))]
    trainable = sum(p.numel() for p in module.parameters() if p.requires_grad)
    if trainable != found[0].value:
        found.append(Param(name="n_trainable", value=trainable))
    found += _hyperparameters(module)
    seen: set[Any] = set()
    defaults: dict[type, Mapping[str, Any]] = {}
    for path, inner in module.named_modules():
        if type(inner) not in defaults:
            defaults[type(inner)] = _defaults(type(inner))
        settings = _settings(inner, defaults[type(inner)])
        shape = (type(inner), tuple((param.name, param.value) for param in settings))
        if shape in seen:
            continue
        seen.add(shape)
        prefix = path + "." if path else ""
        found.extend(Param(name=prefix + p.name, value=p.value, default=p.default)
                     for p in settings)  # fmt: skip
    return tuple(found)


def _hyperparameters(module: Any) -> list[Param]:
    """Return what a ``LightningModule`` was told to save as such."""
    saved = vars(module).get("_hparams")
    items = saved.items() if isinstance(saved, dict) else ()
    plain = ((str(key), _plain(value)) for key, value in items)
    return [Param(name=key, value=value) for key, value in plain if value is not _MISSING]


def _settings(module: Any, defaults: Mapping[str, Any]) -> list[Param]:
    settings = []
    for key, value in vars(module).items():
        if key.startswith("_") or key in _NOISE:
            continue
        plain = _plain(value)
        if plain is not _MISSING:
            same = key in defaults and _same(defaults[key], value)
            settings.append(Param(name=key, value=plain, default=same))
    return settings


def optimizer_params(optimizer: Any) -> tuple[Param, ...]:
    """Return the optimizer's class and settings; ``optimizer.1.lr`` for a second group."""
    found = [Param(name="optimizer", value=type(optimizer).__name__)]
    defaults = _defaults(type(optimizer))
    for number, group in enumerate(optimizer.param_groups):
        prefix = f"optimizer.{number}." if number else "optimizer."
        for key, value in group.items():
            plain = _plain(value) if key != "params" else _MISSING
            if plain is _MISSING:
                continue
            if number and found and _value_of(found, f"optimizer.{key}") == plain:
                continue
            same = key in defaults and _same(defaults[key], value)
            found.append(Param(name=prefix + key, value=plain, default=same))
    return tuple(found)


def _value_of(params: list[Param], name: str) -> Any:
    return next((param.value for param in params if param.name == name), _MISSING)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, _SCALARS):
        return value
    if isinstance(value, (tuple, list)) and len(value) <= 16:
        if all(item is None or isinstance(item, _SCALARS) for item in value):
            return repr(tuple(value))
        return _MISSING
    item = _item(value)
    return item if isinstance(item, _SCALARS) else _MISSING


def _item(value: Any) -> Any:
    """Return the number that a tensor or array without dimensions holds, if one can be read."""
    try:
        if getattr(value, "shape", None) == () and hasattr(value, "item"):
            return value.item()
    except RuntimeError:
        # A nested tensor refuses to tell its shape, one on the meta device holds no number.
        return _MISSING
    return _MISSING


def _same(default: Any, value: Any) -> bool:
    if isinstance(value, (list, tuple)) and isinstance(default, (list, tuple)):
        return tuple(default) == tuple(value)
    if not isinstance(value, _SCALARS):
        return default is value
    return type(default) in (type(value), int, float) and bool(default == value)


def _defaults(cls: type) -> Mapping[str, Any]:
    try:
        parameters = signature(cls).parameters
    except (TypeError, ValueError):
        return {}
    return {
        key: item.default for key, item in parameters.items() if item.default is not Parameter.empty
    }
