"""A Keras model as settings and arrays by path, and back through Keras' own constructors.

Nothing foreign is handed to ``keras.models.load_model``. The settings may name Keras' modelling
classes and what the version's own source text defines; the model is first built without any
memory, and only if its arrays have the stored shapes is it built for good.
"""

from __future__ import annotations

import json
import warnings
from copy import deepcopy
from importlib import import_module
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.keras.arrays import (
    add_array,
    assign,
    assign_seed,
    described_array,
)
from jupyter_mvt.capture.adapters.keras.config import custom_names, identity_text, vet
from jupyter_mvt.capture.adapters.keras.live import live_customs
from jupyter_mvt.capture.adapters.keras.names import steady_names, steady_paths
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.errors import CaptureError, MvtError, RestoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["KIND", "read_model", "write_model"]

KIND = "keras:model"
_SCALARS = (bool, int, float, str, type(None))


def write_model(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a model: settings, what they name, arrays, the optimizer's state."""
    stand_in: Node = []
    encoder.fixed(stand_in)
    config = _settings(value)
    live = live_customs(value, custom_names(config))
    customs = {name: encoder.value(item, f"{path}.{name}") for name, item in live.items()}
    missing = {name for name, _ in custom_names(config)} - set(live)
    for name in sorted(missing):
        encoder.lost.append(f"{name} was not found, so the model cannot be rebuilt elsewhere")
    if _guessed(value) and not missing and not _fits(value, config, live):
        cls = type(value).__qualname__
        encoder.lost.append(
            f"{cls} does not tell Keras its settings, so it cannot be rebuilt; its arrays are "
            f"kept. Give {cls} a get_config method"
        )
    names = steady_names(value)
    weights = [
        [steady, add_array(encoder, variable, _below(path, steady)), bool(variable.trainable)]
        for steady, variable in _weights(value)
    ]
    loose = _loose(value)
    was, encoder.volatile = encoder.volatile, True
    random = [add_array(encoder, item, _below(path, f"random.{number}"))
              for number, item in enumerate(loose)]  # fmt: skip
    optimizer = getattr(value, "optimizer", None)
    steps = [add_array(encoder, item, _below(path, f"optimizer.{number}"))
             for number, item in enumerate(optimizer.variables if optimizer else ())]  # fmt: skip
    encoder.volatile = was
    stand_in += [KIND, identity_text(config, names), customs, weights]
    backend = str(import_module("keras").backend.backend())
    return [KIND, json.dumps(config), sorted(customs.items()), weights, random, steps, backend]


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _weights(model: Any) -> list[tuple[str, Any]]:
    """Return path and variable of every weight."""
    paths = steady_paths(model, steady_names(model))
    return [(paths.get(id(item), str(item.name)), item) for item in model.weights]


def _shapes(model: Any) -> list[tuple[Any, ...]]:
    return [(path, tuple(item.shape), str(item.dtype)) for path, item in _weights(model)]


def _loose(model: Any) -> list[Any]:
    """Return what is neither weight nor metric: the state of dropout's random generators."""
    known = {id(item) for item in (*model.weights, *getattr(model, "metrics_variables", ()))}
    return [item for item in model.variables if id(item) not in known]


def _settings(model: Any) -> dict[str, Any]:
    saving = import_module("keras").saving
    try:
        with warnings.catch_warnings():
            # Keras warns of lambdas at every look; the version says so once.
            warnings.simplefilter("ignore")
            config = saving.serialize_keras_object(model)
            if _guessed(model):
                config["config"] = _seen_settings(model, config["config"])
            return _plain(json.loads(json.dumps(config)))
    except (NotImplementedError, TypeError, ValueError, RecursionError) as error:
        cls = type(model).__qualname__
        first = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        msg = f"Keras cannot tell the settings of the {cls}: {first[:160]}"
        hint = f"in {cls}: def get_config(self): return super().get_config() | {{}}"
        raise CaptureError(msg, code="not-capturable", hint=hint) from error


def _plain(config: Any) -> dict[str, Any]:
    if not isinstance(config, dict):
        msg = "the settings are no mapping"
        raise TypeError(msg)
    return config


def _guessed(model: Any) -> bool:
    return bool(getattr(model.get_config, "_is_default", False))


def _seen_settings(model: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return constructor arguments kept as attributes: Keras itself only knows the defaults.

    A subclass of Model without ``get_config`` is written with the defaults of its constructor,
    whatever it was called with.
    """
    parameters = signature(type(model).__init__).parameters
    open_ended = any(item.kind is Parameter.VAR_KEYWORD for item in parameters.values())
    found = {key: value for key, value in told.items() if open_ended or key in parameters}
    for name in parameters:
        value = getattr(model, name, Parameter.empty) if name != "self" else Parameter.empty
        if isinstance(value, _SCALARS):
            found[name] = value
    return found


def _fits(model: Any, config: dict[str, Any], live: Mapping[str, Any]) -> bool:
    try:
        return _sketch(config, live) == _shapes(model)
    except Exception:  # whatever the user's own constructor raises
        return False


def _sketch(config: Mapping[str, Any], customs: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return path, shape and dtype of every weight, built without allocating any."""
    keras = import_module("keras")
    state = import_module("keras.src.backend.common.global_state")
    key = "uninitialized_variables"
    before = list(state.get_global_attribute(key) or ())
    try:
        with keras.StatelessScope(initialize_variables=False):
            return _shapes(_build(keras, config, customs))
    finally:
        state.set_global_attribute(key, before)


def _build(keras: Any, config: Mapping[str, Any], customs: Mapping[str, Any]) -> Any:
    # Keras takes settings apart while it reads them.
    plain = deepcopy({key: value for key, value in config.items() if key != "compile_config"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Lambdas were refused before, unless the version is trusted.
        return keras.saving.deserialize_keras_object(
            plain, custom_objects=dict(customs), safe_mode=False
        )


def read_model(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the model, built by Keras from settings that were looked through."""
    del index
    _, text, named, weights, random, steps, backend = node
    keras = _keras(backend)
    config = json.loads(text) if isinstance(text, str) else None
    if not isinstance(config, dict) or not isinstance(weights, list):
        refuse("the settings of a Keras model are missing")
    customs = {name: decoder.value(item) for name, item in named}
    vet(config, customs, trusted=decoder.skeleton.trusted)
    stored = [(path, *described_array(decoder, array)) for path, array, _ in weights]
    _check(_sketch(config, customs), stored)
    model = _build(keras, config, customs)
    for variable, (_, array, trainable) in zip(model.weights, weights, strict=True):
        assign(decoder, variable, array)
        variable.trainable = bool(trainable)
    for variable, array in zip(_loose(model), random, strict=False):
        assign_seed(decoder, variable, array)
    _compile(decoder, keras, model, config, customs, steps)
    return model


def _check(built: list[tuple[Any, ...]], stored: list[tuple[Any, ...]]) -> None:
    for one, other in zip(built, stored, strict=False):
        if one != other:
            refuse(f"the array {str(other[0])[:80]!r} is {other[1:]}, the model needs {one}")
    if len(built) != len(stored):
        refuse("the model needs another number of arrays than are stored")


def _compile(
    decoder: Decoder, keras: Any, model: Any, config: Any, customs: Any, steps: Any
) -> None:
    settings = config.get("compile_config")
    if not settings:
        return
    with keras.saving.custom_object_scope(customs), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.compile_from_config(settings)
    own = model.optimizer.variables if model.optimizer else []
    if len(own) == len(steps):
        for variable, array in zip(own, steps, strict=True):
            assign(decoder, variable, array)


def _keras(backend: Any) -> Any:
    try:
        return import_module("keras")
    except MvtError:
        raise
    except Exception as error:
        msg = f"Keras cannot be imported here: {type(error).__name__}: {str(error)[:120]}."
        hint = f"pip install keras; before the import, os.environ['KERAS_BACKEND'] = {backend!r}"
        raise RestoreError(msg, code="class-missing", hint=hint) from error
