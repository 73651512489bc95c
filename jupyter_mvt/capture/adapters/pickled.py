"""What no framework's adapter knows, if it predicts or a person names it: a pickle, flagged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import mro_names
from jupyter_mvt.capture.unkept import is_trainer, unkept
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.capture.adapter import Frozen, Role, Skeleton, Sources

__all__ = ["ADAPTER", "PickledAdapter"]

_SCALARS = (bool, int, float, str, type(None))
_ARRAY = "numpy.ndarray"
_CONTAINERS = (dict, list, tuple, set, frozenset)


class PickledAdapter:
    """The fallback. Looking at what it kept never unpickles."""

    name = "pickled"
    format = "pickled/1"
    priority = -100
    match: tuple[str, ...] = ("builtins.object",)

    def detect(self, obj: Any) -> Role | None:
        """Return ``"predictor"`` for an instance that has a ``predict`` method."""
        cls = type(obj)
        if isinstance(obj, type) or cls.__module__ in ("builtins", "types"):
            return None
        if is_trainer(obj):
            return None
        return "predictor" if callable(getattr(cls, "predict", None)) else None

    def detect_given(self, obj: Any) -> Role | None:
        """Return ``"params"`` for arrays and containers, ``"object"`` for any other instance."""
        if unkept(obj) is not None:
            return None
        holds = isinstance(obj, _CONTAINERS) or _ARRAY in mro_names(type(obj))
        return "params" if holds else "object"

    def is_fitted(self, obj: Any) -> bool:
        """Tell whether `obj` says that it is fitted, or does not say at all."""
        check = getattr(type(obj), "__sklearn_is_fitted__", None)
        return bool(check(obj)) if callable(check) else True

    def children(self, obj: Any) -> Iterable[Any]:
        """Return nothing: what it contains is its own business."""
        del obj
        return ()

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return public plain attributes."""
        state = getattr(obj, "__dict__", {})
        return tuple(
            Param(name=key, value=value)
            for key, value in sorted(state.items())
            if isinstance(value, _SCALARS) and not key.startswith("_")
        )

    def framework(self) -> str:
        """Return ``"pickle"``."""
        return "pickle"

    def token(self, obj: Any) -> object:
        """Return the identities of all attributes."""
        state = getattr(obj, "__dict__", {})
        return tuple((key, id(value)) for key, value in state.items())

    def freeze(self, obj: Any, sources: Sources) -> Frozen:
        """Return `obj` as a pickle with its arrays out of band."""
        from jupyter_mvt.capture.pickling import freeze_pickled

        del sources
        cls = type(obj).__qualname__
        return freeze_pickled(obj, self.params(obj), f"no adapter knows {cls}")

    def restore(self, skeleton: Skeleton) -> Any:
        """Unpickle, if the version is trusted."""
        from jupyter_mvt.capture.pickling import restore_pickled

        return restore_pickled(skeleton)


ADAPTER = PickledAdapter()
