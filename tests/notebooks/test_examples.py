"""Every notebook under examples/ runs from top to bottom, and its outputs are durable."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MIME = "application/vnd.jupyter-mvt.v1+json"


HEAVY = {"boosting.ipynb", "huggingface-lora.ipynb", "keras.ipynb"}
"""What needs more frameworks than ``make test`` installs."""


def _tiers() -> list[Any]:
    names = sorted(path.name for path in EXAMPLES.glob("*.ipynb"))
    return [
        pytest.param(name, marks=pytest.mark.frameworks if name in HEAVY else ()) for name in names
    ]


@pytest.fixture(scope="module")
def runner() -> Any:
    spec = importlib.util.spec_from_file_location("examples_run", EXAMPLES / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("default")  # the client's own libraries warn about themselves
@pytest.mark.parametrize("name", _tiers())
def test_a_notebook_runs_and_shows(
    name: str, runner: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPYTHONDIR", "replaced by the runner, put back afterwards")
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    shown: list[str] = []
    book = runner.execute(EXAMPLES / name, tmp_path / "run", shown.append)
    outputs = [output for cell in book.cells for output in cell.get("outputs", ())]
    assert not [output for output in outputs if output.output_type == "error"]
    bundles = [output.data for output in outputs if MIME in output.get("data", {})]
    assert bundles, "a notebook of ours shows something of ours"
    for data in bundles:
        assert {MIME, "text/html", "text/plain"} <= data.keys()
    page = "\n".join(shown)
    assert f"<{MIME}" not in page
    saved = runner.nbformat.read(EXAMPLES / name, as_version=4).cells
    assert [cell.source for cell in saved] == [cell.source for cell in book.cells]
