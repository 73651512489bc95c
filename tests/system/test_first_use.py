"""What a new process imports for its first words: no verb but the one that is asked for.

Times say little on a busy machine; which modules are there says the same everywhere.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.api import repo
from jupyter_mvt.commands.command import VERBS

HEAVY = {"IPython", "altair", "anywidget", "asyncio", "concurrent", "duckdb", "hmac", "logging",
         "numpy", "pandas", "pyarrow", "shutil", "tornado"}  # fmt: skip
CLI = "from jupyter_mvt.cli import main; main({words!r})"


class Model:
    """A stand-in with a predict, kept as data."""

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def predict(self, x: float) -> float:
        return self.weight * x


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("read")
    own = mvt.init(made)
    for weight in (1.0, 2.0):
        own.commit(Model(weight), metrics={"accuracy": weight / 4})
    return made


def imported(code: str, folder: Path) -> set[str]:
    """Return the modules of a new process in `folder` after `code`, but those of its start."""
    script = (
        f"import sys; before = set(sys.modules); {code}; "
        "sys.stderr.write(chr(10).join(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True,
                          text=True, check=True)  # fmt: skip
    return set(done.stderr.splitlines())


def ours(names: set[str], room: str) -> set[str]:
    start = f"jupyter_mvt.{room}."
    return {name.removeprefix(start) for name in names if name.startswith(start)}


def rooms(names: set[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("jupyter_mvt.")}


def verbs() -> set[str]:
    """Return the modules that the façade imports when a verb is used."""
    found = re.findall(r"^ {8,}from jupyter_mvt\.([\w.]+) import (\w+)",
                       Path(repo.__file__).read_text(), re.MULTILINE)  # fmt: skip
    return {f"{home}.{name}" if home in {"api", "history"} else home for home, name in found}


def test_a_repository_opens_without_its_verbs(folder: Path) -> None:
    opened = "import jupyter_mvt as mvt; repo = mvt.open('.'); "
    found = imported(opened + "assert '2 versions' in repr(repo), repo; repo.head", folder)
    assert rooms(found) == {"_version", "api", "display", "errors", "history", "objects", "store"}
    assert len(verbs()) > 15
    assert {f"jupyter_mvt.{name}" for name in verbs()} & found == set()
    assert {"commit", "dataset", "code", "snapshot"} & ours(found, "objects") == set()
    assert {name.split(".")[0] for name in found} & HEAVY == set()


def test_a_verb_is_there_with_its_first_use(folder: Path) -> None:
    opened = "import jupyter_mvt as mvt; repo = mvt.open('.'); "
    found = imported(opened + "repo.log()", folder)
    assert rooms(found) & {"capture", "commands", "metrics", "views"} == set()
    assert {"commit", "checkout", "evaluate", "status"} & ours(found, "api") == set()


def test_the_version_is_told_by_next_to_nothing(folder: Path) -> None:
    found = imported(CLI.format(words=["--version"]), folder)
    assert rooms(found) == {"_version", "cli", "errors"}
    assert {name.split(".")[0] for name in found} & (HEAVY | {"argparse", "msgspec"}) == set()


def test_a_command_brings_its_own_verb_and_view(folder: Path) -> None:
    found = imported(CLI.format(words=["log"]), folder)
    assert ours(found, "commands") & set(VERBS) == {"completion", "help", "log"}
    assert rooms(found) & {"capture", "magics", "metrics", "server", "widgets"} == set()
    assert {"diff", "status", "tables", "version"} & ours(found, "views") == set()
    assert "importlib.metadata" not in found, "nobody asked which packages are installed"
    assert {name.split(".")[0] for name in found} & (HEAVY - {"shutil"}) == set()


def test_help_brings_no_verb_at_work(folder: Path) -> None:
    found = imported(CLI.format(words=["help"]), folder)
    assert ours(found, "commands") >= set(VERBS)
    assert ours(found, "api") & {"commit", "discover", "repo", "status", "watching"} == set()
    assert rooms(found) & {"compare", "history", "metrics", "views"} == set()
    assert {name.split(".")[0] for name in found} & (HEAVY - {"shutil"}) == set()
