"""A CatBoost model by its own binary format, without what differs from run to run.

The binary carries a table of notes: a random id, the time, the machine's threads, all metrics of
the training. They are kept beside it, outside the identity; class labels stay inside.
CatBoost verifies the outer form (a flatbuffer) itself; sizes and magic are checked here before.
What it does not verify are the numbers inside, such as the features that trees look at: a forged
model can make it read beyond its memory. So only a trusted version's models are handed to it.
Evaluation predictions of the training (``get_test_evals``) are not kept.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable
from jupyter_mvt.errors import TrustError

if TYPE_CHECKING:
    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["CLASSES", "KIND", "read_model", "write_model"]

KIND = "catboost:model"
CLASSES = frozenset({"CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker"})
_MAGIC = b"CBM1"
_LOOSE = ("model_guid", "train_finish_time", "training", "catboost_version_info",
          "output_options", "params")  # fmt: skip
_IMPORTANCES = ("_prediction_values_change", "_loss_value_change")


def write_model(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a model, fitted or not."""
    stand_in: Node = []
    encoder.fixed(stand_in)
    cls = type(value).__qualname__
    if cls not in CLASSES:
        raise Undeclarable(path, f"a class {cls} built on CatBoost")
    params = encoder.value(dict(value._init_params), path)
    name: str | None = None
    notes: dict[str, str] = {}
    if value.is_fitted():
        blob, notes = _split(value)
        name = encoder.array(np.frombuffer(blob, np.uint8), f"{path}.model" if path else "model")
    stand_in += [KIND, cls, params, name]
    importances = [_numbers(getattr(value, key, None)) for key in _IMPORTANCES]
    return [KIND, cls, params, name, sorted(notes.items()), importances]


def _split(value: Any) -> tuple[bytes, dict[str, str]]:
    """Return the binary without its loose notes, and those."""
    copy = import_module("catboost").CatBoost()
    copy._deserialize_model(value._serialize_model())
    notes = copy.get_metadata()
    loose = {key: notes[key] for key in _LOOSE if key in notes}
    for key in loose:
        del notes[key]
    return copy._serialize_model(), loose


def _numbers(values: Any) -> list[float] | None:
    return None if values is None else [float(number) for number in np.ravel(values)]


def read_model(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the model, its binary read by CatBoost."""
    del index
    _, cls, given, name, notes, importances = node
    if cls not in CLASSES:
        refuse("a CatBoost model is of an unknown class")
    params = decoder.value(given)
    if not isinstance(params, dict) or not all(isinstance(key, str) for key in params):
        refuse("the parameters of a CatBoost model are malformed")
    # The base class takes its parameters as one mapping.
    found = getattr(import_module("catboost"), cls)
    model = found(params) if cls == "CatBoost" else found(**params)
    if name is None:
        return model
    if not decoder.skeleton.trusted:
        msg = (
            "CatBoost reads a model's numbers without verifying them, so a forged one can crash "
            "this process or worse; this version is not trusted."
        )
        hint = "if you know who made it: mvt trust v3"
        raise TrustError(msg, code="untrusted-native", hint=hint)
    model._deserialize_model(_checked(decoder.array(name).tobytes()))
    table = model.get_metadata()
    for key, text in notes:
        if key not in _LOOSE or not isinstance(text, str):
            refuse("the notes of a CatBoost model are malformed")
        table[key] = text
    model._set_trained_model_attributes()
    for key, numbers in zip(_IMPORTANCES, importances, strict=True):
        if numbers is not None:
            setattr(model, key, [np.float64(number) for number in numbers])
    return model


def _checked(blob: bytes) -> bytes:
    size = int.from_bytes(blob[4:8], "little")
    if not blob.startswith(_MAGIC) or not 0 < size <= len(blob) - 8:
        refuse("a CatBoost model is none, or cut off")
    return blob
