"""An IPython shell in a folder of its own, and what tests say to it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell

import jupyter_mvt as mvt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


@contextmanager
def started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """Start a shell in `folder` as ana's; our extension, if a test loads it, goes with it."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MVT_AUTHOR", "ana")
    monkeypatch.setenv("IPYTHONDIR", str(folder.parent / f"{folder.name}-ipython"))
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    try:
        yield shell
    finally:
        mvt.unload_ipython_extension(shell)
        shell.history_manager.end_session()


def run(shell: InteractiveShell, *cells: str) -> Any:
    """Run cells, let their errors out, return the last one's value."""
    for cell in cells:
        result = shell.run_cell(cell, store_history=True)
        result.raise_error()
    return result.result


def text(value: Any) -> str:
    """Return what a terminal shows of a value."""
    return value._repr_mimebundle_()["text/plain"]
