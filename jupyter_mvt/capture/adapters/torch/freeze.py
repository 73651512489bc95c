"""A module taken apart and put together."""

from __future__ import annotations

import sys
from collections import OrderedDict
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.torch.classes import TorchAllowed, TorchChecks
from jupyter_mvt.capture.adapters.torch.packed import KIND, read_packed, write_packed
from jupyter_mvt.capture.adapters.torch.renewed import HOOKS, is_renewing, plain_class, renewed
from jupyter_mvt.capture.adapters.torch.tensors import TensorReader, TensorWriter
from jupyter_mvt.capture.adapters.torch.trees import (
    ORDERED,
    RESULT,
    is_result,
    is_tree,
    read_ordered,
    read_result,
    write_ordered,
    write_result,
)
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.vocabulary import Vocabulary, freeze_with, restore_with
from jupyter_mvt.errors import RestoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.adapter import Frozen, Skeleton, Sources
    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write

__all__ = ["freeze_module", "freeze_value", "restore_kept", "restore_value", "torch_vocabulary"]

_TABLES = ("_parameters", "_buffers", "_modules")
_NONE: Mapping[str, Any] = {}


class _Dialect:
    """What of a module's state is no part of it."""

    def __init__(self) -> None:
        self.writers: Mapping[type, Write] = {OrderedDict: write_ordered}
        self.tensors = TensorWriter()
        self.lost: list[str] = []
        # Lent to other frameworks' readers, which need no torch.
        self._torch: Any = sys.modules.get("torch")

    def writer(self, value: Any) -> Write | None:
        torch = self._torch
        if isinstance(value, torch.Tensor):
            return self.tensors
        kinds: tuple[tuple[type, Write], ...] = (
            (torch.Size, _write_size), (torch.dtype, _write_dtype), (torch.device, _write_device),
            (torch.qscheme, _write_scheme), (torch.ScriptObject, write_packed),
            (torch.Generator, _write_generator),
        )  # fmt: skip
        for kind, write in kinds:
            if isinstance(value, kind):
                return write
        if is_result(value):
            return write_result
        if self._is_module(value) and plain_class(value) is not None:
            return self._write_parametrized
        return None

    def _write_parametrized(self, encoder: Encoder, value: Any, path: str) -> Node:
        # Its own account of itself refuses to be pickled.
        return encoder.attributes(value, plain_class(value), self.state(value, vars(value)), path)

    def _is_module(self, value: Any) -> bool:
        return isinstance(value, self._torch.nn.Module)

    def state(self, value: Any, state: Any) -> Any:
        if not isinstance(state, dict):
            return state
        if isinstance(value, self._torch.utils.data.DataLoader):
            return {**state, "_iterator": None}  # workers that wait for another round
        if isinstance(value, self._torch.optim.lr_scheduler.LRScheduler):
            # CyclicLR makes its own function anew.
            own = () if state.get("_scale_fn_custom") else ("_scale_fn_ref",)
            return {key: item for key, item in state.items() if key not in ("optimizer", *own)}
        if not self._is_module(value):
            return state
        hooks = {key: table for key, table in state.items() if _is_hooks(key, table)}
        renewing = [hook for hook in (hooks.get(HOOKS) or {}).values() if is_renewing(hook)]
        held = sum(_count(table) for key, table in hooks.items() if key.endswith("_hooks"))
        if held > len(renewing):
            lost = held - len(renewing)
            self.lost.append(f"{lost} hook(s) on a {type(value).__qualname__} are not kept")
        kept = {key: item for key, item in state.items() if key not in hooks}
        return {**kept, HOOKS: renewing} if renewing else kept

    def volatile(self, owner: Any, keys: tuple[str, ...]) -> frozenset[str]:
        if not self._is_module(owner):
            return frozenset()
        # train() and eval() switch it back and forth; nothing is learned by that. And a weight
        # that hooks compute is as old as the last call.
        hooks = getattr(owner, "__dict__", _NONE).get(HOOKS)
        return frozenset({"training", *(renewed(owner) if hooks else ())}.intersection(keys))

    def step(self, owner: Any, key: str) -> str:
        table = key in _TABLES and self._is_module(owner)
        return "" if table else key


