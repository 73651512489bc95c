"""When did each model of a namespace last change, by cheap looks after each cell."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from itertools import compress
from types import FunctionType
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.holders import (
    MAX_ELEMENTS,
    inside,
    is_container,
    is_own,
    may_hold,
    written,
)
from jupyter_mvt.capture.known import (
    CONTAINERS,
    PLAIN,
    Seen,
    forget_types,
    known,
    may_be_trees,
    tree,
)
from jupyter_mvt.capture.prints import glimpse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_mvt.capture.adapter import ModelAdapter

__all__ = ["ModelWatch", "is_bare", "is_public", "models_in", "public_names", "root_of",
           "token_of"]  # fmt: skip

_SHELL_NAMES = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
_STEP = re.compile(r"[.\[]")
_ASIDE = frozenset({"optimizer", "scheduler", "loss"})
_DEEPEST = 2
_MOST = 256


def is_public(name: str) -> bool:
    """Tell whether a name belongs to the user, not to the shell."""
    return name[:1] != "_" and name not in _SHELL_NAMES


def public_names(namespace: Mapping[str, Any]) -> list[str]:
    """Return the names that belong to the user, in order of binding."""
    return [name for name in list(namespace) if is_public(name)]


def root_of(name: str) -> str:
    """Return the variable that a model's name begins with: ``trainer`` of ``trainer.model``."""
    return _STEP.split(name, maxsplit=1)[0]


def is_bare(name: str) -> bool:
    """Tell whether a model's name is that of a variable."""
    return _STEP.search(name) is None


def models_in(namespace: Mapping[str, Any]) -> Iterator[Seen]:
    """Yield the models of a namespace, one entry a name; after them what other objects hold."""
    forget_types()
    holders: list[tuple[str, Any]] = []
    trees = may_be_trees()
    plain = PLAIN.issuperset
    there = dict(namespace)
    classes = list(map(type, there.values()))
    # Most variables are of types already known to be no models, and this is a hook's inner loop:
    # they are left out without a loop of Python's own.
    kinds = set(classes)
    worth = (kinds - PLAIN) | (kinds & CONTAINERS)
    for name, obj in compress(there.items(), map(worth.__contains__, classes)):
        cls = type(obj)
        if cls in PLAIN or name[:1] == "_":
            if cls in CONTAINERS and 0 < len(obj) <= MAX_ELEMENTS:
                elements = obj.values() if cls is dict else obj
                if trees or not plain(map(type, elements)):
                    holders.append((name, obj))
            continue
        if cls is FunctionType and obj.__closure__ is None:
            continue
        found = known(obj)
        if found is not None and name not in _SHELL_NAMES:
            yield Seen(name=name, obj=obj, adapter=found[0], role=found[1])
        elif _may_hold(obj):
            holders.append((name, obj))
    for name, holder in holders:
        if name[:1] != "_" and name not in _SHELL_NAMES:
            yield from _held(name, holder)


def _may_hold(obj: Any) -> bool:
    cls = type(obj)
    if cls in CONTAINERS:
        return 0 < len(obj) <= MAX_ELEMENTS
    if cls is type:
        return bool(obj.__module__ == "__main__")
    return may_hold(cls)


def _held(name: str, holder: Any) -> Iterator[Seen]:
    """Yield the models that an object holds, and those that its own parts hold."""
    todo = deque([(name, holder, 0)])
    met, left = {id(holder)}, _MOST
    while todo:
        path, value, depth = todo.popleft()
        found = tree(value)
        if found is not None:
            yield Seen(name=path, obj=value, adapter=found[0], role=found[1])
            continue
        for key, item in inside(value):
            cls = type(item)
            if cls in PLAIN and (cls not in CONTAINERS or depth == _DEEPEST):
                continue
            if id(item) in met or not left:
                continue
            left -= 1
            met.add(id(item))
            found = known(item)
            if found is None and depth < _DEEPEST and _goes_on(value, item):
                todo.append((path + written(value, key), item, depth + 1))
            elif found is not None and (found[1] not in _ASIDE or _is_users(value)):
                step = written(value, key)
                yield Seen(name=path + step, obj=item, adapter=found[0], role=found[1])


def _is_users(value: Any) -> bool:
    return type(value) in CONTAINERS or is_own(type(value))


def _goes_on(value: Any, item: Any) -> bool:
    """Tell whether what `value` holds is looked into: of the user's own things only."""
    if not is_container(item):
        return is_own(type(item))
    elements = item.values() if isinstance(item, dict) else item
    trees = may_be_trees()
    return is_own(type(value)) and (trees or not PLAIN.issuperset(map(type, elements)))


def token_of(obj: Any, adapter: ModelAdapter) -> object:
    """Return what differs when a model surely changed; ``None`` where it cannot be told."""
    try:
        # Tokens miss writes into an array in place; a glimpse at the arrays sees them.
        return adapter.token(obj), glimpse(obj)
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
            token = (type(seen.obj), token_of(seen.obj, seen.adapter))
            tokens[key] = token
            if self._tokens.get(key) != token:
                self.changed[key] = order
                if key in self._tokens:
                    touched.add(root_of(seen.name))
        self._tokens = tokens
        self.changed = {key: when for key, when in self.changed.items() if key in tokens}
        return frozenset(touched)
