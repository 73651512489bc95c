"""Stretches of runs over which a value was seen to keep its content.

Values are looked at before and after the cells that name them. Where a name has the same content
at two looks, and nothing bound it in between, whatever ran there need not be asked about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Look", "Stretch", "stretches"]

Look = Mapping[str, tuple[int, bytes]]
"""Name → address and fingerprint of its value."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A name, and the first and last run that left its content as it was.

    Within a stretch of several runs the content may have been another for a while.
    """

    name: str
    first: int
    last: int


def stretches(
    looks: Sequence[tuple[Look, Look]], bound: Sequence[Iterable[str]]
) -> list[dict[str, Stretch]]:
    """Return, for each run, the names that kept their content from one look to the next.

    Parameters
    ----------
    looks
        What was seen before and after each run.
    bound
        Names that each run may have bound.
    """
    found: list[dict[str, Stretch]] = [{} for _ in looks]
    # Name → the run that starts after its newest look, and what that look has shown.
    newest: dict[str, tuple[int, tuple[int, bytes]]] = {}
    for i, (before, after) in enumerate(looks):
        _join(found, newest, before, i)
        newest.update((name, (i, seen)) for name, seen in before.items())
        for name in bound[i]:
            newest.pop(name, None)
        _join(found, newest, after, i + 1)
        newest.update((name, (i + 1, seen)) for name, seen in after.items())
    return found


def _join(
    found: list[dict[str, Stretch]],
    newest: Mapping[str, tuple[int, tuple[int, bytes]]],
    look: Look,
    end: int,
) -> None:
    """Note the stretches that end with a look before run number `end`."""
    for name, seen in look.items():
        start, earlier = newest.get(name, (end, seen))
        if earlier == seen:
            stretch = Stretch(name, start, end - 1)
            for i in range(start, end):
                found[i][name] = stretch
