"""Whoever waits for data to be read is told how far it is, and may stop it."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_mvt.capture.data.fingerprint import describe


class Heard:
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []
        self.done = 0

    def start(self, what: str, total: int, unit: str = "bytes") -> None:
        self.told.append((what, total))

    def advance(self, nbytes: int) -> None:
        self.done += nbytes

    def finish(self) -> None:
        self.told.append(("finished", 0))


@pytest.mark.parametrize("threads", [1, 2])
def test_it_tells_how_far_it_has_read(threads):
    heard, data = Heard(), np.zeros((200_000, 3))
    describe(data, "X", threads=threads, progress=heard)
    assert heard.told == [("Fingerprinting", data.nbytes), ("finished", 0)]
    assert data.nbytes - 7 <= heard.done <= data.nbytes


def test_an_interrupt_ends_the_reading():
    class Stopped(Heard):
        def advance(self, nbytes: int) -> None:
            raise KeyboardInterrupt

    stopped = Stopped()
    with pytest.raises(KeyboardInterrupt):
        describe(np.zeros((200_000, 3)), "X", threads=2, progress=stopped)
    assert stopped.told[-1] == ("finished", 0)
