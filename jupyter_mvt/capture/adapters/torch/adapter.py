"""What mvt asks of PyTorch, answered; modules and optimizers are taken apart beside."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Frozen, Role, Skeleton, Sources, mro_names
from jupyter_mvt.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary
    from jupyter_mvt.objects.commit import Param

__all__ = ["ADAPTER", "TorchAdapter"]

_MODULE = "torch.nn.modules.module.Module"
_PROGRAM = "torch.export.exported_program.ExportedProgram"
_OPTIMIZER = "torch.optim.optimizer.Optimizer"
_SCHEDULES = ("torch.optim.lr_scheduler.LRScheduler", "torch.optim.lr_scheduler.ReduceLROnPlateau",
              "torch.amp.grad_scaler.GradScaler")  # fmt: skip
_WRAPPERS = ("OptimizedModule", "DataParallel", "DistributedDataParallel")
_MODULES = ("module", "loss")


class TorchAdapter:
    """``nn.Module``, also of classes defined in cells, ``Optimizer``, and trees of tensors."""

    name = "torch"
    format = "torch/1"
    priority = 10
    match: tuple[str, ...] = (_MODULE, _OPTIMIZER, *_SCHEDULES)

    def detect(self, obj: Any) -> Role | None:
        """Tell modules, losses, optimizers and schedulers apart by the names in the MRO."""
        if isinstance(obj, type):
            return None
        names = mro_names(type(obj))
        if _OPTIMIZER in names:
            return "optimizer"
        if any(name in names for name in _SCHEDULES):
            return "scheduler"
        if _MODULE not in names:
            return None
        return "loss" if any(n.startswith("torch.nn.modules.loss.") for n in names) else "module"

    def detect_given(self, obj: Any) -> Role | None:
        """Return ``"params"`` for a tensor, a state dict or a checkpoint: kept, if not sought."""
        from jupyter_mvt.capture.adapters.torch.trees import is_tree

        return "params" if is_tree(obj) else None

    def is_fitted(self, obj: Any) -> bool:
        """Tell whether there is anything to learn: a module is born with its weights.

        Unless it is lazy: a ``LazyLinear`` gets them with the first batch.
        """
        if self.detect(obj) not in _MODULES:
            return True
        if any(_is_lazy(inner) for inner in obj.modules()):
            return False
        return any(True for _ in obj.parameters()) or any(True for _ in obj.buffers())

    def children(self, obj: Any) -> Iterable[Any]:
        """Return the modules inside a module."""
        return tuple(obj.children()) if self.detect(obj) in _MODULES else ()

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return each layer's settings and the number of parameters."""
        from jupyter_mvt.capture.adapters.torch.params import module_params, optimizer_params
        from jupyter_mvt.capture.adapters.torch.trees import tree_params

        kind = self.detect(obj)
        if kind is None:
            return tree_params(obj)
        if kind == "scheduler":
            return ()
        if kind == "optimizer":
            return optimizer_params(obj)
        return module_params(_unwrapped(obj)[0])

    def framework(self) -> str:
        """Return name and version."""
        return f"torch {getattr(sys.modules.get('torch'), '__version__', '?')}"

    def token(self, obj: Any) -> object:
        """Return addresses and version counters: writes through ``.data`` escape them."""
        from jupyter_mvt.capture.sharing import tokens_of

        kind = self.detect(obj)
        if kind is None:
            from jupyter_mvt.capture.adapters.torch.trees import tensors_of

            return tokens_of(tensors_of(obj))
        if kind not in _MODULES:
            return (id(obj), len(getattr(obj, "state", ())))
        return tokens_of((*obj.parameters(), *obj.buffers()))

    def freeze(self, obj: Any, sources: Sources) -> Frozen:
        """Return a module or tree taken apart, its tensors read when the store asks for them.

        Raises
        ------
        CaptureError
            A tensor has no content (meta), or it is a program (``not-capturable``); a layer is
            lazy and has met no batch yet (``unfitted``).
        """
        from jupyter_mvt.capture.adapters.torch.freeze import freeze_module, freeze_value
        from jupyter_mvt.capture.adapters.torch.optimizer import freeze_state
        from jupyter_mvt.capture.declarative.policy import Undeclarable

        if self.detect(obj) == "optimizer":
            return freeze_state(obj, None, sources)
        bare = self.detect(obj) is None
        module, notes = (obj, ()) if bare else _unwrapped(obj)
        if not bare:
            _refuse_unkept(module)
        try:
            frozen = (freeze_value if bare else freeze_module)(module, sources)
        except Undeclarable as reason:
            from jupyter_mvt.capture.pickling import freeze_pickled

            frozen = freeze_pickled(module, self.params(module), str(reason))
        return replace(frozen, lost=(*notes, *frozen.lost))

    def refusal(self, obj: Any, names: tuple[str, ...]) -> CaptureError | None:
        """Return the refusal of exported programs, which are no modules."""
        if _PROGRAM not in names:
            return None
        msg = f"A {type(obj).__qualname__} is a program and not a module."
        hint = "torch.export.save(model, 'model.pt2')  # then: mvt commit model.pt2"
        return CaptureError(msg, code="not-capturable", hint=hint)

    def restore(self, skeleton: Skeleton) -> Any:
        """Rebuild without any constructor, from classes of torch and trusted code."""
        from jupyter_mvt.capture.adapters.torch.freeze import restore_kept

        import_module("torch")
        if skeleton.state_kind == "pickle":
            from jupyter_mvt.capture.pickling import restore_pickled

            return restore_pickled(skeleton)
        return restore_kept(skeleton)

    def vocabulary(self) -> Vocabulary:
        """Return how tensors and modules are written and read, inside others' models too."""
        from jupyter_mvt.capture.adapters.torch.freeze import torch_vocabulary

        return torch_vocabulary()

    def optimizer_matches(self, optimizer: Any, module: Any) -> bool:
        """Tell whether `optimizer` updates parameters of `module`, by identity."""
        if _MODULE not in mro_names(type(module)):
            return False
        own = {id(parameter) for parameter in module.parameters()}
        groups = getattr(optimizer, "param_groups", ())
        return any(id(parameter) in own for group in groups for parameter in group["params"])

    def freeze_optimizer(
        self, optimizer: Any, module: Any, sources: Sources, beside: Mapping[str, Any] | None = None
    ) -> Frozen:
        """Return the optimizer's state, its parameters by their names in `module`.

        `beside` are schedulers of this optimizer and gradient scalers, by name.
        """
        from jupyter_mvt.capture.adapters.torch.optimizer import freeze_state

        return freeze_state(optimizer, _unwrapped(module)[0], sources, beside or {})

    def restore_optimizer(self, skeleton: Skeleton, module: Any) -> tuple[Any, dict[str, Any]]:
        """Return an optimizer of `module` that goes on where the stored one stopped.

        And its schedulers by name.
        """
        from jupyter_mvt.capture.adapters.torch.optimizer import restore_state

        import_module("torch")
        return restore_state(skeleton, _unwrapped(module)[0])


