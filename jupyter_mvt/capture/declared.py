"""What adapters of the declarative kind have in common."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_mvt.capture.adapter import mro_names
from jupyter_mvt.capture.estimators import flat_params, held_estimators, is_estimator
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.capture.adapter import Frozen, Role, Skeleton, Sources
    from jupyter_mvt.capture.declarative.decoder import Read
    from jupyter_mvt.capture.declarative.encoder import Write
    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary
    from jupyter_mvt.objects.commit import Scalar

__all__ = ["BoosterAdapter", "DeclarativeAdapter", "Listed", "Nothing", "Writing"]


class DeclarativeAdapter(ABC):
    """An adapter whose models become a graph, with a flagged pickle for what cannot.

    Attributes
    ----------
    package
        Top-level package of the framework, the name it goes by in versions too.
    roles
        ``module.Class`` of the MRO → what its instances are to a person; the first counts.
    """

    package: ClassVar[str]
    roles: ClassVar[Mapping[str, Role]] = {}

    def detect(self, obj: Any) -> Role | None:
        """Return what `obj` is to a person."""
        if isinstance(obj, type):
            return None
        names = mro_names(type(obj))
        return next((role for name, role in self.roles.items() if name in names), None)

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

        try:
            return freeze_with(self.vocabulary(), obj, sources)
        except Undeclarable as reason:
            from jupyter_mvt.capture.pickling import freeze_pickled

            return freeze_pickled(obj, self.params(obj), str(reason))

    def restore(self, skeleton: Skeleton) -> Any:
        """Rebuild from classes of the list; a pickle only if trusted."""
        from jupyter_mvt.capture.declarative.vocabulary import restore_with
        from jupyter_mvt.errors import RestoreError

        if skeleton.state_kind == "pickle":
            from jupyter_mvt.capture.pickling import restore_pickled

            return restore_pickled(skeleton)
        model = restore_with(self.vocabulary(), skeleton)
        if self.detect(model) is None:
            msg = f"The stored object is a {type(model).__qualname__} and no model."
            raise RestoreError(msg, code="state-refused")
        return model


class BoosterAdapter(DeclarativeAdapter):
    """An adapter for boosters, and for the estimators that hold one as ``_Booster``.

    Attributes
    ----------
    match
        The class of boosters, and the one that all estimators are derived from.
    classes
        What an estimator may consist of.
    """

    priority = 20
    match: tuple[str, ...]
    classes: ClassVar[tuple[str, ...]]

    @abstractmethod
    def rounds(self, booster: Any) -> int:
        """Return how many rounds a booster was trained for."""

    @abstractmethod
    def settings(self, booster: Any) -> Mapping[str, Scalar]:
        """Return what a booster was trained with."""

    @abstractmethod
    def words(self) -> tuple[str, Write, Read]:
        """Return the kind of a booster's node, its writer and its reader."""

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return an estimator's parameters, or the settings of a booster."""
        if is_estimator(obj):
            return super().params(obj)
        found = self.settings(obj)
        return tuple(Param(name=name, value=found[name]) for name in sorted(found))

    def vocabulary(self) -> Vocabulary:
        """Return how boosters and estimators are written and read."""
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        kind, write, read = self.words()
        booster, estimator = self.match
        return Vocabulary(
            package=self.package,
            allowed=Listed(self.classes),
            dialect=Writing({booster: write}, exact=True, unnamed=(estimator, "_Booster")),
            readers={kind: read},
        )

    def is_fitted(self, obj: Any) -> bool:
        """Tell whether there is a booster with at least one round."""
        booster = _booster(obj)
        return booster is not None and self.rounds(booster) > 0

    def token(self, obj: Any) -> object:
        """Return the booster's address and number of rounds."""
        booster = _booster(obj)
        return (id(booster), 0 if booster is None else self.rounds(booster))


def _booster(obj: Any) -> Any:
    return vars(obj).get("_Booster") if is_estimator(obj) else obj


class Nothing:
    """Admits no name: all is read by readers of its own."""

    def admits(self, module: str, qualname: str) -> bool:
        """Refuse."""
        del module, qualname
        return False

    def confirms(self, value: Any) -> bool:
        """Refuse."""
        del value
        return False


class Listed(Nothing):
    """Admits classes of a list, each by its module and name."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)

    def admits(self, module: str, qualname: str) -> bool:
        """Tell whether the list has it."""
        return f"{module}.{qualname}" in self._names

    def confirms(self, value: Any) -> bool:
        """Tell whether it is the class that the list means."""
        return isinstance(value, type) and self.admits(value.__module__, value.__qualname__)


class Writing:
    """Objects of some classes are written by a format of their own.

    Parameters
    ----------
    by_name
        ``module.Class`` of the MRO → writer.
    exact
        Whether only the class itself is meant, and no class derived from it.
    unnamed
        Attribute that adds nothing to paths, of the class named with it.
    """

    writers: Mapping[type, Write] = {}

    def __init__(
        self,
        by_name: Mapping[str, Write],
        *,
        exact: bool = False,
        unnamed: tuple[str, str] = ("", ""),
    ) -> None:
        self._by_name = by_name
        self._exact = exact
        self._owner, self._unnamed = unnamed

    def writer(self, value: Any) -> Write | None:
        """Return the writer of the class that comes first in the MRO."""
        if isinstance(value, type):
            return None
        names = mro_names(type(value))[: 1 if self._exact else None]
        return next((self._by_name[name] for name in names if name in self._by_name), None)

    def state(self, value: Any, state: Any) -> Any:
        """Return the state as it is."""
        del value
        return state

    def volatile(self, owner: Any, keys: tuple[str, ...]) -> frozenset[str]:
        """Return that nothing is."""
        del owner, keys
        return frozenset()

    def step(self, owner: Any, key: str) -> str:
        """Return the attribute's name, unless it adds nothing for a reader of paths."""
        return "" if key == self._unnamed and self._owner in mro_names(type(owner)) else key
