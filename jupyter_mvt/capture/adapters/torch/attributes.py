"""What a person or a framework wrote onto a tensor: ``weight.lr_scale = 0.1``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import is_nameable
from jupyter_mvt.capture.declarative.graph import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["attach", "write_attributes"]

_BUFFER = "_is_buffer"
"""Makes a tensor an ``nn.Buffer``; frameworks keep their own notes under such names."""
_SCALARS = (type(None), bool, int, float, complex, str, bytes)
_MAX_DEPTH = 8
_HOOKS = "hooks on tensors are not kept"


def write_attributes(encoder: Encoder, tensor: Any, path: str) -> list[Any]:
    """Return the rest of a tensor's node: its attributes if it has any; what is lost is told."""
    if tensor._backward_hooks or getattr(tensor, "_post_accumulate_grad_hooks", None):
        _tell(encoder, _HOOKS)
    given = vars(tensor)
    if not given:
        return []
    kept = {}
    for name, value in given.items():
        if name.startswith("_") and name != _BUFFER:
            continue
        if _hides(name) or not _is_data(value, 0):
            _tell(encoder, f"the attribute {name!r} of tensors is not kept")
        else:
            kept[name] = value
    return [encoder.value(kept, path)] if kept else []


def attach(decoder: Decoder, tensor: Any, attributes: Any) -> Any:
    """Return the tensor with its attributes, which hide no method."""
    found: Mapping[Any, Any] = decoder.value(attributes)
    if type(found) is not dict:
        refuse("the attributes of a tensor are missing")
    for name, value in found.items():
        if type(name) is not str or (name != _BUFFER and (name.startswith("_") or _hides(name))):
            refuse("the attributes of a tensor are malformed")
        setattr(tensor, name, value)
    return tensor


def _tell(encoder: Encoder, text: str) -> None:
    if text not in encoder.lost:
        encoder.lost.append(text)


def _hides(name: str) -> bool:
    return hasattr(sys.modules["torch"].Tensor, name)


def _is_data(value: Any, depth: int) -> bool:
    """Tell whether a value is numbers and text all through, and leads back to no tensor."""
    torch, cls = sys.modules["torch"], type(value)
    if cls in _SCALARS:
        return True
    if cls is torch.Tensor:
        return not vars(value) and not value.is_meta and value.layout == torch.strided
    if cls is np.ndarray or isinstance(value, np.generic):
        return not value.dtype.hasobject and is_nameable(value.dtype)
    if cls in (torch.Size, torch.dtype):
        return True
    if depth >= _MAX_DEPTH or cls not in (list, tuple, set, dict):
        return False
    items = (*value, *value.values()) if cls is dict else value
    return all(_is_data(item, depth + 1) for item in items)
