"""Runs that are being recorded: what was logged so far, for when the process does not come back.

``runs/<id>/<number>`` are framed pieces in the order of logging, each with its own name before it;
number 0 tells whose run it is.
They are not synced: a kill loses nothing, a power cut at most pieces of the run. They are no part
of any version and are deleted when one holds the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError, NotFoundError
from jupyter_mvt.store import layout
from jupyter_mvt.store.faults import Problem
from jupyter_mvt.store.records import frame, unframe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt.store.backend import Backend
    from jupyter_mvt.store.store import Store

__all__ = ["Kept", "check_runs", "discard", "keep", "kept", "unfinished"]

_KEY = re.compile(rf"{layout.RUNS}[0-9a-zA-Z]+/(\d{{6}})\Z")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is there of a run.

    Attributes
    ----------
    about
        Whose run it is, ``None`` if that cannot be read.
    pieces
        What was logged, in order, without what cannot be read.
    lost
        How many pieces cannot be read: a power cut may take some.
    following
        The number of the next piece.
    """

    about: bytes | None
    pieces: tuple[bytes, ...]
    lost: int
    following: int


def keep(backend: Backend, run: str, number: int, body: bytes) -> None:
    """Keep one piece of a run."""
    key = _key(run, number)
    backend.put(key, frame(b"%s %s" % (key.encode(), body)), durable=False)


def kept(backend: Backend, run: str) -> Kept:
    """Return what there is of a run.

    Raises
    ------
    NotFoundError
        There is no such run (code ``unknown-run``).
    """
    keys = list(backend.list(f"{layout.RUNS}{run}/")) if run.isalnum() else []
    numbers = sorted(int(found[1]) for key in keys if (found := _KEY.match(key)))
    if not numbers:
        msg = f"There is no unfinished run {run[:40]!r}."
        raise NotFoundError(msg, code="unknown-run", hint="repo.recordings()")
    read = [_read(backend, _key(run, number)) for number in range(numbers[-1] + 1)]
    pieces = tuple(piece for piece in read[1:] if piece is not None)
    return Kept(read[0], pieces, len(read) - 1 - len(pieces), len(read))


def _read(backend: Backend, key: str) -> bytes | None:
    try:
        whose, _, body = unframe(backend.get(key), key).partition(b" ")
    except (NotFoundError, CorruptionError):
        return None
    return body if whose == key.encode() else None


def unfinished(backend: Backend) -> tuple[str, ...]:
    """Return the ids of all runs that no version holds yet."""
    return tuple(dict.fromkeys(key.split("/")[1] for key in backend.list(layout.RUNS)))


def discard(backend: Backend, run: str) -> None:
    """Delete a run."""
    for key in list(backend.list(f"{layout.RUNS}{run}/")):
        try:
            backend.delete(key)
        except NotFoundError:
            continue


def check_runs(store: Store, keys: list[str]) -> Iterator[Problem]:
    """Yield what is wrong with the files `keys`; no version needs them."""
    for key in keys:
        if not _KEY.match(key):
            yield Problem(
                kind="unknown-file", key=key, text=f"The file {key} does not belong here."
            )
        elif _read(store.backend, key) is None and store.backend.stat(key) is not None:
            text = f"The piece {key} of a run that no version holds is not what was written."
            yield Problem(kind="corrupt-run", key=key, text=text)


def _key(run: str, number: int) -> str:
    return f"{layout.RUNS}{run}/{number:06d}"
