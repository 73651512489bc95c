"""Which names may share state: one may be, or hold, what the other is."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Aliases"]


class Aliases:
    """Groups of values that may share state; a name means the value that it was bound to last."""

    def __init__(self) -> None:
        self._nodes: dict[str, int] = {}
        self._parents: list[int] = []
        self._keeps: list[tuple[int, int]] = []

    @property
    def names(self) -> frozenset[str]:
        """All names that were bound or shared."""
        return frozenset(self._nodes)

    def bind(self, names: Iterable[str]) -> None:
        """Give each name a value of its own. What its old value shared stays shared."""
        for name in names:
            self._nodes[name] = self._fresh()

    def join(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Note that the values of each pair may share state."""
        for one, other in pairs:
            self._parents[self._find(self._node(one))] = self._find(self._node(other))

    def keep(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Note that the value of the first name may hold that of the second, and not change it."""
        self._keeps += [(self._node(holder), self._node(held)) for holder, held in pairs]

    def reach(self, names: Iterable[str]) -> set[str]:
        """Return `names`, and those whose values change when theirs do."""
        given = set(names)
        roots = {self._find(self._nodes[name]) for name in given if name in self._nodes}
        kept = [(self._find(holder), self._find(held)) for holder, held in self._keeps]
        size = 0
        while size != len(roots):
            size = len(roots)
            roots |= {holder for holder, held in kept if held in roots}
        return given | {name for name, node in self._nodes.items() if self._find(node) in roots}

    def _fresh(self) -> int:
        self._parents.append(len(self._parents))
        return len(self._parents) - 1

    def _node(self, name: str) -> int:
        if name not in self._nodes:
            self._nodes[name] = self._fresh()
        return self._nodes[name]

    def _find(self, node: int) -> int:
        while self._parents[node] != node:
            self._parents[node] = self._parents[self._parents[node]]
            node = self._parents[node]
        return node
