"""``python -m tests.notebooks.trials``: carries plans out, each in a fork of this one process.

It has loaded what most notebooks import, which takes longer than most of what they do. A line of
JSON asks for a plan, and is answered with an empty line when that has ended:
``[plan, outcome, home, folder, seconds]``.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from contextlib import suppress

from jupyter_mvt.capture.rerun import __main__ as rerun

LOADED = ("numpy", "pandas", "sklearn.ensemble", "sklearn.linear_model", "sklearn.model_selection",
          "sklearn.pipeline", "matplotlib.pyplot", "torch")  # fmt: skip


def main() -> None:
    """Answer until there are no more questions."""
    for name in LOADED:
        with suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        *words, folder, seconds = json.loads(line)
        child = os.fork()
        if not child:
            _carry_out(words, folder)
        _wait(child, seconds)
        sys.stdout.write("\n")
        sys.stdout.flush()


def _carry_out(words: list[str], folder: str) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    try:
        os.setsid()
        os.chdir(folder)
        sys.argv[:] = ["", *words]
        rerun.main()
    finally:
        os._exit(0)  # no handlers of what was run, and none of what was loaded


def _wait(child: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        time.sleep(0.02)


if __name__ == "__main__":
    main()
