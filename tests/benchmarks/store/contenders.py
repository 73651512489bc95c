"""Who stands beside us: each keeps a state dict, or a file of it, durably."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tests.benchmarks.peers import mlflow_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Contender", "Ours", "available", "folder_bytes", "settle"]


class Contender(Protocol):
    """One way to keep a model.

    Attributes
    ----------
    title
        As the table names it.
    """

    title: str

    def ready(self, saved: Path) -> None:
        """Prepare for the next `keep`, outside its time; `saved` is a file of the state dict."""
        ...

    def keep(self, model: Any, saved: Path) -> None:
        """Keep `model`, or its file."""
        ...

    def size(self) -> int:
        """Return the bytes on disk."""
        ...


class Ours:
    """jupyter_mvt, by its API."""

    title = "jupyter_mvt"

    def __init__(self, folder: Path) -> None:
        import jupyter_mvt as mvt

        folder.mkdir(parents=True)
        self.repo = mvt.init(folder)
        self.folder = folder

    def ready(self, saved: Path) -> None:
        """Give back the memory that earlier versions hold, as those do who remove their last copy.

        A page cache that grows by every version takes memory that a virtual machine has yet to
        fetch, which is no cost of ours.
        """
        os.sync()
        for path in self.folder.rglob("*"):
            if path.is_file():
                handle = os.open(path, os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)

    def keep(self, model: Any, saved: Path) -> None:
        """Commit the live model."""
        self.repo.commit(model, message="bench")

    def size(self) -> int:
        """Return the bytes of the repository."""
        return folder_bytes(self.folder)


class Plain:
    """A function that writes one file, which is then synced; only the newest is left."""

    def __init__(self, title: str, folder: Path, write: Callable[[Any, Path, Path], None]) -> None:
        folder.mkdir(parents=True)
        self.title, self._folder, self._write, self._count = title, folder, write, 0

    def ready(self, saved: Path) -> None:
        """Remove the file before."""
        for path in self._folder.iterdir():
            path.unlink()
        self._count += 1

    def keep(self, model: Any, saved: Path) -> None:
        """Write one more file."""
        path = self._folder / f"{self._count}.bin"
        self._write(model, saved, path)
        settle(path)

    def size(self) -> int:
        """Return the bytes of all files."""
        return folder_bytes(self._folder)


class Tool:
    """A program that keeps a file: the file's place, the commands, and the size of its store."""

    def __init__(
        self, title: str, folder: Path, setup: Iterable[list[str]], keep: Iterable[list[str]]
    ) -> None:
        folder.mkdir(parents=True)
        self.title, self._folder, self._commands = title, folder, list(keep)
        self._count = 0
        for command in setup:
            self._run(command)

    def ready(self, saved: Path) -> None:
        """Put the saved file where the program looks for it."""
        shutil.copyfile(saved, self._folder / "model.pt")

    def keep(self, model: Any, saved: Path) -> None:
        """Run the program."""
        self._count += 1
        for command in self._commands:
            self._run([word.replace("{n}", str(self._count)) for word in command])

    def size(self) -> int:
        """Return the bytes of its folder, less the working copy."""
        return folder_bytes(self._folder) - (self._folder / "model.pt").stat().st_size

    def _run(self, command: list[str]) -> None:
        quiet = {
            **os.environ,
            **dict.fromkeys(("RESTIC_PASSWORD", "BORG_PASSPHRASE"), "bench"),
            "BORG_BASE_DIR": str(self._folder / ".borg-home"),
            "DVC_NO_ANALYTICS": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        done = subprocess.run(command, cwd=self._folder, env=quiet, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr[-500:]}")


class MlFlow:
    """MLflow's `log_model` into its local file store."""

    title = "MLflow `log_model`"

    def __init__(self, folder: Path, log: Callable[[Any, dict[str, float]], None]) -> None:
        self._folder, self._log = folder, log

    def ready(self, saved: Path) -> None:
        """Need nothing."""

    def keep(self, model: Any, saved: Path) -> None:
        """Log the live model in a run of its own."""
        self._log(model, {"loss": 1.0})

    def size(self) -> int:
        """Return the bytes of its store."""
        return folder_bytes(self._folder)


def available(folder: Path, tools: Path) -> dict[str, Contender]:
    """Return name → contender, each in a fresh folder; those that are not installed are absent.

    `tools` holds the environment of DVC, whose requirements are its own.
    """
    found: dict[str, Contender] = {
        "cp": Plain("`cp` + fsync", folder / "cp", lambda _, saved, path: _copy(saved, path)),
        "torch": Plain("`torch.save` + fsync", folder / "torch", _torch_save),
        "safetensors": Plain("safetensors + fsync", folder / "safetensors", _safetensors),
        "joblib": Plain("`joblib.dump` + fsync", folder / "joblib", _joblib),
    }
    log = mlflow_logger("pytorch", folder / "mlflow")
    if log is not None:
        found["mlflow"] = MlFlow(folder / "mlflow", log)
    for name, title, program, setup, keep in _tools(tools):
        if shutil.which(program):
            found[name] = Tool(title, folder / name, setup, keep)
    return found


def _tools(tools: Path) -> list[tuple[str, str, str, list[list[str]], list[list[str]]]]:
    dvc = str(tools / "bin" / "dvc")
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    lfs_commit = [[*git, "add", "model.pt"], [*git, "commit", "-q", "--allow-empty", "-m", "{n}"]]
    return [
        ("dvc", "`dvc add`", dvc, [[dvc, "init", "-q", "--no-scm"]],
         [[dvc, "add", "-q", "model.pt"]]),
        ("lfs", "git-lfs `add` + `commit`", "git-lfs",
         [["git", "init", "-q"], ["git", "lfs", "install", "--local"],
          ["git", "lfs", "track", "*.pt"]], lfs_commit),
        ("restic", "restic `backup`", "restic",
         [["restic", "init", "-q", "--repository-version", "2", "-r", "store"]],
         [["restic", "backup", "-q", "-r", "store", "model.pt"]]),
        ("borg", "borg `create`, zstd", "borg",
         [["borg", "init", "-e", "none", "store"]],
         [["borg", "create", "-C", "zstd", "store::{n}", "model.pt"]]),
    ]  # fmt: skip


def _copy(saved: Path, path: Path) -> None:
    shutil.copyfile(saved, path)


def _torch_save(model: Any, saved: Path, path: Path) -> None:
    import torch

    torch.save(model.state_dict(), path)


def _safetensors(model: Any, saved: Path, path: Path) -> None:
    from safetensors.torch import save_file

    save_file(model.state_dict(), path)


def _joblib(model: Any, saved: Path, path: Path) -> None:
    import joblib

    joblib.dump(model, path)


def settle(path: Path) -> None:
    """Sync a file."""
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def folder_bytes(folder: Path) -> int:
    """Return the bytes of every file below a folder; one that vanishes meanwhile counts none."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and not path.is_symlink():
                total += path.stat().st_size
    return total
