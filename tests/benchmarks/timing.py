"""Timing side by side: every contender in turn, round by round, so that a slow moment hits all."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["fresh", "in_turn", "milliseconds", "printed"]


def in_turn(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return name → median seconds over `rounds`, after one round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, run in contenders.items():
            started = perf_counter()
            run()
            if number:
                times[name].append(perf_counter() - started)
    return {name: statistics.median(taken) for name, taken in times.items()}


def fresh(statements: Mapping[str, str], rounds: int) -> dict[str, float]:
    """Return name → median of the seconds that each statement, in a new Python, prints last."""
    times: dict[str, list[float]] = {name: [] for name in statements}
    for number in range(rounds + 1):
        for name, statement in statements.items():
            value = printed(statement)
            if number:
                times[name].append(value)
    return {name: statistics.median(taken) for name, taken in times.items()}


def printed(statement: str) -> float:
    """Return the number that a statement prints last, in a new Python that may keep byte code."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", statement], capture_output=True, text=True, env=own
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout.split()[-1])


def milliseconds(seconds: float) -> str:
    """Return a duration with three significant digits."""
    value = seconds * 1000
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.3g} ms"
