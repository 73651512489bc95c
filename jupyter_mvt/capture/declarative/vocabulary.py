"""Several frameworks in one object: a booster as a step of a pipeline, an encoder in a booster.

An adapter that offers a `vocabulary` lends it to all others, so that no adapter needs to know
another. Lending must be safe: each list confirms only what it would admit by itself.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import ADAPTERS, Frozen, Skeleton, Sources
from jupyter_mvt.capture.declarative.freeze import COMMON_KINDS, freeze_object, restore_object
from jupyter_mvt.capture.declarative.graph import names, read_graph
from jupyter_mvt.capture.declarative.policy import Undeclarable, is_known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Set

    from jupyter_mvt.capture.declarative.decoder import Checks, Read
    from jupyter_mvt.capture.declarative.encoder import Dialect, Encoder, Write
    from jupyter_mvt.capture.declarative.graph import Graph
    from jupyter_mvt.capture.declarative.policy import Allowed
    from jupyter_mvt.objects.commit import StateKind

__all__ = ["Vocabulary", "freeze_with", "restore_with"]

_RUNS_CODE = ("", "restoring it runs code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """How the objects of one framework are written and read.

    Attributes
    ----------
    package
        Its top-level package: nothing of it is to be written unless that is imported.
    readers
        Kinds of nodes of its own; the framework's name comes first in them.
    checks
        What is verified before compiled code sees it, where its readers do not verify all.
    finish
        Completes what its writers began, once everything has been seen.
    runs_code
        Tells of a stored graph whether reading it runs something that only trust may.
    unverified
        Tells of a stored graph whether compiled code reads numbers in it that nobody can verify
        before: data, but only from somebody trusted.
    """

    package: str
    allowed: Allowed
    dialect: Dialect
    readers: Mapping[str, Read]
    checks: Checks | None = None
    finish: Callable[[Encoder], None] | None = None
    runs_code: Callable[[bytes], bool] | None = None
    unverified: Callable[[bytes], bool] | None = None


def freeze_with(
    own: Vocabulary, value: Any, sources: Sources | None, kind: StateKind = "declarative"
) -> Frozen:
    """Return `value` taken apart, with the words of all frameworks that are imported.

    Without `sources` only what restores without running code; what it needs trust for all the same
    is told in `lost`.

    Raises
    ------
    Undeclarable
        Something in it has no form as data.
    """
    known = [item for item in _all(own) if item is own or item.package in sys.modules]
    allowed = _Allowed([item.allowed for item in known])
    dialect = _Dialect([item.dialect for item in known])
    steps = [item.finish for item in known if item.finish is not None]
    frozen = freeze_object(value, allowed, dialect, sources, kind, steps)
    if sources is None and any(item.runs_code and item.runs_code(frozen.state) for item in known):
        raise Undeclarable(*_RUNS_CODE)
    for item in known:
        if item.unverified is not None and item.unverified(frozen.state):
            text = f"{item.package} cannot verify what it reads: restoring it elsewhere needs trust"
            frozen = replace(frozen, lost=(*frozen.lost, text))
    return frozen


def restore_with(own: Vocabulary, skeleton: Skeleton) -> Any:
    """Return the live object that `skeleton` describes."""
    graph = read_graph(skeleton.state)
    # Most objects are of one framework: to import what reads all others takes longer than they.
    known = [own] if _suffices(own, graph) else _all(own)
    readers = {kind: read for item in known for kind, read in item.readers.items()}
    allowed = _Allowed([item.allowed for item in known])
    return restore_object(
        graph,
        skeleton,
        allowed,
        _Checks([item.checks for item in known if item.checks is not None]),
        readers,
    )


def _suffices(own: Vocabulary, graph: Graph) -> bool:
    """Tell whether one framework's readers know every node, and its list every name."""
    kinds = {node[0] for node in graph.nodes}
    return kinds <= COMMON_KINDS | own.readers.keys() and all(
        is_known(own.allowed, name) for name in names(graph)
    )


def _all(own: Vocabulary) -> list[Vocabulary]:
    found = [own]
    for adapter in ADAPTERS:
        lend = getattr(adapter, "vocabulary", None)
        offered = lend() if lend is not None else None
        if isinstance(offered, Vocabulary) and offered.package != own.package:
            found.append(offered)
    return found


class _Allowed:
    """What any of several lists admits."""

    def __init__(self, lists: Sequence[Allowed]) -> None:
        self._lists = lists

    def admits(self, module: str, qualname: str) -> bool:
        return any(item.admits(module, qualname) for item in self._lists)

    def confirms(self, value: Any) -> bool:
        return any(item.confirms(value) for item in self._lists)


class _Dialect:
    """The first writer found; the states of all; volatile if any says so."""

    def __init__(self, dialects: Sequence[Dialect]) -> None:
        self._dialects = dialects
        self.writers: Mapping[type, Write] = {
            kind: write for item in reversed(dialects) for kind, write in item.writers.items()
        }

    def writer(self, value: Any) -> Write | None:
        found = (item.writer(value) for item in self._dialects)
        return next((write for write in found if write is not None), None)

    def state(self, value: Any, state: Any) -> Any:
        for item in self._dialects:
            state = item.state(value, state)
        return state

    def volatile(self, owner: Any, keys: tuple[str, ...]) -> Set[str]:
        found: Set[str] = frozenset()
        for item in self._dialects:
            found |= item.volatile(owner, keys)
        return found

    def step(self, owner: Any, key: str) -> str:
        for item in self._dialects:
            step = item.step(owner, key)
            if step != key:
                return step
        return key


class _Checks:
    """All checks, one after the other."""

    def __init__(self, checks: Sequence[Checks]) -> None:
        self._checks = checks

    def before(self, cls: Any, arguments: list[Any], state: Any) -> None:
        for item in self._checks:
            item.before(cls, arguments, state)

    def after(self, value: Any) -> None:
        for item in self._checks:
            item.after(value)
