"""An optimizer's state, its parameters by name, so that training goes on after a rollback."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.torch.freeze import freeze_value, restore_value
from jupyter_mvt.capture.declarative.graph import refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable
from jupyter_mvt.errors import CaptureError, RestoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.adapter import Frozen, Skeleton, Sources

__all__ = ["freeze_state", "restore_state"]


def freeze_state(
    optimizer: Any, module: Any, sources: Sources, beside: Mapping[str, Any] | None = None
) -> Frozen:
    """Return the optimizer taken apart; without `module`, parameters are named by number.

    Raises
    ------
    CaptureError
        It also updates parameters of another model (code ``optimizer-shared``), or holds
        something that has no form as data (``not-capturable``).
    """
    named = [] if module is None else list(module.named_parameters())
    # Keras names them by how many layers a session has made (``sequential_2/dense_4/bias``).
    numbered = module is None or any("/" in name for name, _ in named)
    names = {id(parameter): str(number) if numbered else name
             for number, (name, parameter) in enumerate(named)}  # fmt: skip
    groups: list[dict[str, Any]] = []
    for group in optimizer.param_groups:
        own = [_name(parameter, names, module) for parameter in group["params"]]
        settings = {key: value for key, value in group.items() if key != "params"}
        groups.append({"params": own, "settings": settings})
    state = {names[id(parameter)]: dict(held) for parameter, held in optimizer.state.items()}
    kept = {
        "class": type(optimizer),
        "numbered": numbered,
        "defaults": dict(optimizer.defaults),
        "groups": groups,
        "state": state,
    }
    whole = {**kept, "beside": {name: _schedule(item) for name, item in (beside or {}).items()}}
    try:
        return freeze_value(whole if beside else kept, sources)
    except Undeclarable as reason:
        if beside:
            lost = ", ".join(beside)
            frozen = freeze_state(optimizer, module, sources)
            return replace(frozen, lost=(*frozen.lost, f"{lost} is not kept ({reason})"))
        msg = f"The optimizer cannot be kept: {reason}."
        raise CaptureError(msg, code="not-capturable") from reason


def _schedule(item: Any) -> Any:
    # A scheduler is taken apart as it is, but for its optimizer; a scaler tells its own state.
    if type(item).__name__ != "GradScaler":
        return item
    return {"scaler": item.state_dict(), "device": str(item._device), "enabled": item.is_enabled()}


def _name(parameter: Any, names: dict[int, str], module: Any) -> str:
    if id(parameter) not in names:
        if module is not None:
            msg = "The optimizer updates parameters that are not the model's."
            raise CaptureError(msg, code="optimizer-shared")
        names[id(parameter)] = str(len(names))
    return names[id(parameter)]


def restore_state(skeleton: Skeleton, module: Any) -> tuple[Any, dict[str, Any]]:
    """Return a new optimizer over the parameters of `module`, and its schedulers by name.

    Raises
    ------
    RestoreError
        The module has other parameters (code ``optimizer-mismatch``).
    """
    kept = restore_value(skeleton)
    if not isinstance(kept, dict) or not isinstance(kept.get("class"), type):
        refuse("it is no optimizer")
    live = _parameters(kept, module)
    try:
        groups = [
            {"params": [live[name] for name in group["params"]], **group["settings"]}
            for group in kept["groups"]
        ]
        _check_shapes(kept["state"], live)
        cls: Any = kept["class"]
        optimizer = cls(groups, **_accepted(cls, kept["defaults"]))
        optimizer.defaults.update(kept["defaults"])
        for group, stored in zip(optimizer.param_groups, kept["groups"], strict=True):
            group.update(stored["settings"])
        for name, held in kept["state"].items():
            optimizer.state[live[name]] = held
    except KeyError as error:
        msg = f"The optimizer belongs to another model: there is no parameter {error}."
        raise RestoreError(msg, code="optimizer-mismatch") from error
    except (TypeError, ValueError, AttributeError) as error:
        msg = f"The optimizer cannot be rebuilt here: {error}."
        raise RestoreError(msg, code="state-refused") from error
    stored = kept.get("beside") or {}
    return optimizer, {name: _scheduled(item, optimizer) for name, item in stored.items()}


def _scheduled(item: Any, optimizer: Any) -> Any:
    if isinstance(item, dict):
        scaler = import_module("torch").amp.GradScaler(item["device"], enabled=item["enabled"])
        if item["enabled"] and item["scaler"]:
            scaler.load_state_dict(item["scaler"])
        return scaler
    item.optimizer = optimizer
    if hasattr(item, "_init_scale_fn"):
        item._init_scale_fn()
    for inner in getattr(item, "_schedulers", ()):
        _scheduled(inner, optimizer)
    return item


def _parameters(kept: Mapping[str, Any], module: Any) -> dict[str, Any]:
    if not kept.get("numbered"):
        return dict(module.named_parameters())
    return {str(number): parameter for number, parameter in enumerate(module.parameters())}


def _check_shapes(state: Mapping[str, Any], live: Mapping[str, Any]) -> None:
    for name, held in state.items():
        for value in held.values():
            shape = getattr(value, "shape", ())
            # Momenta have their parameter's shape; counters are scalars.
            if len(shape) == live[name].ndim > 0 and tuple(shape) != tuple(live[name].shape):
                msg = f"The optimizer's state of {name} has another shape than the parameter."
                raise RestoreError(msg, code="optimizer-mismatch")


def _accepted(cls: Any, defaults: Mapping[str, Any]) -> dict[str, Any]:
    known = signature(cls).parameters
    return {key: value for key, value in defaults.items() if key in known}
