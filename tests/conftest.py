"""What every test shares: nothing of the person who runs them is read or written.

And what was proved, with figures: printed at the end of a run, and kept as a table on request.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

RESULTS = "MVT_RESULTS"
"""Names the file that the table is written to (``make soak``)."""


@pytest.fixture(autouse=True)
def _own_trust(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test, and the processes it starts, a trust database of its own."""
    monkeypatch.setenv("MVT_TRUST", str(tmp_path_factory.mktemp("trust") / "trust"))


@pytest.fixture
def proved(record_property: Callable[[str, object], None]) -> Callable[[str, str, int, str], None]:
    """Note a figure: the promise's number in the design, the method, how many, and of what."""

    def note(promise: str, method: str, figure: int, unit: str) -> None:
        record_property("proved", [promise, method, figure, unit])

    return note


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows = _rows(terminalreporter.stats)
    if not rows:
        return
    terminalreporter.section("what was proved")
    for promise, method, figure, result, seconds in rows:
        terminalreporter.write_line(f"{promise:>4}  {method}: {figure}, {result} ({seconds} s)")
    if RESULTS in os.environ:
        Path(os.environ[RESULTS]).write_text(_table(rows))


def _rows(stats: dict[str, list[Any]]) -> list[tuple[str, str, str, str, str]]:
    figures: dict[tuple[str, str, str], int] = defaultdict(int)
    seconds: dict[tuple[str, str, str], float] = defaultdict(float)
    failed: dict[tuple[str, str, str], int] = defaultdict(int)
    for outcome in ("passed", "failed"):
        for report in stats.get(outcome, []):
            for name, value in report.user_properties:
                if name == "proved" and report.when == "call":
                    promise, method, figure, unit = value
                    figures[promise, method, unit] += figure
                    seconds[promise, method, unit] += report.duration
                    failed[promise, method, unit] += outcome == "failed"
    return [
        (promise, method, f"{figure:,} {unit}",
         f"{failed[key]} tests failed" if failed[key] else "0 broken", f"{seconds[key]:.0f}")
        for key, figure in sorted(figures.items(), key=lambda item: _order(item[0]))
        for promise, method, unit in [key]
    ]  # fmt: skip


def _order(key: tuple[str, str, str]) -> tuple[int, str]:
    return (int("".join(c for c in key[0] if c.isdigit()) or 0), key[1])


def _table(rows: list[tuple[str, str, str, str, str]]) -> str:
    head = "| promise | method | figure | result | seconds |\n|---|---|---|---|---|\n"
    lines = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return (
        "# What `make soak` proved\n\nPromises are those of the design (`ARCHITECTURE.md`, "
        "“What we promise”); written by the run itself.\n\n" + head + lines
    )
