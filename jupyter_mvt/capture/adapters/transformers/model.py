"""A pretrained model as its class, its config and its tensors by name.

The config is looked through before a constructor sees it, and the model is first built on the
meta device, which allocates nothing: only if its tensors have the stored shapes is it built.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from contextlib import nullcontext
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import mro_names
from jupyter_mvt.capture.declarative.graph import Node, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = [
    "KIND",
    "base_tensors",
    "below",
    "fits",
    "put",
    "read_model",
    "read_settings",
    "write_model",
]

KIND = "transformers:model"
_TUNED = "peft.tuners.tuners_utils.BaseTunerLayer"
_SWAPPED = "peft.utils.other.AuxiliaryTrainingWrapper"
_PASSING = ("transformers_version", "_name_or_path", "_commit_hash")
_FOREIGN = ("auto_map", "custom_pipelines", "quantization_config")
_COUNTS = re.compile(r"(?:num|n)_.*(?:layers?|experts|blocks)|n_layers?|depths?|.*_layers")


def write_model(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a model; of one that was tuned, the node of its base as it was."""
    stand_in: Node = []
    encoder.fixed(stand_in)
    config = settings_of(value.config)
    generation = getattr(value, "generation_config", None)
    said = None if generation is None else generation.to_json_string(use_diff=False)
    classes = [encoder.value(type(value), path), encoder.value(type(value.config), path)]
    tensors = [[name, buffer, encoder.value(tensor, below(path, name))]
               for name, buffer, tensor in base_tensors(value)]  # fmt: skip
    attention = str(getattr(value.config, "_attn_implementation", None) or "")
    kept = {key: item for key, item in config.items() if key not in _PASSING}
    stand_in += [KIND, classes, json.dumps(kept, sort_keys=True), _lasting(said), tensors]
    return [KIND, classes, json.dumps(config), said, tensors, attention, bool(value.training)]


def settings_of(config: Any) -> dict[str, Any]:
    """Return a config as JSON's values."""
    found: dict[str, Any] = json.loads(config.to_json_string(use_diff=False))
    return found


def _lasting(said: str | None) -> Any:
    if said is None:
        return None
    kept = {key: item for key, item in json.loads(said).items() if key not in _PASSING}
    return json.dumps(kept, sort_keys=True)


def below(path: str, name: str) -> str:
    """Return the path of `name` inside `path`."""
    return f"{path}.{name}" if path else name


def base_tensors(model: Any) -> Iterator[tuple[str, bool, Any]]:
    """Yield name, whether it is a buffer, and tensor; without what PEFT has put around them."""
    wrapped = {}
    for name, module in model.named_modules():
        names = mro_names(type(module))
        if _TUNED in names or _SWAPPED in names:
            wrapped[f"{name}."] = "base_layer." if _TUNED in names else "original_module."
    tensors = [(name, False, item) for name, item in model.named_parameters(remove_duplicate=False)]
    tensors += [(name, True, item) for name, item in model.named_buffers(remove_duplicate=False)]
    for name, buffer, tensor in tensors:
        plain = _unwrapped(name, wrapped)
        if plain is not None:
            yield plain, buffer, tensor


def _unwrapped(name: str, wrapped: Mapping[str, str]) -> str | None:
    # Outer wrappers first: "a." before "a.base_layer.b.".
    for lead, inner in sorted(wrapped.items(), key=lambda item: -len(item[0])):
        if name.startswith(lead):
            if not name.startswith(lead + inner):
                return None
            name = lead + name.removeprefix(lead + inner)
    return name


def fits(model: Any) -> bool:
    """Tell whether its constructor, given its config, makes tensors of just these shapes."""
    try:
        built = _sketch(type(model), type(model.config).from_dict(settings_of(model.config)))
    except Exception:  # whatever a constructor of the user's raises
        return False
    return built == {name: tuple(tensor.shape) for name, _, tensor in base_tensors(model)}


def _sketch(cls: Any, config: Any) -> dict[str, tuple[int, ...]]:
    torch = import_module("torch")
    with warnings.catch_warnings(), torch.device("meta"):
        warnings.simplefilter("ignore")
        model = cls(config)
    return {name: tuple(tensor.shape) for name, _, tensor in base_tensors(model)}


def read_model(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the model, made by its constructor and filled with the stored tensors."""
    del index
    _, classes, text, said, tensors, attention, training = node
    torch = import_module("torch")
    cls, config_cls = decoder.values(classes)
    settings = read_settings(text)
    _vet(settings, len(tensors))
    if not isinstance(attention, str) or "/" in attention:
        refuse("a model names a kernel to download")
    live = {name: decoder.value(item) for name, _, item in tensors}
    if _sketch(cls, config_cls.from_dict(settings)) != {
        name: tuple(tensor.shape) for name, tensor in live.items()
    }:
        refuse("the tensors are not those of the model that the config describes")
    config = config_cls.from_dict(settings)
    if attention:
        config._attn_implementation = attention
    with torch.random.fork_rng(devices=[]), _uninitialised(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = cls(config)
    for name, buffer, _ in tensors:
        put(model, name, live[name], buffer=bool(buffer))
    if said is not None:
        model.generation_config = type(model.generation_config).from_dict(read_settings(said))
    return model.train(bool(training))


def read_settings(text: Any) -> dict[str, Any]:
    """Return the settings that `text` encodes."""
    found = json.loads(text) if isinstance(text, str) else None
    if not isinstance(found, dict):
        refuse("the config of a model is missing")
    return found


def put(model: Any, name: str, tensor: Any, *, buffer: bool = False) -> None:
    """Put a tensor in the place called `name`."""
    owner, _, leaf = name.rpartition(".")
    module = model.get_submodule(owner)
    table = module._buffers if buffer else module._parameters
    if leaf not in table:
        refuse(f"the model has no tensor {name[:80]!r}")
    table[leaf] = tensor


def _uninitialised() -> Any:
    home = sys.modules.get("transformers.initialization") or sys.modules.get(
        "transformers.modeling_utils"
    )
    return getattr(home, "no_init_weights", nullcontext)()


def _vet(settings: Mapping[str, Any], tensors: int, depth: int = 0) -> None:
    """Refuse what would fetch or run foreign code, and more layers than there are tensors."""
    if depth > 20:
        refuse("a config is nested too deeply")
    for key, value in settings.items():
        if key in _FOREIGN and value:
            refuse(f"a config asks for foreign code ({key})")
        if key == "use_pretrained_backbone" and value:
            refuse("a config asks for a download")
        if "implementation" in key and isinstance(value, str) and "/" in value:
            refuse("a config names a kernel to download")
        whole = value if isinstance(value, list) else [value]
        if _COUNTS.fullmatch(key) and any(
            type(item) is int and item > max(64, tensors) for item in whole
        ):
            refuse(f"a config claims {key} of {str(value)[:20]}")
        if isinstance(value, dict):
            _vet(value, tensors, depth + 1)
