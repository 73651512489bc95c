"""Real folders, real shells and real processes with the installed package."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.api.kernel import attached
from tests.shells import started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell

PEOPLE = ("MVT_AUTHOR", "GIT_AUTHOR_NAME")


class Weight:
    """The smallest model: picklable, with a predict."""

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def predict(self, x: float) -> float:
        return self.weight * x


@pytest.fixture
def weight() -> type[Weight]:
    return Weight


@pytest.fixture
def clean() -> dict[str, str]:
    """Return the environment of a process that knows nobody."""
    kept = {key: value for key, value in os.environ.items() if key not in PEOPLE}
    return kept | {"MVT_AUTHOR": "ana"}


@pytest.fixture
def program(clean: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a runner of Python programs, given as files or after ``-c``."""

    def run(*words: str, cwd: Path | None = None, before: tuple[str, ...] = (), **more: object):
        command = [*before, sys.executable, "-W", "error", *map(str, words)]
        return subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True,
                              timeout=1800, check=False, **more)  # fmt: skip

    return run


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """An IPython shell in an empty folder, with the extension loaded and nobody to ask."""
    with started(tmp_path, monkeypatch) as shell:
        shell.run_cell("%load_ext jupyter_mvt")
        attached().interactive = False
        yield shell
