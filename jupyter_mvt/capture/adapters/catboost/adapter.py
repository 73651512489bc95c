"""What mvt asks of CatBoost, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_mvt.capture.declared import DeclarativeAdapter, Nothing, Writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.capture.adapter import Role
    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "CatboostAdapter"]

_MODEL = "catboost.core.CatBoost"


class CatboostAdapter(DeclarativeAdapter):
    """``CatBoost`` and its classifier, regressor and ranker."""

    name = "catboost"
    package = "catboost"
    format = "catboost/1"
    priority = 20
    match: tuple[str, ...] = (_MODEL,)
    roles: ClassVar[Mapping[str, Role]] = {_MODEL: "predictor"}

    def is_fitted(self, obj: Any) -> bool:
        """Tell whether CatBoost says so."""
        return bool(obj.is_fitted())

    def children(self, obj: Any) -> Iterable[Any]:
        """Return nothing: a model holds no other."""
        del obj
        return ()

    def token(self, obj: Any) -> object:
        """Return the addresses of all attributes and the number of trees."""
        return (id(obj), id(vars(obj).get("_object")), obj.tree_count_ or 0)

    def vocabulary(self) -> Vocabulary:
        """Return how models are written and read."""
        from jupyter_mvt.capture.adapters.catboost.model import (
            KIND,
            OPAQUE,
            read_model,
            write_model,
        )
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        return Vocabulary(
            package="catboost",
            allowed=Nothing(),
            dialect=Writing({_MODEL: write_model}),
            readers={KIND: read_model, OPAQUE: read_model},
            unverified=lambda state: OPAQUE.encode() in state,
        )


ADAPTER = CatboostAdapter()