def _unwrapped(module: Any) -> tuple[Any, tuple[str, ...]]:
    notes: list[str] = []
    while type(module).__name__ in _WRAPPERS:
        wrapper = type(module).__name__
        module = module._orig_mod if wrapper == "OptimizedModule" else module.module
        notes.append(f"the {wrapper} around the model is not kept; wrap it again once restored")
    return module, tuple(notes)


def _refuse_unkept(module: Any) -> None:
    for path, inner in module.named_modules():
        name = f"{path or 'the model'} ({type(inner).__qualname__})"
        if _is_lazy(inner):
            msg = f"{name} has no weights yet: their shape follows from the first batch."
            raise CaptureError(msg, code="unfitted", hint="model(batch)  # once, before the commit")
        if any(base.startswith("torch.jit.") for base in mro_names(type(inner))):
            msg = f"{name} is TorchScript, which is a program and not a module."
            hint = "torch.jit.save(model, 'model.pt')  # then: mvt commit model.pt"
            raise CaptureError(msg, code="not-capturable", hint=hint)


def _is_lazy(module: Any) -> bool:
    # From its tables: the generators that it has for them are slow, and there are many modules.
    for table in (module._parameters, module._buffers):
        for tensor in table.values():
            if type(tensor).__name__.startswith("Uninitialized"):
                return True
    return False


ADAPTER = TorchAdapter()
