"""A LightGBM Booster by its own model text, the trees as columns of numbers.

Checked before LightGBM sees anything: that trees can be walked, look at features that exist and
have a value in each leaf. Not checkable from here: what its parser does with an odd header.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.lightgbm.text import fold, unfold
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable

if TYPE_CHECKING:
    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["KIND", "read_booster", "write_booster"]

KIND = "lightgbm:booster"
_CATEGORIES = "\npandas_categorical:"
_KEPT = ("best_iteration", "best_score", "params")


def write_booster(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a Booster; its settings are no part of its identity."""
    stand_in: Node = []
    encoder.fixed(stand_in)
    try:
        header, trees, tail = fold(value.model_to_string(num_iteration=-1))
    except ValueError as error:
        raise Undeclarable(path, str(error)) from error
    settings, _, categories = tail.rpartition(_CATEGORIES)
    groups = trees[0] if len(trees) == 1 else trees
    stored = [
        encoder.value(header, _below(path, "model")),
        encoder.value(groups, _below(path, "trees")),
        categories.strip(),
        value.best_iteration,
    ]
    stand_in += [KIND, *stored]
    # What was trained with callbacks may hold functions; the text has the settings anyhow.
    plain = {key: item for key, item in value.params.items() if _is_plain(item)}
    was, encoder.volatile = encoder.volatile, True
    first = len(encoder.graph.nodes)
    loose = [encoder.value(plain, path), encoder.value(value.best_score, path)]
    encoder.volatile = was
    for index in range(first, len(encoder.graph.nodes)):
        encoder.graph.volatile[index] = ["volatile"]
    return [KIND, *stored, settings, *loose]


def read_booster(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the Booster, its text written anew and read by LightGBM."""
    del index
    _, model, groups, categories, best, settings, params, scores = node
    trees = decoder.value(groups)
    if not isinstance(categories, str) or not isinstance(settings, str) or type(best) is not int:
        refuse("the settings of a booster are malformed")
    known = json.loads(categories or "null")
    if not isinstance(known, (list, type(None))):
        refuse("the categories of a booster are malformed")
    tail = f"{settings}{_CATEGORIES}{json.dumps(known)}\n"
    text = unfold(decoder.value(model), [trees] if isinstance(trees, dict) else trees, tail)
    booster = import_module("lightgbm").Booster(model_str=text)
    booster.best_iteration, booster.best_score = best, decoder.value(scores)
    given = decoder.value(params)
    if not isinstance(given, dict):
        refuse("the settings of a booster are malformed")
    booster.params = given
    return booster


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    return isinstance(value, (bool, int, float, str, type(None)))
