"""The surrounding git repository, read from its files."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from jupyter_mvt.objects.code import Git

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_git"]

_HEX = re.compile(r"[0-9a-f]{40,64}\Z")
_MAX_FILE = 16_000_000


def read_git(folder: Path, *, timeout: float = 1.0) -> tuple[Git | None, str]:
    """Return HEAD, branch and dirtiness around `folder`, and what could not be told.

    Parameters
    ----------
    folder
        Where to start looking upward.
    timeout
        Seconds that ``git status`` may take; it is only asked about changed files.

    Returns
    -------
    git
        ``None`` when there is no repository, or none with a commit.
    trouble
        In words; empty when all is known.
    """
    found = _git_folder(folder)
    if found is None:
        return None, ""
    top, private = found
    shared = private
    pointer = _text(private / "commondir")
    if pointer:
        shared = (private / pointer).resolve()
    head = _text(private / "HEAD")
    if head.startswith("ref: "):
        name = head[5:]
        commit = _ref(name, private, shared)
        branch = name.removeprefix("refs/heads/")
    else:
        commit, branch = head, ""
    if not _HEX.match(commit):
        return None, ""
    dirty = _dirty(top, timeout)
    trouble = "" if dirty is not None else "whether files differ from the git commit is not known"
    return Git(head=commit, branch=branch, dirty=bool(dirty)), trouble


def _git_folder(folder: Path) -> tuple[Path, Path] | None:
    for place in (folder, *folder.parents):
        marker = place / ".git"
        if marker.is_dir():
            return place, marker
        pointer = _text(marker)
        if pointer.startswith("gitdir: "):
            return place, (place / pointer[8:]).resolve()
    return None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_FILE).decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _ref(name: str, private: Path, shared: Path) -> str:
    if ".." in name.split("/"):
        return ""
    for place in (private, shared):
        value = _text(place / name)
        if value.startswith("ref: "):
            return _ref(value[5:], private, shared) if value[5:] != name else ""
        if value:
            return value
    for line in _text(shared / "packed-refs").splitlines():
        value, _, packed = line.partition(" ")
        if packed == name:
            return value
    return ""


def _dirty(top: Path, timeout: float) -> bool | None:
    """Ask git whether tracked files changed; no program that the repository names is run."""
    safe = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]
    words = ["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all"]
    try:
        answer = subprocess.run(
            ["git", "--no-optional-locks", *safe, *words],
            cwd=top,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return bool(answer.stdout.strip()) if answer.returncode == 0 else None
