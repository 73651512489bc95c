"""Names that Keras makes up (``dense_7``), renumbered from the model's first layer on.

Keras counts layers over the whole session, so training the same model again gives other names:
paths and identity go by the renumbered ones, the stored settings keep the real ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["layers_of", "renumbered", "steady_names", "steady_paths"]

_NUMBER = re.compile(r"_\d+\Z")


def layers_of(model: Any) -> Iterator[Any]:
    """Yield the model and all layers inside it, depth first."""
    seen: set[int] = set()
    todo = [model]
    while todo:
        layer = todo.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        yield layer
        inner = [*getattr(layer, "layers", ()), *getattr(layer, "_layers", ())]
        todo.extend(reversed(inner))


def steady_names(model: Any) -> dict[str, str]:
    """Return name → renumbered name, for the layers whose names Keras made up."""
    return renumbered((layer.name, type(layer).__name__) for layer in layers_of(model))


def renumbered(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return name → renumbered name, of pairs of name and class, where one is made of the other."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for name, cls in pairs:
        stem = _NUMBER.sub("", name)
        squeezed = cls.replace("_", "").lower()
        # Bidirectional layers name their halves after them.
        made_up = stem.replace("_", "") in (squeezed, f"forward{squeezed}", f"backward{squeezed}")
        if made_up and name not in found:
            number = counts[stem] = counts.get(stem, -1) + 1
            found[name] = f"{stem}_{number}" if number else stem
    return found


def steady_paths(model: Any, names: Mapping[str, str]) -> dict[int, str]:
    """Return ``id`` of each variable → its dotted path through the layers that hold it.

    Keras' own paths tell where a layer was built first, which restoring changes.
    """
    found: dict[int, str] = {}
    todo: list[tuple[str, Any]] = [("", model)]
    seen: set[int] = set()
    while todo:
        prefix, layer = todo.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        for variable in (*layer._trainable_variables, *layer._non_trainable_variables):
            found.setdefault(id(variable), prefix + str(variable.name))
        inner = [*getattr(layer, "layers", ()), *getattr(layer, "_layers", ())]
        todo.extend((f"{prefix}{names.get(item.name, item.name)}.", item)
                    for item in reversed(inner))  # fmt: skip
    return found
