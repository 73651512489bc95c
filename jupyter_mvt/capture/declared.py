"""What adapters of the declarative kind have in common."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_mvt.capture.estimators import flat_params, held_estimators, is_estimator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.capture.adapter import Frozen, Role, Skeleton, Sources
    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary
    from jupyter_mvt.objects.commit import Param

__all__ = ["DeclarativeAdapter"]


class DeclarativeAdapter(ABC):
    """An adapter whose models become a graph, with a flagged pickle for what cannot.

    Attributes
    ----------
    package
        Top-level package of the framework, the name it goes by in versions too.
    """

    package: ClassVar[str]

    @abstractmethod
    def detect(self, obj: Any) -> Role | None:
        """Return what `obj` is to a person."""

    @abstractmethod
    def vocabulary(self) -> Vocabulary:
        """Return how the framework's objects are written and read."""

    def children(self, obj: Any) -> Iterable[Any]:
        """Return estimators held by attributes."""
        return held_estimators(obj) if is_estimator(obj) else ()

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return `get_params`, flat, each flagged when it is the constructor's default."""
        return flat_params(obj) if is_estimator(obj) else ()

    def framework(self) -> str:
        """Return name and version."""
        return f"{self.package} {getattr(sys.modules.get(self.package), '__version__', '?')}"

    def freeze(self, obj: Any, sources: Sources) -> Frozen:
        """Return `obj` as a graph of plain values; as a flagged pickle where that cannot be."""
        from jupyter_mvt.capture.declarative.policy import Undeclarable
        from jupyter_mvt.capture.declarative.vocabulary import freeze_with
        from jupyter_mvt.capture.pickling import freeze_pickled

        try:
            return freeze_with(self.vocabulary(), obj, sources)
        except Undeclarable as reason:
            return freeze_pickled(obj, self.params(obj), str(reason))

    def restore(self, skeleton: Skeleton) -> Any:
        """Rebuild from classes of the list; a pickle only if trusted."""
        from jupyter_mvt.capture.declarative.vocabulary import restore_with
        from jupyter_mvt.capture.pickling import restore_pickled
        from jupyter_mvt.errors import RestoreError

        if skeleton.state_kind == "pickle":
            return restore_pickled(skeleton)
        model = restore_with(self.vocabulary(), skeleton)
        if self.detect(model) is None:
            msg = f"The stored object is a {type(model).__qualname__} and no model."
            raise RestoreError(msg, code="state-refused")
        return model
