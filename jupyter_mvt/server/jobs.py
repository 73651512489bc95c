"""Long work that the panel has begun: how far it is, what came of it, and a way to stop it."""

from __future__ import annotations

import secrets
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

from jupyter_mvt.errors import ConflictError
from jupyter_mvt.objects.progress import BYTES, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.views.wire import Progress as State

__all__ = ["Job", "Jobs"]

_KEPT = 32
"""So many jobs are remembered after they ended, for whoever asks late."""


@dataclass(slots=True)
class _Task:
    what: str
    total: int
    unit: str
    started: float
    done: int = 0


@dataclass(slots=True, eq=False)
class Job:
    """One piece of long work, and an `objects.progress.Progress` that is told how far it is.

    Attributes
    ----------
    id
        Stands for it in addresses; cannot be guessed.
    user
        Who began it, and alone may ask for it.
    """

    user: str
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    _tasks: list[_Task] = field(default_factory=list)
    _stop: Event = field(default_factory=Event)
    _is_patient: bool = False
    _future: Future[Any] = field(default_factory=Future)

    def start(self, what: str, total: int, unit: str = BYTES) -> None:
        """See `Progress.start`."""
        self._tasks.append(_Task(what, total, unit, perf_counter()))
        self.advance(0)

    def advance(self, nbytes: int) -> None:
        """See `Progress.advance`; ends the job once somebody has stopped it."""
        self._tasks[-1].done += nbytes
        if self._stop.is_set() and not self._is_patient:
            msg = "It was stopped; nothing was changed."
            raise ConflictError(msg, code="stopped")

    def finish(self) -> None:
        """See `Progress.finish`."""
        self._tasks.pop()

    def stop(self) -> None:
        """End it soon; a job that has ended already stays as it ended."""
        self._stop.set()

    def stopping(self) -> Callable[[], bool]:
        """Return what tells a job that stops by itself to do so: then it is not torn off."""
        self._is_patient = True
        return self._stop.is_set

    @property
    def ended(self) -> bool:
        """Whether there is a result, or never will be."""
        return self._future.done()

    def result(self, seconds: float) -> Any:
        """Return what came of it, once it has ended; waits for that.

        Raises
        ------
        TimeoutError
            It has not ended by then.
        ConflictError
            It was stopped (code ``stopped``).
        """
        return self._future.result(seconds)

    def run(self, act: Callable[[Job], Any]) -> None:
        """Do the job, in a thread of its own."""
        try:
            # Stopped while it waited for its turn.
            with told(self, "", 0):
                done = act(self)
        except BaseException as error:
            self._future.set_exception(error)
        else:
            self._future.set_result(done)

    def state(self) -> State:
        """Return how far it is."""
        from jupyter_mvt.views.progress import payload

        # The thread that works may end a task while this one looks at it.
        task = next(reversed(self._tasks.copy()), None)
        if task is None or not task.total:
            return {"what": "", "share": 0.0, "text": ""}
        seconds = perf_counter() - task.started
        return payload(task.what, task.done, task.total, seconds, task.unit)


class Jobs:
    """The jobs of one server; one at a time, the others wait."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._known: dict[str, Job] = {}
        self._lock = Lock()

    def begin(self, user: str, act: Callable[[Job], Any]) -> Job:
        """Begin `act` for a user, once those before it have ended."""
        job = Job(user)
        with self._lock:
            for key in [key for key, one in self._known.items() if one.ended][:-_KEPT]:
                del self._known[key]
            self._known[job.id] = job

        def wait() -> None:
            with self._turn:
                job.run(act)

        # A server that ends does not wait for it: what is cut off leaves nothing half done.
        Thread(target=wait, name="jupyter-mvt-job", daemon=True).start()
        return job

    def find(self, key: str, user: str) -> Job | None:
        """Return a job, if it is the user's own."""
        found = self._known.get(key)
        return found if found is not None and found.user == user else None
