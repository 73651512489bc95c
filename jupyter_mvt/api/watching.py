"""Automatic versions: a cell that trained a model is followed by a commit."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.commit import Wish, request
from jupyter_mvt.capture.snapshot import chosen, fitted_in
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import UNCHANGED, CaptureError, MvtError, if_interrupted
from jupyter_mvt.objects.encode import to_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.api.kernel import Kernel
    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.api.results import CommitResult

__all__ = ["PAUSE_S", "Watching", "after_cell", "due_in", "state", "watch"]

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
    was = kernel.watch.on
    try:
        if on and not was:
            kernel.watch.seen, kernel.watch.complained = kernel.cells.current, False
            kernel.watch.waiting = False
        kernel.watch.on = on
        return Watching(on, kernel.watch.made)
    except KeyboardInterrupt as interrupt:
        now = kernel.watch.on
        switched = f"Interrupted, but automatic versions are {'on' if now else 'off'} now."
        interrupt.add_note(UNCHANGED if now == was else switched)
        raise


def state(kernel: Kernel) -> Watching:
    """Return whether automatic versions are on, and how many were made."""
    with if_interrupted(UNCHANGED):
        return Watching(kernel.watch.on, kernel.watch.made)


def due_in(kernel: Kernel) -> float | None:
    """Return in how many seconds what was trained last may be kept, ``None`` if all of it is."""
    watched = kernel.watch
    if not watched.on or not watched.waiting:
        return None
    return max(0.0, watched.last + PAUSE_S - perf_counter())


def after_cell(
    kernel: Kernel, repo: Callable[[], Repo], *, ok: bool, last: bool = False
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
    last
        Whether the session ends: nothing waits any longer.
    """
    if not kernel.watch.on or not ok:
        return None
    try:
        return _commit(kernel, repo, 0.0 if last else PAUSE_S)
    except MvtError as error:
        kernel.watch.seen, kernel.watch.waiting = kernel.cells.current, False
        if kernel.watch.complained:
            return None
        kernel.watch.complained = True
        return error


def _commit(kernel: Kernel, repo: Callable[[], Repo], pause: float) -> CommitResult | None:
    watched, wish = kernel.watch, Wish(trigger="auto")
    try:
        trained = fitted_in(chosen(request(kernel, wish)))
    except CaptureError:
        return None  # nothing here has learned anything yet
    watched.waiting = trained > watched.seen
    if not watched.waiting or perf_counter() - watched.last < pause:
        return None
    watched.waiting = False
    watched.seen = kernel.cells.current
    result = repo().grant(wish)
    watched.last = perf_counter()
    if not result.created:
        return None
    watched.made += 1
    return result
