"""What the magics are tried in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shells import started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    with started(tmp_path, monkeypatch) as shell:
        shell.run_cell("%load_ext jupyter_mvt")
        yield shell
