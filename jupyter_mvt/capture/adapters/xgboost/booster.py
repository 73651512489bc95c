"""A Booster as a document and columns of trees, by XGBoost's own model format.

Checked before XGBoost sees anything: sizes of all arrays, that trees can be walked and look at
features that exist. Not checkable from here: what XGBoost's reader does with the numbers of an
objective or of categories' encoders; its own checks must do.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.xgboost.document import check_document
from jupyter_mvt.capture.adapters.xgboost.trees import fold, unfold
from jupyter_mvt.capture.adapters.xgboost.ubjson import read, write
from jupyter_mvt.capture.declarative.graph import Node, refuse

if TYPE_CHECKING:
    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["KIND", "read_booster", "write_booster"]

KIND = "xgboost:booster"
_MOST_CONFIG = 1 << 22


def write_booster(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a Booster; version and training settings are no part of its identity."""
    stand_in: Node = []
    encoder.fixed(stand_in)
    document = read(bytes(value.save_raw("ubj")))
    version = document.pop("version", None)
    holder = _tree_holder(document)
    trees = fold(holder.pop("trees")) if holder is not None else None
    stored = [encoder.value(document, _below(path, "model")),
              encoder.value(trees, _below(path, "trees"))]  # fmt: skip
    stand_in += [KIND, *stored]
    return [KIND, *stored, version, value.save_config()]


def read_booster(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the Booster, its document written anew and read by XGBoost."""
    del index
    _, model, columns, version, config = node
    document, trees = decoder.value(model), decoder.value(columns)
    if not isinstance(document, dict) or "version" in document:
        refuse("the model of a booster is malformed")
    holder = _tree_holder(document)
    if (holder is None) != (trees is None):
        refuse("a booster has lost its trees")
    if holder is not None:
        holder["trees"] = unfold(trees, _features(document))
    document["version"] = decoder.values(version)
    check_document(document)
    booster = import_module("xgboost").Booster()
    booster.load_model(bytearray(write(document)))
    if not isinstance(config, str) or len(config) > _MOST_CONFIG:
        refuse("the settings of a booster are malformed")
    if not isinstance(json.loads(config), dict):
        refuse("the settings of a booster are malformed")
    booster.load_config(config)
    return booster


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _tree_holder(document: dict[str, Any]) -> dict[str, Any] | None:
    booster = document["learner"]["gradient_booster"]
    # Dart wraps a tree booster; a linear one has weights and no trees.
    inner: dict[str, Any] = booster.get("gbtree", booster)["model"]
    return inner if "gbtree_model_param" in inner else None


def _features(document: dict[str, Any]) -> int:
    return int(document["learner"]["learner_model_param"]["num_feature"])
