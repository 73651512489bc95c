"""Runs that are being recorded: what was logged so far, for when the process does not come back.

``runs/<id>/<number>`` are framed pieces in the order of logging; number 0 tells whose run it is.
They are not synced: a kill loses nothing, a power cut at most the run. They are no part of any
version and are deleted when one holds the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.store import layout
from jupyter_mvt.store.records import frame, unframe

if TYPE_CHECKING:
    from jupyter_mvt.store.backend import Backend

__all__ = ["discard", "keep", "pieces", "unfinished"]


def keep(backend: Backend, run: str, number: int, body: bytes) -> None:
    """Keep one piece of a run."""
    backend.put(_key(run, number), frame(body), durable=False)


def pieces(backend: Backend, run: str) -> list[bytes]:
    """Return the pieces of a run, the first tells whose it is.

    Raises
    ------
    NotFoundError
        There is no such run (code ``unknown-run``).
    CorruptionError
        A piece is damaged (code ``corrupt-record``).
    """
    keys = sorted(backend.list(f"{layout.RUNS}{run}/")) if run.isalnum() else []
    if not keys:
        msg = f"There is no unfinished run {run[:40]!r}."
        raise NotFoundError(msg, code="unknown-run", hint="repo.recordings()")
    return [unframe(backend.get(key), key) for key in keys]


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


def _key(run: str, number: int) -> str:
    return f"{layout.RUNS}{run}/{number:06d}"
