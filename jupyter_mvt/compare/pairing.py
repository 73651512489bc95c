"""Which model of one side is which of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mvt.compare.side import Side
    from jupyter_mvt.objects.commit import Model

__all__ = ["model_pairs"]


def model_pairs(base: Side, other: Side) -> list[tuple[Model | None, Model | None]]:
    """Pair models by name; the primary ones of both sides also when it was renamed.

    The order is that of `other`, those only in `base` last.
    """
    left = {model.var: model for model in base.commit.content.models}
    pairs: list[tuple[Model | None, Model | None]] = [
        (left.pop(model.var, None), model) for model in other.commit.content.models
    ]
    orphan = next((model for model in left.values() if model.primary), None)
    if orphan is not None:
        for index, (mine, theirs) in enumerate(pairs):
            if mine is None and theirs is not None and theirs.primary:
                pairs[index] = (left.pop(orphan.var), theirs)
    return pairs + [(model, None) for model in left.values()]
