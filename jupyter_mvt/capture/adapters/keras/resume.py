"""A compiled model's optimizer brought back: its settings, its momenta and its count of steps."""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.keras.arrays import assign, described_array
from jupyter_mvt.capture.adapters.keras.config import vet
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.errors import RestoreError

if TYPE_CHECKING:
    from jupyter_mvt.capture.declarative.decoder import Decoder

__all__ = ["resumed"]


def resumed(live: Any, decoder: Decoder, node: Node) -> Any:
    """Return the optimizer of `live`, as it was in the version; ``None`` if none was kept.

    A model that is not compiled, or with another optimizer, is compiled as the stored one was.

    Raises
    ------
    RestoreError
        `live` has other parameters (code ``optimizer-mismatch``).
    """
    _, text, named, weights, _, steps, _ = node
    config = json.loads(text) if isinstance(text, str) else None
    if not isinstance(config, dict) or not isinstance(weights, list) or not isinstance(steps, list):
        refuse("the settings of a Keras model are missing")
    settings = config.get("compile_config")
    if not settings or not settings.get("optimizer") or not steps:
        return None
    _require(
        [(tuple(item.shape), str(item.dtype)) for item in getattr(live, "weights", ())],
        [described_array(decoder, array) for _, array, _ in weights],
        "parameters",
    )
    if not _alike(live, settings["optimizer"]):
        customs = {name: decoder.value(item) for name, item in named}
        vet(config, customs, trusted=decoder.skeleton.trusted)
        with import_module("keras").saving.custom_object_scope(customs), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            live.compile_from_config(settings)
    own = live.optimizer.variables
    _require(
        [(tuple(item.shape), str(item.dtype)) for item in own],
        [described_array(decoder, array) for array in steps],
        "momenta",
    )
    for variable, array in zip(own, steps, strict=True):
        assign(decoder, variable, array)
    return live.optimizer


def _alike(live: Any, stored: Any) -> bool:
    """Tell whether the live optimizer has the stored one's class and settings; give it momenta."""
    optimizer = getattr(live, "optimizer", None)
    if optimizer is None:
        return False
    told = import_module("keras").saving.serialize_keras_object(optimizer)
    if _unnamed(json.loads(json.dumps(told))) != _unnamed(stored):
        return False
    if not optimizer.built:
        optimizer.build(live.trainable_variables)
    return True


def _unnamed(settings: Any) -> Any:
    """Return class and settings of an optimizer; its name only counts how many there were."""
    config = settings.get("config") if isinstance(settings, dict) else None
    if not isinstance(config, dict):
        return settings
    own = {key: value for key, value in config.items() if key != "name"}
    return settings.get("module"), settings.get("class_name"), own


def _require(
    own: list[tuple[tuple[int, ...], str]], stored: list[tuple[tuple[int, ...], str]], what: str
) -> None:
    if own != stored:
        msg = f"The optimizer belongs to another model: the {what} have other shapes or types."
        raise RestoreError(msg, code="optimizer-mismatch")