def _is_hooks(key: str, table: Any) -> bool:
    hook = "_hooks" in key or key == "_is_full_backward_hook"
    return hook and (table is None or isinstance(table, (dict, bool)))


def _count(table: Any) -> int:
    # Normed weights have more of them, for reading the checkpoints of old versions of torch.
    return sum(not _reads_old(hook) for hook in table.values())


def _reads_old(hook: Any) -> bool:
    hook = getattr(hook, "hook", hook)
    own = (getattr(hook, "__module__", "") or "").startswith("torch.nn.utils.")
    return own and not is_renewing(hook)


def _write_size(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, path
    return ["size", list(value)]


def _write_dtype(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, path
    return ["torch", str(value).removeprefix("torch.")]


def _write_device(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, path
    return ["device", str(value)]


def _write_scheme(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, path
    return ["qscheme", str(value).removeprefix("torch.")]


def _write_generator(encoder: Encoder, value: Any, path: str) -> Node:
    # Its position moves with every use, also by others: kept, but no part of the identity.
    encoder.fixed(["torch random"])
    encoder.volatile, before = True, encoder.volatile
    try:
        return ["torch random", encoder.value(value.get_state().numpy(), path)]
    finally:
        encoder.volatile = before


def _read_generator(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    torch = import_module("torch")
    made = torch.Generator()
    made.set_state(torch.from_numpy(decoder.value(node[1]).copy()))  # torch checks it
    return made


def _read_size(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    return import_module("torch").Size(node[1])


def _read_dtype(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    torch = import_module("torch")
    found = getattr(torch, node[1]) if isinstance(node[1], str) else None
    if not isinstance(found, torch.dtype):
        refuse("a dtype is unknown")
    return found


def _read_scheme(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    torch = import_module("torch")
    found = getattr(torch, node[1]) if isinstance(node[1], str) else None
    if not isinstance(found, torch.qscheme):
        refuse("a scheme of quantization is unknown")
    return found


def _read_device(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index, node
    # Tensors come back on the CPU; a remembered device would send inputs elsewhere.
    return import_module("torch").device("cpu")


def torch_vocabulary() -> Vocabulary:
    """Return how tensors and modules are written and read; good for one object."""
    dialect = _Dialect()

    def finish(encoder: Encoder) -> None:
        dialect.tensors.finish(encoder)
        encoder.lost.extend(dict.fromkeys(dialect.lost))

    readers: dict[str, Read] = {
        "tensor": TensorReader(),
        "size": _read_size,
        "torch": _read_dtype,
        "device": _read_device,
        "qscheme": _read_scheme,
        "torch random": _read_generator,
        KIND: read_packed,
        ORDERED: read_ordered,
        RESULT: read_result,
    }
    return Vocabulary(
        package="torch",
        allowed=TorchAllowed(),
        dialect=dialect,
        checks=TorchChecks(),
        readers=readers,
        finish=finish,
    )


def freeze_value(value: Any, sources: Sources) -> Frozen:
    """Return any value with tensors in it taken apart."""
    return freeze_with(torch_vocabulary(), value, sources, "tensors")


def freeze_module(module: Any, sources: Sources) -> Frozen:
    """Return `module` taken apart.

    Raises
    ------
    Undeclarable
        It holds something that has no form as data.
    """
    frozen = freeze_value(module, sources)
    return replace(frozen, n_weights=sum(item.numel() for item in module.parameters()))


def restore_value(skeleton: Skeleton) -> Any:
    """Return any value that `freeze_value` took apart."""
    return restore_with(torch_vocabulary(), skeleton)


def restore_kept(skeleton: Skeleton) -> Any:
    """Return the module or the tree of tensors; whatever else is stored is refused."""
    kept = restore_value(skeleton)
    if not isinstance(kept, sys.modules["torch"].nn.Module) and not is_tree(kept):
        msg = f"The stored object is a {type(kept).__qualname__} and no module."
        raise RestoreError(msg, code="state-refused")
    return kept
