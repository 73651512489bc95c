"""Which cell of one side is which of the other, quickly for hundreds of cells."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["pair_similar"]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_THRESHOLD = 0.5
_CANDIDATES = 8
_COMMON = 24
"""A token in more cells than this says little about which cell it is."""


def pair_similar(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Return positions in `other` → positions in `base` of texts that are alike.

    Every text is used once; the most similar pairs are taken first. Similarity is the share of
    words in common (Dice). Candidates come from rare words, so that not all pairs are looked at.
    """
    bags = [Counter(_TOKEN.findall(text)) for text in base]
    others = [Counter(_TOKEN.findall(text)) for text in other]
    postings: dict[str, list[int]] = {}
    for index, bag in enumerate(bags):
        for token in bag:
            postings.setdefault(token, []).append(index)
    scored = []
    for index, bag in enumerate(others):
        for candidate in _candidates(bag, postings, len(bags)):
            score = _dice(bags[candidate], bag)
            if score >= _THRESHOLD:
                # Equal scores: the pair that keeps the order of cells.
                scored.append((-score, abs(candidate - index), index, candidate))
    scored.sort()
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, index, candidate in scored:
        if index not in pairs and candidate not in taken:
            pairs[index] = candidate
            taken.add(candidate)
    return pairs


def _candidates(
    bag: Mapping[str, int], postings: Mapping[str, list[int]], size: int
) -> Sequence[int]:
    if size <= _CANDIDATES:
        return range(size)
    votes: dict[int, float] = {}
    for token in bag:
        found = postings.get(token, ())
        if len(found) <= _COMMON:
            for index in found:
                votes[index] = votes.get(index, 0.0) + 1 / len(found)
    return sorted(votes, key=lambda index: (-votes[index], index))[:_CANDIDATES]


def _dice(a: Counter[str], b: Counter[str]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 1.0
