"""A CatBoost model by its own binary format, without what differs from run to run.

The binary carries a table of notes: a random id, the time, the machine's threads, all metrics of
the training. They are kept beside it, outside the identity; class labels stay inside.
CatBoost verifies only the outer form (a flatbuffer), and not the numbers inside, such as the splits
that trees look at: a forged model could make it read beyond its memory. So `sound` checks them
before, and a model that passes is data, like any array. Models over texts and embeddings cannot be
checked so; only a trusted version's are handed to CatBoost.
Evaluation predictions of the training (``get_test_evals``) are not kept.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapters.catboost.sound import beyond_checking, check_model
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable
from jupyter_mvt.errors import CaptureError, CorruptionError, TrustError
from jupyter_mvt.objects.ids import digest

if TYPE_CHECKING:
    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["CLASSES", "KIND", "OPAQUE", "read_model", "write_model"]

KIND = "catboost:model"
OPAQUE = "catboost:opaque"
"""As `KIND`, of a model that cannot be checked."""
CLASSES = frozenset({"CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker"})
_LOOSE = ("model_guid", "train_finish_time", "training", "catboost_version_info",
          "output_options", "params")  # fmt: skip
_WORN = re.compile(rb"MMapDictionary\0\0.{8}\0{8}", re.DOTALL)
"""A dictionary, its size, and no description of it."""
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
    kind, notes, same = KIND, dict[str, str](), ""
    if value.is_fitted():
        whole = _whole(value)
        blob, notes = _split(whole)
        if not _is_sound(blob, notes):
            kind, same = OPAQUE, digest(blob)
            blob, notes = whole, {}
        encoder.volatile, before = encoder.volatile or bool(same), encoder.volatile
        name = encoder.array(np.frombuffer(blob, np.uint8), f"{path}.model" if path else "model")
        encoder.volatile = before
    stand_in += [KIND, cls, params, same or name]
    importances = [_numbers(getattr(value, key, None)) for key in _IMPORTANCES]
    return [kind, cls, params, name, sorted(notes.items()), importances]


def _whole(value: Any) -> bytes:
    """Return the binary as it is: CatBoost writes one of texts right only once.

    Raises
    ------
    CaptureError
        It was loaded before, so that CatBoost leaves out what its dictionaries begin with, and dies
        of reading that.
    """
    blob: bytes = value._serialize_model()
    if _WORN.search(blob):
        msg = (
            "CatBoost cannot save a model over texts that was loaded from a file: what it writes "
            "would end the process that reads it."
        )
        hint = "mvt commit model.cbm  # the file that it was loaded from"
        raise CaptureError(msg, code="not-capturable", hint=hint)
    return blob


def _is_sound(blob: bytes, notes: dict[str, str]) -> bool:
    try:
        if beyond_checking(blob):
            return False
        check_model(blob, notes)
    except CorruptionError:
        return False  # a form of a later CatBoost
    return True


def _split(blob: bytes) -> tuple[bytes, dict[str, str]]:
    """Return the binary without its loose notes, and those."""
    copy = import_module("catboost").CatBoost()
    copy._deserialize_model(blob)
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
    if not all(key in _LOOSE and isinstance(text, str) for key, text in notes):
        refuse("the notes of a CatBoost model are malformed")
    model._deserialize_model(_checked(decoder, name, dict(notes)))
    table = model.get_metadata()
    for key, text in notes:
        table[key] = text
    model._set_trained_model_attributes()
    for key, numbers in zip(_IMPORTANCES, importances, strict=True):
        if numbers is not None:
            setattr(model, key, [np.float64(number) for number in numbers])
    return model


def _checked(decoder: Decoder, name: str, notes: dict[str, str]) -> bytes:
    """Return the binary, if it is sound, or from somebody trusted.

    Raises
    ------
    TrustError
        It cannot be checked, and nobody trusts it.
    """
    blob = bytes(decoder.array(name).tobytes())
    why = beyond_checking(blob)
    if _WORN.search(blob):
        refuse("the dictionaries of a CatBoost model are cut off")
    if decoder.skeleton.trusted:
        return blob
    if why:
        msg = (
            f"CatBoost reads this model without verifying it, for {why}: a forged one could "
            "crash this process or worse; this version is not trusted."
        )
        hint = "if you know who made it: mvt trust v3"
        raise TrustError(msg, code="untrusted-native", hint=hint)
    check_model(blob, notes)
    return blob
