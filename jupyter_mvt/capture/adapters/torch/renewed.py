"""Weights that are made anew before each use: parametrizations, and hooks that do the same.

A parametrized layer has a class that exists in one process only; kept is the class that it was
made of, and torch makes another such class of it. Of all hooks, only torch's own that compute a
weight (weight norm, spectral norm, pruning) are kept: without them the weight would stand still.
"""

from __future__ import annotations

from typing import Any

from jupyter_mvt.capture.adapter import mro_names
from jupyter_mvt.capture.declarative.graph import refuse

__all__ = ["HOOKS", "complete", "is_renewing", "plain_class", "renewed"]

HOOKS = "_forward_pre_hooks"
_RENEWING = ("torch.nn.utils.weight_norm.WeightNorm", "torch.nn.utils.spectral_norm.SpectralNorm",
             "torch.nn.utils.prune.BasePruningMethod")  # fmt: skip


def is_renewing(hook: Any) -> bool:
    """Tell whether `hook` is one of torch's own that compute a weight."""
    return not isinstance(hook, type) and any(name in _RENEWING for name in mro_names(type(hook)))


def renewed(module: Any) -> tuple[str, ...]:
    """Return the attributes of `module` that such hooks compute."""
    hooks = vars(module).get(HOOKS) or {}
    return tuple(
        str(getattr(hook, "name", None) or getattr(hook, "_tensor_name", ""))
        for hook in hooks.values()
        if is_renewing(hook)
    )


def plain_class(module: Any) -> type | None:
    """Return the class that a parametrized module was made of, ``None`` for other modules."""
    cls = type(module)
    made = "parametrizations" in vars(module).get("_modules", {})
    return cls.__base__ if made and cls.__name__ == f"Parametrized{_name(cls.__base__)}" else None


def _name(cls: type | None) -> str:
    return "" if cls is None else cls.__name__


def complete(torch: Any, module: Any) -> None:
    """Give a rebuilt module the hooks that were kept, and its class for parametrizations."""
    kept = vars(module)[HOOKS]
    if isinstance(kept, list):
        blank = torch.nn.Module()
        setattr(module, HOOKS, vars(blank)[HOOKS])
        for hook in kept:
            if not is_renewing(hook):
                refuse("a hook is none of torch's own")
            module.register_forward_pre_hook(hook)
    lists = vars(module)["_modules"].get("parametrizations")
    if not isinstance(lists, torch.nn.ModuleDict) or plain_class(module) is not None:
        return
    parametrize = torch.nn.utils.parametrize
    parametrize._inject_new_class(module)
    for name, steps in lists.items():
        if not isinstance(steps, parametrize.ParametrizationList) or not name.isidentifier():
            refuse("a parametrization is malformed")
        parametrize._inject_property(module, name)
