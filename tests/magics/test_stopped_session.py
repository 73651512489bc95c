"""Whoever stops a verb that changes the session alone, at any line of it, is told what was done."""

from __future__ import annotations

import inspect
import signal
import sys

import pytest

from jupyter_mvt.api import stash as stashing
from jupyter_mvt.api import undivided, watching
from jupyter_mvt.api.kernel import Stash
from jupyter_mvt.errors import UNCHANGED, InterruptedWorkError

ASKED = {stashing.pop, watching.watch}
CODES = {one.__code__ for one in ASKED} | {inspect.unwrap(undivided.undivided).__code__}
GIVEN = "Interrupted, but stash 1 had been given back by then."
HALF = "Interrupted, but names had been set by then; stash 1 is still there."
SILENT = "Interrupted."
"""Before the verb has looked at anything."""
ON = "Interrupted, but automatic versions are on now."
OFF = "Interrupted, but automatic versions are off now."


class Stop:
    """Presses Ctrl-C, `times` over, before line number `at` of what is asked."""

    def __init__(self, times: int) -> None:
        self.times, self.at, self.lines = times, 0, 0

    def __call__(self, frame, event, arg):
        if frame.f_code not in CODES:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                for _ in range(self.times):
                    signal.raise_signal(signal.SIGINT)
        return self


def stopped(shell, line: str, times: int, prepare, state) -> set[str]:
    """Return all that was said, at whatever line it was stopped; `state` says whether truly."""
    said, stop = set(), Stop(times)
    while True:
        prepare()
        before = state()
        stop.at, stop.lines = stop.at + 1, 0
        trace = sys.gettrace()
        sys.settrace(stop)
        try:
            shell.run_line_magic("mvt", line)
        except InterruptedWorkError as error:
            told = error.message
        else:
            return said
        finally:
            sys.settrace(trace)
        said |= {told} - {SILENT}
        assert (told in (UNCHANGED, SILENT)) == (state() == before), (stop.at, told, state())
        assert {GIVEN: ([1, 2], 0), HALF: ([1, 2], 1), ON: True, OFF: False}.get(
            told, before
        ) == state()


@pytest.fixture(autouse=True)
def heard():
    """Hear Ctrl-C, also where the tests were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def kernel(shell):
    return shell.magics_manager.registry["MvtMagics"]._desk.kernel


@pytest.mark.parametrize(
    ("times", "all_said"), [(1, {UNCHANGED, GIVEN}), (2, {UNCHANGED, HALF, GIVEN})]
)
def test_a_stash_is_given_back_or_not_and_that_is_said(shell, kernel, times, all_said):
    def prepare():
        shell.user_ns.update(a=0, b=0)
        kernel.stashes[:] = [Stash(1, "v1", {"a": 1, "b": 2})]

    def state():
        return [shell.user_ns["a"], shell.user_ns["b"]], len(kernel.stashes)

    assert stopped(shell, "stash pop", times, prepare, state) == all_said


@pytest.mark.parametrize(
    ("line", "was", "said"),
    [
        ("watch on", False, {UNCHANGED, ON}),
        ("watch off", True, {UNCHANGED, OFF}),
        ("watch on", True, {UNCHANGED}),
    ],
)
def test_watching_is_switched_or_not_and_that_is_said(shell, kernel, line, was, said):
    def prepare():
        kernel.watch.on = was

    assert stopped(shell, line, 1, prepare, lambda: kernel.watch.on) == said


def pressed(*words):
    """Press Ctrl-C while a value is being made."""
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(
    ("line", "value"), [("stash", (stashing, "StashList")), ("watch", (watching, "Watching"))]
)
def test_a_look_says_that_nothing_was_changed(shell, monkeypatch, line, value):
    monkeypatch.setattr(*value, pressed)
    with pytest.raises(InterruptedWorkError) as caught:
        shell.run_line_magic("mvt", line)
    assert caught.value.message == UNCHANGED
