"""A tuned model as its base, as that was, and the tensors that tuning added.

The base is written under the names that it had alone, so that all models tuned on one frozen
base share its stored arrays.
"""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.transformers.model import (
    base_tensors,
    below,
    put,
    read_settings,
)
from jupyter_mvt.capture.declarative.graph import Node, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = [
    "ADDED",
    "KIND",
    "SAME",
    "read_peft",
    "read_same",
    "write_base",
    "write_original",
    "write_peft",
]

ADDED = "adapter"
"""What tuning added is stored below this name."""
KIND = "transformers:peft"
SAME = "transformers:same"
_PASSING = ("peft_version", "base_model_name_or_path", "inference_mode")
# How adapters begin; some ways rewrite the base, which is stored as they left it.
_BEGINNING = "init_lora_weights"


def write_base(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a tuned layer: what it was before."""
    return [SAME, encoder.value(value.base_layer, path)]


def write_original(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a layer with a trained copy: the layer itself."""
    return [SAME, encoder.value(value.original_module, path)]


def read_same(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the value that stands for this one."""
    del index
    return decoder.value(node[1])


def write_peft(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a tuned model."""
    stand_in: Node = []
    encoder.fixed(stand_in)
    inner = value.get_base_model()
    base = encoder.value(inner, path)
    cls = encoder.value(type(value), path)
    adapters = [[name, encoder.value(type(config), path), json.dumps(_settings(config))]
                for name, config in value.peft_config.items()]  # fmt: skip
    steady = [[name, kind, json.dumps(_lasting(json.loads(text)))] for name, kind, text in adapters]
    known = {id(tensor) for _, _, tensor in base_tensors(inner)}
    tensors = [
        [name, encoder.value(tensor, below(path, f"{ADDED}.{_short(name)}"))]
        for name, tensor in value.named_parameters(remove_duplicate=False)
        if id(tensor) not in known
    ]
    merged = {name: list(module.merged_adapters) for name, module in value.named_modules()
              if getattr(module, "merged_adapters", None)}  # fmt: skip
    active = value.active_adapter
    now = [active] if isinstance(active, str) else list(active)
    rest = [sorted(merged.items()), now]
    stand_in += [KIND, base, cls, steady, tensors, *rest]
    return [KIND, base, cls, adapters, tensors, *rest, bool(value.training)]


def _short(name: str) -> str:
    return name.removeprefix("base_model.").removeprefix("model.")


def _settings(config: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(config.to_dict(), default=_as_plain))
    return found


def _as_plain(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(getattr(value, "value", value))


def _lasting(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sorted(settings.items()) if key not in _PASSING}


def read_peft(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the tuned model: adapters made without memory, then the stored tensors put in."""
    del index
    _, base, cls, adapters, tensors, merged, active, training = node
    model = _wrapped(import_module("peft"), decoder, decoder.value(base), adapters)
    if type(model) is not decoder.value(cls):
        refuse("a tuned model is of another class than its adapter makes")
    live = {name: decoder.value(item) for name, item in tensors}
    known = dict(model.named_parameters(remove_duplicate=False))
    for name, tensor in live.items():
        if name not in known or known[name].shape != tensor.shape:
            refuse(f"the adapter has no tensor {name[:80]!r} of that shape")
        put(model, name, tensor)
    if any(parameter.is_meta for parameter in model.parameters()):
        refuse("tensors of an adapter are missing")
    flags = {name: parameter.requires_grad for name, parameter in live.items()}
    if active != [model.active_adapter]:
        model.set_adapter(active[0])
    for name, wanted in flags.items():
        live[name].requires_grad_(wanted)
    for name, names in merged:
        model.get_submodule(name).merged_adapters = list(names)
    return model.train(bool(training))


def _wrapped(peft: Any, decoder: Decoder, base: Any, adapters: Any) -> Any:
    frozen = {id(item): item.requires_grad for item in base.parameters()}
    model = None
    for name, kind, text in adapters:
        settings = read_settings(text)
        if settings.get("megatron_config") or settings.get("auto_mapping"):
            refuse("an adapter names code to import")
        beginning = settings.get(_BEGINNING)
        if _BEGINNING in settings:
            settings[_BEGINNING] = False
        # What type it is says the class.
        config = decoder.value(kind)(**{k: v for k, v in settings.items() if k != "peft_type"})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if model is None:
                model = peft.get_peft_model(
                    base, config, str(name), autocast_adapter_dtype=False, low_cpu_mem_usage=True
                )
            else:
                model.add_adapter(str(name), config, low_cpu_mem_usage=True)
        if _BEGINNING in settings:
            setattr(config, _BEGINNING, beginning)
        if "modules_to_save" in settings:
            # Wrapping adds the head of the task to it, each time.
            config.modules_to_save = read_settings(text)["modules_to_save"]
    if model is None:
        refuse("a tuned model has no adapter")
    for parameter in base.parameters():
        if id(parameter) in frozen:
            parameter.requires_grad_(frozen[id(parameter)])
    return model
