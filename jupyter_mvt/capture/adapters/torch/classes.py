"""What of PyTorch a stored model may name."""

from __future__ import annotations

import sys
from typing import Any

from jupyter_mvt.capture.adapters.torch.renewed import complete
from jupyter_mvt.capture.declarative.graph import refuse

__all__ = ["TorchAllowed", "TorchChecks", "fill_hooks"]

_FUNCTIONS = frozenset(
    {"abs", "add", "argmax", "cat", "celu", "cos", "erf", "exp", "flatten", "log", "log_softmax",
     "matmul", "max", "mean", "min", "mul", "norm", "relu", "relu_", "selu", "sigmoid", "sin",
     "softmax", "softplus", "sqrt", "square", "stack", "sum", "tanh", "transpose"}
)  # fmt: skip
_MODULE_HOMES = ("torch.nn.modules.", "torch.optim.", "torch.nn.utils.parametri", "torch.ao.nn.",
                 "torch.ao.quantization.")  # fmt: skip
# Classes that are no modules and hold data only: what renews a weight before each use, how a model
# was quantized, datasets made of tensors, and loaders of them.
_PARTS = frozenset(
    {"torch.nn.utils.weight_norm.WeightNorm", "torch.nn.utils.spectral_norm.SpectralNorm",
     "torch.nn.utils.parametrizations._OrthMaps", "torch.ao.quantization.qconfig.QConfig",
     "torch.ao.quantization.observer._PartialWrapper"}
    | {f"torch.nn.utils.prune.{name}" for name in (
        "CustomFromMask", "Identity", "L1Unstructured", "LnStructured", "PruningContainer",
        "RandomStructured", "RandomUnstructured")}
    | {f"torch.utils.data.dataset.{name}" for name in (
        "ConcatDataset", "StackDataset", "Subset", "TensorDataset")}
    | {f"torch.utils.data.sampler.{name}" for name in (
        "BatchSampler", "RandomSampler", "SequentialSampler", "SubsetRandomSampler",
        "WeightedRandomSampler")}
    | {"torch.utils.data.dataloader.DataLoader", "torch.utils.data._utils.collate.default_collate",
       "torch.utils.data._utils.collate.default_convert"}
)  # fmt: skip
_FUNCTION_HOMES = ("torch.nn.functional", "torch._C._nn")
_MOST_WORKERS = 1024
_NUMPY = frozenset({"float16", "float32", "float64", "int8", "int16", "int32", "int64", "bool"})


class TorchAllowed:
    """Modules and optimizers of torch and what they consist of, functions that only compute."""

    def admits(self, module: str, qualname: str) -> bool:
        """Tell by the words alone whether a name may be looked up."""
        if "." in qualname or qualname.startswith("__"):
            return False
        if module == "torch":
            return qualname in _FUNCTIONS
        if module == "numpy":
            return qualname in _NUMPY
        known = module in _FUNCTION_HOMES or f"{module}.{qualname}" in _PARTS
        return known or module.startswith(_MODULE_HOMES)

    def confirms(self, value: Any) -> bool:
        """Tell whether what was found is a module, an optimizer, or computes only."""
        name = getattr(value, "__name__", "")
        if not isinstance(value, type):
            homes = ("torch", *_FUNCTION_HOMES, getattr(value, "__module__", None) or "")
            return callable(value) and any(
                getattr(sys.modules.get(home), name, None) is value and self.admits(home, name)
                for home in homes
            )
        if value.__module__ == "numpy":
            return name in _NUMPY
        torch = sys.modules.get("torch")
        if torch is None or not self.admits(value.__module__, value.__qualname__):
            return False
        if f"{value.__module__}.{name}" in _PARTS:
            return True
        return issubclass(value, (torch.nn.Module, torch.optim.Optimizer, *_schedulers(torch)))


def _schedulers(torch: Any) -> tuple[type, ...]:
    return (torch.optim.lr_scheduler.LRScheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)


class TorchChecks:
    """Refuses calls (modules are rebuilt without any) and completes a module's state."""

    def before(self, cls: Any, arguments: list[Any], state: Any) -> None:
        """Give a module's state the empty tables of hooks that were not stored.

        A loader may have no more workers than a machine has.
        """
        del arguments
        torch = sys.modules.get("torch")
        if torch is None or not isinstance(cls, type) or not isinstance(state, dict):
            return
        if issubclass(cls, torch.nn.Module):
            fill_hooks(torch, state)
        if issubclass(cls, torch.utils.data.DataLoader):
            workers = state.get("num_workers")
            if type(workers) is not int or not 0 <= workers <= _MOST_WORKERS:
                refuse("a loader has no sound number of workers")

    def after(self, value: Any) -> None:
        """Complete a module: its tables of hooks, and what renews its weights.

        Shapes were checked with the tensors; torch checks its own calls.
        """
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.nn.Module):
            fill_hooks(torch, vars(value))
            complete(torch, value)


def fill_hooks(torch: Any, state: dict[str, Any]) -> None:
    """Add what every module has and none stores: its empty tables of hooks."""
    for key, blank in vars(torch.nn.Module()).items():
        state.setdefault(key, blank)
