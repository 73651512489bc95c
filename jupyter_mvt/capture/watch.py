"""When did each model of a namespace last change, by cheap looks after each cell."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import ADAPTERS, ModelAdapter, Role, mro_names
from jupyter_mvt.capture.prints import glimpse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["BROKEN", "ModelWatch", "Seen", "is_public", "models_in", "public_names", "recognised"]

_SHELL_NAMES = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
_NO_MODELS = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType,
              str, bytes, int, float, complex, type(None))  # fmt: skip
_CONTAINERS = frozenset({dict, list, tuple})
_MAX_ELEMENTS = 64
_HEAP_TYPE = 1 << 9
_FALLBACK = "pickled"
# Adapters, named as their packages, for which a dict or list may be a model.
_TREE_PACKAGES = ("jax",)

BROKEN: dict[str, str] = {}
"""Name of an adapter that cannot be imported → why; told in the notes of a commit."""

_by_type: dict[type, tuple[ModelAdapter, ...]] = {}
_by_type_size = -1
_no_models: set[type] = set()
"""Types that no adapter knows."""


def is_public(name: str) -> bool:
    """Tell whether a name belongs to the user, not to the shell."""
    return name[:1] != "_" and name not in _SHELL_NAMES


def public_names(namespace: Mapping[str, Any]) -> list[str]:
    """Return the names that belong to the user, in order of binding."""
    return [name for name in list(namespace) if is_public(name)]


def recognised(obj: Any) -> tuple[ModelAdapter, Role] | None:
    """Return the adapter that knows `obj` and what it is; importing no framework.

    Unlike `adapter_for`, answers are kept per type: a look at 500 variables costs microseconds.
    """
    _forget_types()
    return _known(obj) or _tree(obj)


def _forget_types() -> None:
    """Start anew when adapters have been registered since."""
    global _by_type_size
    size = len(ADAPTERS.names())
    if size != _by_type_size:
        _by_type.clear()
        _no_models.clear()
        _by_type_size = size


def _known(obj: Any) -> tuple[ModelAdapter, Role] | None:
    cls = type(obj)
    adapters = _by_type.get(cls)
    if adapters is None:
        adapters = _by_type[cls] = _matching(cls)
        if not adapters:
            _no_models.add(cls)
    for adapter in adapters:
        role = adapter.detect(obj)
        if role is not None:
            return adapter, role
    return None


def _tree(obj: Any) -> tuple[ModelAdapter, Role] | None:
    """Return who knows a container that is itself a model: a tree of arrays."""
    if type(obj) not in _CONTAINERS or not _may_be_trees():
        return None
    for package in _TREE_PACKAGES:
        if package not in ADAPTERS:
            continue
        adapter = ADAPTERS.get(package)
        role = adapter.detect(obj)
        if role is not None:
            return adapter, role
    return None


def _may_be_trees() -> bool:
    return any(package in sys.modules for package in _TREE_PACKAGES)


def _adapters() -> list[ModelAdapter]:
    found = []
    for name in ADAPTERS.names():
        try:
            found.append(ADAPTERS.get(name))
        except Exception as error:
            # One broken plugin must not keep other frameworks' models from being kept.
            BROKEN[name] = f"{type(error).__name__}: {error}"
    return found


def _matching(cls: type) -> tuple[ModelAdapter, ...]:
    if cls.__module__ == "builtins" or issubclass(cls, _NO_MODELS):
        return ()
    names = mro_names(cls)
    found = [
        adapter
        for adapter in _adapters()
        if not (adapter.name == _FALLBACK and _never_predicts(cls))
        and any(
            name.startswith(pattern) if pattern.endswith(".") else name == pattern
            for pattern in adapter.match
            for name in names
        )
    ]
    return tuple(sorted(found, key=lambda adapter: -adapter.priority))


def _never_predicts(cls: type) -> bool:
    """Tell whether a class written in C, as an array's, has no such method and can get none."""
    return not cls.__flags__ & _HEAP_TYPE and not hasattr(cls, "predict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A model under one of its names; elements of containers are called ``models[key]``."""

    name: str
    obj: Any
    adapter: ModelAdapter
    role: Role


def models_in(namespace: Mapping[str, Any]) -> Iterator[Seen]:
    """Yield the models of a namespace, one entry a name, elements of small containers after."""
    _forget_types()
    containers: list[tuple[str, Any]] = []
    trees = _may_be_trees()
    plain = _no_models.issuperset
    there = dict(namespace)
    classes = list(map(type, there.values()))
    # Most variables are of types already known to be no models, and this is a hook's inner loop:
    # they are left out without a loop of Python's own.
    kinds = set(classes)
    worth = (kinds - _no_models) | (kinds & _CONTAINERS)
    for name, obj in compress(there.items(), map(worth.__contains__, classes)):
        cls = type(obj)
        if cls in _no_models or name[:1] == "_":
            if cls in _CONTAINERS and 0 < len(obj) <= _MAX_ELEMENTS:
                held = obj.values() if cls is dict else obj
                if trees or not plain(map(type, held)):
                    containers.append((name, obj))
            continue
        found = _known(obj)
        if found is not None and name not in _SHELL_NAMES:
            yield Seen(name=name, obj=obj, adapter=found[0], role=found[1])
        elif cls in _CONTAINERS and 0 < len(obj) <= _MAX_ELEMENTS:
            containers.append((name, obj))
    for name, holder in containers:
        if name[:1] == "_" or name in _SHELL_NAMES:
            continue
        tree = _tree(holder)
        if tree is not None:
            yield Seen(name=name, obj=holder, adapter=tree[0], role=tree[1])
        else:
            yield from _elements(name, holder)


def _elements(name: str, holder: Any) -> Iterator[Seen]:
    items = holder.items() if isinstance(holder, dict) else enumerate(holder)
    for key, obj in list(items):
        if type(obj) in _no_models or not isinstance(key, (str, int)):
            continue
        found = _known(obj)
        if found is not None:
            yield Seen(name=f"{name}[{key}]", obj=obj, adapter=found[0], role=found[1])


def _token(seen: Seen) -> object:
    try:
        # Tokens miss writes into an array in place; a glimpse at the arrays sees them.
        return seen.adapter.token(seen.obj), glimpse(seen.obj)
    except Exception:
        # A half-built or hostile object of the user's: it counts as never changing.
        return None


@dataclass(slots=True)
class ModelWatch:
    """Remembers each model's token between looks.

    Attributes
    ----------
    changed
        ``id`` of a model → number of the cell after which its token was seen to differ.
    """

    changed: dict[int, int] = field(default_factory=dict)
    _tokens: dict[int, object] = field(default_factory=dict)

    def look(self, namespace: Mapping[str, Any], order: int) -> frozenset[str]:
        """Compare tokens with the last look; what is new or differs changed in cell `order`.

        Returns the names of those that were known before and differ.
        """
        tokens: dict[int, object] = {}
        touched = set()
        for seen in models_in(namespace):
            key = id(seen.obj)
            if key in tokens:
                continue
            # The type guards against an id that was given to another object since.
            token = (type(seen.obj), _token(seen))
            tokens[key] = token
            if self._tokens.get(key) != token:
                self.changed[key] = order
                if key in self._tokens:
                    touched.add(seen.name.split("[")[0])
        self._tokens = tokens
        self.changed = {key: when for key, when in self.changed.items() if key in tokens}
        return frozenset(touched)
