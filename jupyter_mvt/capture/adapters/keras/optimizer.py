"""An optimizer that was made apart from its model, for a training loop of one's own.

It is kept as its settings, its arrays, and the paths of the variables that it updates; those find
their places in any model of the same form.
"""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.keras.arrays import add_array, assign, described_array
from jupyter_mvt.capture.adapters.keras.config import custom_names, identity_text, vet
from jupyter_mvt.capture.adapters.keras.live import live_customs
from jupyter_mvt.capture.adapters.keras.names import steady_names, steady_paths
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.errors import CaptureError, MvtError, RestoreError

if TYPE_CHECKING:
    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write

__all__ = ["KIND", "reader_for", "updates", "writer_for"]

KIND = "keras:optimizer"


def updates(optimizer: Any, model: Any) -> bool:
    """Tell whether a built optimizer updates variables of `model`, and is not its own."""
    if getattr(model, "optimizer", None) is optimizer:
        return False  # kept with the model
    own = {id(variable) for variable in getattr(model, "trainable_variables", ())}
    return any(id(variable) in own for variable in _updated(optimizer))


def writer_for(model: Any) -> Write:
    """Return what writes an optimizer, its variables by their paths in `model`."""

    def write(encoder: Encoder, value: Any, path: str) -> Node:
        del path
        stand_in: Node = []
        encoder.fixed(stand_in)
        config = _settings(value)
        live = live_customs(value, custom_names(config))
        customs = {name: encoder.value(item, name) for name, item in live.items()}
        for name in sorted({name for name, _ in custom_names(config)} - set(live)):
            encoder.lost.append(f"{name} was not found, so the optimizer cannot be rebuilt")
        known = steady_paths(model, steady_names(model))
        paths = [known.get(id(variable)) for variable in _updated(value)]
        if None in paths:
            msg = "The optimizer updates parameters that are not the model's."
            raise CaptureError(msg, code="optimizer-shared")
        arrays = [
            add_array(encoder, variable, f"optimizer.{number}")
            for number, variable in enumerate(value.variables)
        ]
        stand_in += [KIND, identity_text(config, {}), customs, paths, arrays]
        return [KIND, json.dumps(config), sorted(customs.items()), paths, arrays]

    return write


def reader_for(model: Any) -> Read:
    """Return what reads an optimizer over the variables of `model`."""

    def read(decoder: Decoder, node: Node, index: int) -> Any:
        del index
        _, text, named, paths, arrays = node
        config = json.loads(text) if isinstance(text, str) else None
        if not isinstance(config, dict) or not isinstance(paths, list):
            refuse("the settings of a Keras optimizer are missing")
        customs = {name: decoder.value(item) for name, item in named}
        vet(config, customs, trusted=decoder.skeleton.trusted)
        optimizer = _built(config, customs)
        optimizer.build(_found(model, paths))
        own = optimizer.variables
        told = [described_array(decoder, array) for array in arrays]
        if [(tuple(item.shape), str(item.dtype)) for item in own] != told:
            why = "the momenta have other shapes or types"
            raise _mismatch(why)
        for variable, array in zip(own, arrays, strict=True):
            assign(decoder, variable, array)
        return optimizer

    return read


def _updated(optimizer: Any) -> list[Any]:
    return list(getattr(optimizer, "_trainable_variables", ()) or ())


def _settings(optimizer: Any) -> dict[str, Any]:
    try:
        told = import_module("keras").saving.serialize_keras_object(optimizer)
        config: dict[str, Any] = json.loads(json.dumps(told))
    except (NotImplementedError, TypeError, ValueError, RecursionError) as error:
        cls = type(optimizer).__qualname__
        msg = f"Keras cannot tell the settings of the optimizer {cls}: {str(error)[:160]}"
        hint = f"in {cls}: def get_config(self): return super().get_config() | {{}}"
        raise CaptureError(msg, code="not-capturable", hint=hint) from error
    return config


def _built(config: dict[str, Any], customs: dict[str, Any]) -> Any:
    saving = import_module("keras").saving
    try:
        with saving.custom_object_scope(customs), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = saving.deserialize_keras_object(config, custom_objects=customs)
    except MvtError:
        raise
    except Exception as error:
        msg = f"The optimizer cannot be rebuilt here: {type(error).__name__}: {str(error)[:120]}."
        raise RestoreError(msg, code="state-refused") from error
    if not hasattr(found, "build") or not hasattr(found, "learning_rate"):
        refuse("it is no optimizer")
    return found


def _found(model: Any, paths: list[Any]) -> list[Any]:
    known = steady_paths(model, steady_names(model))
    by_path = {known[id(item)]: item for item in model.trainable_variables if id(item) in known}
    missing = [path for path in paths if path not in by_path]
    if missing:
        why = f"there is no parameter {str(missing[0])[:80]!r}"
        raise _mismatch(why)
    return [by_path[path] for path in paths]


def _mismatch(why: str) -> RestoreError:
    msg = f"The optimizer belongs to another model: {why}."
    return RestoreError(msg, code="optimizer-mismatch")
