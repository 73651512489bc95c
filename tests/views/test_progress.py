"""Progress is shown only of what takes long, seldom, and leaves nothing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.objects.progress import told
from jupyter_mvt.views.progress import Meter, Terminal, line, payload

if TYPE_CHECKING:
    from jupyter_mvt.views.wire import Progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Board:
    """A `Surface` that remembers what was shown, and what was said at the end."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, told: Progress) -> None:
        self.shown.append(line(told).replace("\u00a0", " "))

    def end(self, said: str) -> None:
        self.shown.append(f"End: {said}".replace("\u00a0", " "))


def run(seconds: float, steps: int = 100, total: int = 500_000_000) -> list[str]:
    clock, board = Clock(), Board()
    meter = Meter(board, clock)
    with told(meter, "Committing", total):
        for _ in range(steps):
            clock.now += seconds / steps
            meter.advance(total // steps)
    return board.shown


def test_what_is_quick_is_not_shown() -> None:
    assert run(0.6) == []


def test_it_tells_bytes_rate_and_time_left() -> None:
    shown = run(2.0)
    assert shown[0] == "Committing: 175 MB of 500 MB, 250 MB/s, 1.30 s left"
    assert shown[-1] == "End: Committing: 500 MB in 2.00 s"
    assert len(shown) <= 4 * 2 + 1


def test_it_ends_with_an_error_too_and_tells_no_more_than_all() -> None:
    clock, board = Clock(), Board()
    meter = Meter(board, clock)

    def work() -> None:
        with told(meter, "Packing", 10):
            clock.now = 5.0
            meter.advance(99)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert board.shown == ["Packing: 99 B of 99 B",
                           "End: Packing: 99 B in 5.00 s"]  # fmt: skip
    meter.advance(5)  # of no work: it is nobody's
    assert len(board.shown) == 2


@pytest.mark.parametrize(
    ("done", "total", "said"),
    [(72, 264, "72 B of 264 B"),
     (1_000_000, 2_000_000, "1.0 MB of 2.0 MB, 1.0 MB/s, 1.00 s left")],
)  # fmt: skip
def test_no_pace_is_told_of_what_waits_for_something_else(done, total, said) -> None:
    assert payload("Restoring", done, total, 1.0)["text"].replace("\N{NO-BREAK SPACE}", " ") == said


def test_of_work_within_work_the_inner_is_shown() -> None:
    clock, board = Clock(), Board()
    meter = Meter(board, clock)
    with told(meter, "Freeing", 100):
        clock.now = 1.0
        meter.advance(10)
        with told(meter, "Packing", 20):
            clock.now = 2.0
            meter.advance(5)
        clock.now = 3.0
        meter.advance(10)
    heads = [said.split(",")[0] for said in board.shown]
    assert heads == ["Freeing: 10 B of 100 B", "Packing: 5 B of 20 B", "Freeing: 20 B of 100 B",
                     "End: Freeing: 20 B in 3.00 s"]  # fmt: skip


def test_a_terminal_line_is_written_over_and_away() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream)
    terminal.show({"what": "Packing", "share": 0.1, "text": "a long line"})
    terminal.show({"what": "Packing", "share": 0.2, "text": "short"})
    terminal.end("Packing: 20 B in 3.00 s")
    wiped = " " * len("Packing: short")
    assert stream.getvalue() == f"\rPacking: a long line\rPacking: short      \r{wiped}\r"


def test_what_is_no_bytes_is_counted_as_what_it_is() -> None:
    clock, board = Clock(), Board()
    meter = Meter(board, clock)
    with told(meter, "Marking", 4000, "versions"):
        for _ in range(4):
            clock.now += 0.5
            meter.advance(1000)
    assert board.shown[0] == "Marking: 2,000 of 4,000 versions, 2,000/s, 1.00 s left"
    assert board.shown[-1] == "End: Marking: 4,000 versions in 2.00 s"
