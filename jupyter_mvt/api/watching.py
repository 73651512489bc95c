"""Automatic versions: a cell that trained a model is followed by a commit."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.commit import Wish, request
from jupyter_mvt.capture.snapshot import chosen, fitted_in
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import CaptureError, MvtError
from jupyter_mvt.objects.encode import to_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.api.kernel import Kernel
    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.api.results import CommitResult

__all__ = ["PAUSE_S", "Watching", "after_cell", "state", "watch"]

PAUSE_S = 5.0
"""Least seconds from one automatic version to the next; what was trained meanwhile waits."""


@dataclass(frozen=True, slots=True)
class Watching(Displayable):
    """Whether training makes versions by itself in this session, and how many it has made."""

    on: bool
    made: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data


def watch(kernel: Kernel, on: bool) -> Watching:
    """Switch automatic versions on or off; what was trained before they were on stays out."""
    if on and not kernel.watch.on:
        kernel.watch.seen, kernel.watch.complained = kernel.cells.current, False
    kernel.watch.on = on
    return state(kernel)


def state(kernel: Kernel) -> Watching:
    """Return whether automatic versions are on, and how many were made."""
    return Watching(kernel.watch.on, kernel.watch.made)


def after_cell(
    kernel: Kernel, repo: Callable[[], Repo], *, ok: bool
) -> CommitResult | MvtError | None:
    """Commit if a cell since the last version trained a model; nothing is asked.

    What stands in the way is returned the first time, so that it can be said once; the training
    goes on.

    Parameters
    ----------
    kernel
        The live session.
    repo
        Opens the repository, or makes one.
    ok
        Whether the cell ran to its end. After one that failed nothing is kept; what an earlier
        cell had trained waits for the next.
    """
    if not kernel.watch.on or not ok:
        return None
    try:
        return _commit(kernel, repo)
    except MvtError as error:
        kernel.watch.seen = kernel.cells.current
        if kernel.watch.complained:
            return None
        kernel.watch.complained = True
        return error


def _commit(kernel: Kernel, repo: Callable[[], Repo]) -> CommitResult | None:
    watched, wish = kernel.watch, Wish(trigger="auto")
    try:
        trained = fitted_in(chosen(request(kernel, wish)))
    except CaptureError:
        return None  # nothing here has learned anything yet
    if trained <= watched.seen or perf_counter() - watched.last < PAUSE_S:
        return None
    watched.seen = kernel.cells.current
    result = repo().grant(wish)
    watched.last = perf_counter()
    if not result.created:
        return None
    watched.made += 1
    return result
