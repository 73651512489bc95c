"""Work that is done whole or not at all, although somebody presses Stop in the midst of it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["undivided"]


@contextmanager
def undivided() -> Iterator[None]:
    """Let an interrupt wait until the block is done; a second one does not wait.

    For the few calls to the disk that publish something: after the first of them others see a
    part of it, so that it could not be taken back any more.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield  # no interrupt is raised here, or nobody asked for one
        return
    waiting: list[FrameType | None] = []

    def wait(number: int, frame: FrameType | None) -> None:
        waiting.append(frame)
        if len(waiting) > 1:
            before(number, frame)

    signal.signal(signal.SIGINT, wait)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if len(waiting) == 1:
            before(signal.SIGINT, waiting[0])
