"""What an object is to a framework: which adapter knows it, answered once for each type."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass
from typing import Any

from jupyter_mvt.capture.adapter import ADAPTERS, ModelAdapter, Role, mro_names
from jupyter_mvt.capture.holders import forget_holders, may_hold

__all__ = [
    "BROKEN",
    "CONTAINERS",
    "PLAIN",
    "Seen",
    "forget_types",
    "known",
    "may_be_trees",
    "recognised",
    "tree",
    "usable",
]

CONTAINERS = frozenset({dict, list, tuple})
_NO_MODELS = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType,
              str, bytes, int, float, complex, type(None))  # fmt: skip
_HEAP_TYPE = 1 << 9
_FALLBACK = "pickled"
# Adapters, named as their packages, for which a dict or list may be a model.
_TREE_PACKAGES = ("jax",)

BROKEN: dict[str, str] = {}
"""Name of an adapter that cannot be imported → why; told in the notes of a commit."""

_by_type: dict[type, tuple[ModelAdapter, ...]] = {}
_by_type_size = -1
PLAIN: set[type] = set()
"""Types that no adapter knows, and whose objects hold nothing that one might know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A model under one of its names.

    What is in a container is called ``models[key]``, in an attribute ``trainer.model``, and what
    a function closed over ``step.model``.
    """

    name: str
    obj: Any
    adapter: ModelAdapter
    role: Role


def recognised(obj: Any) -> tuple[ModelAdapter, Role] | None:
    """Return the adapter that knows `obj` and what it is; importing no framework.

    Unlike `adapter_for`, answers are kept per type: a look at 500 variables costs microseconds.
    """
    forget_types()
    return known(obj) or tree(obj)


def forget_types() -> None:
    """Start anew when adapters have been registered since."""
    global _by_type_size
    size = len(ADAPTERS.names())
    if size != _by_type_size:
        _by_type.clear()
        PLAIN.clear()
        forget_holders()
        _by_type_size = size


def known(obj: Any) -> tuple[ModelAdapter, Role] | None:
    """Return the adapter that knows an object by its type, and what it is."""
    cls = type(obj)
    adapters = _by_type.get(cls)
    if adapters is None:
        adapters = _by_type[cls] = _matching(cls)
        if not adapters and not may_hold(cls):
            PLAIN.add(cls)
    for adapter in adapters:
        role = adapter.detect(obj)
        if role is not None:
            return adapter, role
    return None


def tree(obj: Any) -> tuple[ModelAdapter, Role] | None:
    """Return who knows a container that is itself a model: a tree of arrays."""
    if type(obj) not in CONTAINERS or not may_be_trees():
        return None
    for package in _TREE_PACKAGES:
        if package not in ADAPTERS:
            continue
        adapter = ADAPTERS.get(package)
        role = adapter.detect(obj)
        if role is not None:
            return adapter, role
    return None


def may_be_trees() -> bool:
    """Tell whether a container may itself be a model: its framework is imported."""
    return any(package in sys.modules for package in _TREE_PACKAGES)


def usable() -> list[ModelAdapter]:
    """Return the adapters that can be imported; `BROKEN` tells of the others."""
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
        for adapter in usable()
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
