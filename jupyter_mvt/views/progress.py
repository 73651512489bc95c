"""How far a long piece of work is: bytes, rate, time left; as a line, and as data for a bar."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mvt.objects.progress import BYTES
from jupyter_mvt.views import format, wire

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Meter", "Surface", "Terminal", "line", "payload"]

_PATIENCE = 0.7
"""Seconds before anything is shown: what is done by then needs no words."""
_PAUSE = 0.25


_MEASURED = 1_000_000
"""Bytes of work from which on its pace means something."""


class Surface(Protocol):
    """Where one state of work can be shown in the place of the one before."""

    def show(self, told: wire.Progress) -> None:
        """Show `told` in the place of what was shown before."""
        ...

    def end(self, said: str) -> None:
        """Show nothing more; `said` tells what was done, where something has to stay."""
        ...


@dataclass(slots=True)
class _Task:
    what: str
    total: int
    unit: str
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
        self._main: _Task | None = None

    def start(self, what: str, total: int, unit: str = BYTES) -> None:
        """See `Progress.start`."""
        now = self._tick()
        if not self._tasks:
            self._next = now + _PATIENCE
            self._main = None
        self._tasks.append(_Task(what, total, unit, now))

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
            self._surface.show(_state(task, now))

    def finish(self) -> None:
        """See `Progress.finish`."""
        task = self._tasks.pop()
        # Of work within work, what stays is said of the larger.
        if self._main is None or task.done >= self._main.done:
            self._main = task
        if not self._tasks and self._is_shown:
            self._is_shown = False
            taken = format.duration(self._tick() - self._main.started)
            done = _amount(self._main.done, self._main.unit)
            self._surface.end(f"{self._main.what}: {done} in {taken}")


def _state(task: _Task, now: float) -> wire.Progress:
    return payload(task.what, task.done, task.total, now - task.started, task.unit)


def _amount(done: int, unit: str) -> str:
    return format.size(done) if unit == BYTES else f"{format.count(done)} {unit}"


def payload(what: str, done: int, total: int, seconds: float, unit: str = BYTES) -> wire.Progress:
    """Return how far work is that `seconds` ago had done nothing."""
    whole = max(total, done)
    so_far = format.size(done) if unit == BYTES else format.count(done)
    text = f"{so_far} of {_amount(whole, unit)}"
    # A restore of a few bytes waits for its framework to be imported: no rate tells how long.
    if done and seconds > 0 and (unit != BYTES or whole >= _MEASURED):
        rate = done / seconds
        pace = format.size(rate) if unit == BYTES else format.count(round(rate))
        left = f"{format.duration((whole - done) / rate)} left" if done < whole else "finishing"
        text += f", {pace}/s, {left}"
    return {"what": what, "share": done / whole if whole else 0.0, "text": text}


def line(told: wire.Progress) -> str:
    """Return what a line shows of a state."""
    return f"{told['what']}: {told['text']}"


class Terminal:
    """A `Surface` on a stream that a person watches: the line is written over."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._width = 0

    def show(self, told: wire.Progress) -> None:
        """See `Surface.show`."""
        said = line(told)
        self._stream.write("\r" + said.ljust(self._width))
        self._stream.flush()
        self._width = len(said)

    def end(self, said: str) -> None:
        """See `Surface.end`: what is in the way of the next prompt is wiped."""
        self._stream.write("\r" + " " * self._width + "\r")
        self._stream.flush()
        self._width = 0
