"""A line that says how far a long piece of work is: bytes, rate, time left."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mvt.views import format

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Meter", "Surface", "Terminal"]

_PATIENCE = 0.7
"""Seconds before anything is shown: what is done by then needs no words."""
_PAUSE = 0.25


class Surface(Protocol):
    """Where one line can be shown in the place of the one before, and taken away again."""

    def show(self, line: str) -> None:
        """Show `line` in the place of what was shown before."""
        ...

    def clear(self) -> None:
        """Leave nothing of what was shown."""
        ...


@dataclass(slots=True)
class _Task:
    what: str
    total: int
    started: float
    done: int = 0


class Meter:
    """An `objects.progress.Progress` that shows what takes about a second or longer.

    Of work within other work the inner is shown; at most four lines a second.
    """

    def __init__(self, surface: Surface, tick: Callable[[], float] = perf_counter) -> None:
        self._surface = surface
        self._tick = tick
        self._tasks: list[_Task] = []
        self._next = 0.0
        self._is_shown = False

    def start(self, what: str, total: int) -> None:
        """See `Progress.start`."""
        now = self._tick()
        if not self._tasks:
            self._next = now + _PATIENCE
        self._tasks.append(_Task(what, total, now))

    def advance(self, nbytes: int) -> None:
        """See `Progress.advance`."""
        if not self._tasks:
            return
        task = self._tasks[-1]
        task.done += nbytes
        now = self._tick()
        if now >= self._next:
            self._next = now + _PAUSE
            self._is_shown = True
            self._surface.show(_line(task, now - task.started))

    def finish(self) -> None:
        """See `Progress.finish`."""
        self._tasks.pop()
        if not self._tasks and self._is_shown:
            self._is_shown = False
            self._surface.clear()


def _line(task: _Task, seconds: float) -> str:
    total = max(task.total, task.done)
    said = f"{task.what}: {format.size(task.done)} of {format.size(total)}"
    if task.done and seconds > 0:
        rate = task.done / seconds
        said += f", {format.size(rate)}/s, {format.duration((total - task.done) / rate)} left"
    return said


class Terminal:
    """A `Surface` on a stream that a person watches: the line is written over."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._width = 0

    def show(self, line: str) -> None:
        """See `Surface.show`."""
        self._stream.write("\r" + line.ljust(self._width))
        self._stream.flush()
        self._width = len(line)

    def clear(self) -> None:
        """See `Surface.clear`."""
        self._stream.write("\r" + " " * self._width + "\r")
        self._stream.flush()
        self._width = 0
