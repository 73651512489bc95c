"""What every test shares: nothing of the person who runs them is read or written.

And what was proved, with figures: printed at the end of a run, and kept as a table on request.
"""

from __future__ import annotations

import os
import platform
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

RESULTS = "MVT_RESULTS"
"""Names the file that the table is written to (``make soak``)."""
MINUTES = float(os.environ.get("MVT_SOAK_MINUTES", "13"))
"""When so many are over, no other soak test begins; the table names those that did not."""
OVER = "the time of the run was over"
_BEGAN = time.monotonic()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("soak") and time.monotonic() - _BEGAN > 60 * MINUTES:
        pytest.skip(OVER)


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
        left_out = Counter(
            report.nodeid.partition("[")[0]
            for report in terminalreporter.stats.get("skipped", [])
            if OVER in str(report.longrepr)
        )
        failed = len(terminalreporter.stats.get("failed", []))
        Path(os.environ[RESULTS]).write_text(_table(rows, left_out, failed))


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
         f"{_tests(failed[key])} failed" if failed[key] else "0 broken", f"{seconds[key]:.0f}")
        for key, figure in sorted(figures.items(), key=lambda item: _order(item[0]))
        for promise, method, unit in [key]
    ]  # fmt: skip


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"


def _order(key: tuple[str, str, str]) -> tuple[int, str]:
    return (int("".join(c for c in key[0] if c.isdigit()) or 0), key[1])


def _table(rows: list[tuple[str, str, str, str, str]], left_out: Counter[str], failed: int) -> str:
    minutes = (time.monotonic() - _BEGAN) / 60
    said = "" if not failed else f" {_tests(failed)} failed."
    if left_out:
        names = ", ".join(f"{name} ({count})" for name, count in sorted(left_out.items()))
        said += f" Not begun, because the time was over: {names}."
    lines = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return (
        "# What `make soak` proved\n\nWritten by the run itself, on "
        f"{datetime.now(UTC):%Y-%m-%d}, in {minutes:.0f} minutes on {_machine()}.{said} What each "
        "promise says is in `tests/crash/README.md`; the seconds are those of tests that ran "
        "side by side.\n\n"
        "| promise | method | figure | result | seconds |\n|---|---|---|---|---|\n" + lines
    )


def _machine() -> str:
    """Return the machine in words, and how busy it was."""
    info = Path("/proc/cpuinfo")
    models = [line.partition(":")[2].strip() for line in
              (info.read_text().splitlines() if info.exists() else ())
              if line.startswith("model name")]  # fmt: skip
    cores = os.cpu_count() or 1
    return (
        f"{cores} cores ({next(iter(models), platform.processor() or platform.machine())}), "
        f"{platform.system()} {platform.release().partition('-')[0]}, Python "
        f"{platform.python_version()}, load {os.getloadavg()[2]:.1f}"
    )
