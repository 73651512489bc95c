"""Record a run while it trains, and keep it with its model."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.commit import Wish
from jupyter_mvt.api.commit import commit as keep
from jupyter_mvt.capture.recording import Recording
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import CorruptionError, MvtError, NotFoundError
from jupyter_mvt.objects.encode import decode, encode, to_data
from jupyter_mvt.store import runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt.api.kernel import Kernel
    from jupyter_mvt.capture.points import Points
    from jupyter_mvt.history.handle import Handle

__all__ = ["Unfinished", "recording", "recordings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished(Displayable):
    """A run that no version holds: it still trains, or it was cut off.

    Attributes
    ----------
    run
        Its id, for ``repo.recording(resume=…)``.
    actor
        Who began it.
    started_us
        When, in microseconds since 1970 UTC.
    names
        Of its curves.
    points
        How many values were logged.
    last_step
        The largest step, -1 before the first.
    lost
        How many pieces of it, of about a second each, cannot be read: a power cut may take some.
    """

    run: str
    actor: str
    started_us: int
    names: tuple[str, ...]
    points: int
    last_step: int
    lost: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data


@contextmanager
def recording(
    handle: Handle, kernel: Kernel | None, wish: Wish, *, commit: bool = True, resume: str = ""
) -> Iterator[Recording]:
    """Record what is logged inside of the ``with``; at its end a version is made.

    Parameters
    ----------
    handle, kernel
        The repository, and the live session if there is one.
    wish
        What the version will hold, see `api.commit`. Its model may be told later:
        ``run.model = booster``.
    commit
        Whether the end of the block makes the version. If not, the next commit of the same
        model holds the run.
    resume
        Id of a run that was cut off, to go on where it stopped; see `recordings`.

    Raises
    ------
    NotFoundError
        There is no run to resume (code ``unknown-run``).
    """
    run = _begin(handle, wish, resume)
    try:
        yield run
    finally:
        # Whatever ends the block: what was logged is safe, and can be resumed.
        run.flush()
    if not commit:
        if kernel is not None:
            kernel.recordings.append(run)
        return
    model = wish.model if run.model is None else run.model
    run.result = keep(handle, kernel, replace(wish, model=model, recording=run))
    if kernel is not None:
        kernel.untold.append(run.result)


def _begin(handle: Handle, wish: Wish, resume: str) -> Recording:
    backend = handle.store.backend
    run = resume or handle.clock.token()[:16]
    earlier, count, lost = None, 0, 0
    if resume:
        found = runs.kept(backend, resume)
        earlier, lost = _points(found)
        count = found.following - 1
    else:
        about = encode({"actor": handle.actor, "started_us": handle.clock.now_us()})
        runs.keep(backend, run, 0, about)

    def save(points: Points) -> None:
        nonlocal count
        from jupyter_mvt.capture.points import to_bytes

        count += 1
        runs.keep(backend, run, count, to_bytes(points))

    begun = Recording(run, save, handle.clock, wish.model, earlier)
    if lost:
        pieces = f"{lost} piece{'s' if lost > 1 else ''}"
        begun.troubles.append(f"{pieces} of what was logged before it was cut off cannot be read")
    return begun


def recordings(handle: Handle) -> tuple[Unfinished, ...]:
    """Return the runs that no version holds, oldest first."""
    found = []
    for run in runs.unfinished(handle.store.backend):
        try:
            found.append(_unfinished(run, runs.kept(handle.store.backend, run)))
        except NotFoundError:
            continue  # a version came to hold it meanwhile
    return tuple(sorted(found, key=lambda one: one.started_us))


def _unfinished(run: str, kept: runs.Kept) -> Unfinished:
    points, lost = _points(kept)
    try:
        about = decode(kept.about or b"{}")
        actor, started_us = str(about["actor"]), int(about["started_us"])
    except (MvtError, KeyError, TypeError, ValueError):
        actor, started_us = "", int(points.wall_us.min()) if len(points) else 0
        lost += 1
    return Unfinished(
        run=run,
        actor=actor,
        started_us=started_us,
        names=tuple(sorted(points.names)),
        points=len(points),
        last_step=int(points.step.max()) if len(points) else -1,
        lost=lost,
    )


def _points(kept: runs.Kept) -> tuple[Points, int]:
    """Return what was logged, and how many pieces of it cannot be read."""
    from jupyter_mvt.capture.points import from_bytes, gathered

    found, lost = [], kept.lost
    for piece in kept.pieces:
        try:
            found.append(from_bytes(piece))
        except CorruptionError:
            lost += 1
    return gathered(found), lost
