"""What mvt asks of CatBoost, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Role, mro_names
from jupyter_mvt.capture.declared import DeclarativeAdapter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.capture.declarative.encoder import Write
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

    def detect(self, obj: Any) -> Role | None:
        """Return ``"predictor"``."""
        known = not isinstance(obj, type) and _MODEL in mro_names(type(obj))
        return "predictor" if known else None

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
        from jupyter_mvt.capture.adapters.catboost.model import KIND, read_model
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        return Vocabulary(
            package="catboost",
            allowed=_Allowed(),
            dialect=_Dialect(),
            checks=_Checks(),
            readers={KIND: read_model},
        )


class _Allowed:
    """Nothing by name: models are read, not built."""

    def admits(self, module: str, qualname: str) -> bool:
        del module, qualname
        return False

    def confirms(self, value: Any) -> bool:
        del value
        return False


class _Dialect:
    """Models are written by their own format."""

    writers: Mapping[type, Write] = {}

    def writer(self, value: Any) -> Write | None:
        if isinstance(value, type) or _MODEL not in mro_names(type(value)):
            return None
        from jupyter_mvt.capture.adapters.catboost.model import write_model

        return write_model

    def state(self, value: Any, state: Any) -> Any:
        del value
        return state

    def is_volatile(self, owner: Any, key: str) -> bool:
        del owner, key
        return False

    def step(self, owner: Any, key: str) -> str:
        del owner
        return key


class _Checks:
    """A model was checked when it was read."""

    def before(self, cls: Any, arguments: list[Any], state: Any) -> None:
        """Accept."""

    def after(self, value: Any) -> None:
        """Accept."""


ADAPTER = CatboostAdapter()
