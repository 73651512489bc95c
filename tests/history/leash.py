"""Programs that tests start, and all that these fork, end with the test, however it ends.

Each of them watches one end of a pipe; the other is held by the test's process alone, so that the
system closes it even if that process is killed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = "MVT_TEST_LEASH"
ROOT = Path(__file__).parents[2]


@contextmanager
def leashed() -> Iterator[dict[str, Any]]:
    """Yield what `subprocess` must be told for a program that ends with the block."""
    watched, held = os.pipe()
    try:
        yield {"pass_fds": (watched,), "env": os.environ | {_END: str(watched)}, "cwd": ROOT}
    finally:
        os.close(held)
        os.close(watched)


def run(module: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a program of the tests to its end."""
    line = [sys.executable, "-m", module, *map(str, words)]
    with leashed() as how:
        return subprocess.run(line, capture_output=True, text=True, check=False, **how)


def wear() -> None:
    """End this process when the test does; without a leash it goes on."""
    if _END in os.environ:
        threading.Thread(target=_watch, args=(int(os.environ[_END]),), daemon=True).start()


def _watch(end: int) -> None:
    os.read(end, 1)
    os._exit(1)
