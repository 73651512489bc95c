"""Verify the index's files for ``fsck``; a fault in them costs no more than a rebuild."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.metrics.fold import verified_bytes
from jupyter_mvt.metrics.generation import Generation, newest
from jupyter_mvt.store.faults import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt.store.store import Store

__all__ = ["check_index"]

_HEALS = "it is not needed: the next query makes it anew."


def check_index(store: Store, keys: list[str]) -> Iterator[Problem]:
    """Yield what is wrong with the newest index; older ones are no longer read."""
    number, generation = newest(store.backend)
    if not number:
        return
    if generation is None:
        key = Generation(number=number).key
        yield Problem(kind="corrupt-index", key=key,
                      text=f"The index file {key} is corrupt; {_HEALS}")  # fmt: skip
        return
    for part in generation.parts():
        try:
            verified_bytes(store.backend, part)
        except CorruptionError as error:
            yield Problem(kind="corrupt-index", key=part.key,
                          text=f"{error.message[:-1]}; {_HEALS}")  # fmt: skip
