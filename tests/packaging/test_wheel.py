"""What a user gets: sdist → wheel → a clean environment without node → enabled, OK."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

COLOUR = re.compile(r"\x1b\[[0-9;]*m")

# One job of this session builds and installs; it takes minutes, most of them pip's.
pytestmark = [pytest.mark.wheel, pytest.mark.timeout(1200)]


def run(*words: str | Path, path: Path | None = None, cwd: Path | None = None) -> str:
    """Run a program with nothing on PATH but one environment's own programs: no node, no npm."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "PYTHON", "VIRTUAL_ENV"))
    }
    bin_folder = path or Path(sys.executable).parent
    environment["PATH"] = str(bin_folder)
    environment["NO_COLOR"] = "1"
    assert not (bin_folder / "node").exists()
    if path is not None:
        home = path.parent / "home"
        for name in ("CONFIG", "DATA", "RUNTIME"):
            environment[f"JUPYTER_{name}_DIR"] = str(home / name.lower())
        environment["IPYTHONDIR"] = str(home / "ipython")
    done = subprocess.run(
        [str(word) for word in words], env=environment, cwd=cwd, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return COLOUR.sub("", done.stdout + done.stderr)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel from what the sdist alone holds."""
    folder = tmp_path_factory.mktemp("dist")
    # `python -m build` without a target does exactly this.
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def clean(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel, and JupyterLab beside it, into an environment that has nothing else."""
    folder = tmp_path_factory.mktemp("clean")
    run(sys.executable, "-m", "venv", folder)
    (wheel,) = dist.glob("*.whl")
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "--prefer-binary", wheel, "jupyterlab>=4.6,<5")
    return folder / "bin"


def test_the_wheel_carries_the_front_end_and_no_sources_of_it(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    data = [name.split(".data/data/", 1)[1] for name in names if ".data/data/" in name]
    assert "share/jupyter/labextensions/jupyter-mvt/package.json" in data
    assert "share/jupyter/labextensions/jupyter-mvt/install.json" in data
    assert "share/jupyter/labextensions/jupyter-mvt/static/style.js" in data
    assert "share/jupyter/labextensions/jupyter-mvt/schemas/jupyter-mvt/plugin.json" in data
    assert "etc/jupyter/jupyter_server_config.d/jupyter_mvt.json" in data
    assert "jupyter_mvt/py.typed" in names
    strangers = {name.split("/")[0] for name in names} - {"jupyter_mvt"}
    assert all(name.startswith("jupyter_mvt-") for name in strangers), strangers
    assert not [name for name in names if name.startswith("jupyter_mvt/labextension")]


def test_the_sdist_carries_sources_and_built_files(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    expected = {
        "LICENSE",
        "README.md",
        "pyproject.toml",
        "js/package-lock.json",
        "js/hatch_build.py",
        "js/src/lab/mime.ts",
        "jupyter_mvt/labextension/package.json",
    }
    assert expected <= names
    assert not [name for name in names if "node_modules" in name]


def test_the_extensions_are_enabled_with_no_further_step(clean: Path) -> None:
    lab = run(clean / "jupyter", "labextension", "list", path=clean)
    (line,) = [line for line in lab.splitlines() if "jupyter-mvt" in line]
    assert "enabled" in line
    assert "OK" in line
    server = run(clean / "jupyter", "server", "extension", "list", path=clean)
    lines = [line.strip() for line in server.splitlines() if "jupyter_mvt" in line]
    assert any(line.startswith("jupyter_mvt") and "enabled" in line for line in lines), server
    assert any(line.endswith("OK") for line in lines), server
    assert "problem" not in server.lower(), server


def test_the_command_is_there(clean: Path, tmp_path: Path) -> None:
    version = (ROOT / "jupyter_mvt" / "_version.py").read_text().split('"')[-2]
    assert run(clean / "mvt", "--version", path=clean, cwd=tmp_path).strip() == f"mvt {version}"


def test_the_base_dependencies_carry_every_module(clean: Path, tmp_path: Path) -> None:
    """Nothing of the package needs what only the test environment has."""
    code = (
        "import importlib, pkgutil, jupyter_mvt\n"
        "for module in pkgutil.walk_packages(jupyter_mvt.__path__, 'jupyter_mvt.'):\n"
        "    if 'testing' not in module.name and '__main__' not in module.name:\n"
        "        importlib.import_module(module.name)\n"
    )
    run(clean / "python", "-W", "error::ImportWarning", "-c", code, path=clean, cwd=tmp_path)
