"""A folder like the user's, in which cells may read everything and change nothing of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jupyter_mvt.store.fs import OsDisk

__all__ = ["guard", "mirror"]

_SKIPPED = frozenset({".mvt", ".git", "__pycache__", ".ipynb_checkpoints", "node_modules"})
_MOST_FOLDERS = 500
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def mirror(source: Path, target: Path) -> None:
    """Make in `target` the folders of `source`, with links to its files.

    Of a very large tree the deeper folders are links themselves.
    """
    todo, made = [(source, target)], 0
    while todo:
        folder, copy = todo.pop()
        for item in sorted(folder.iterdir()):
            if item.name in _SKIPPED:
                continue
            if item.is_dir() and not item.is_symlink() and made < _MOST_FOLDERS:
                made += 1
                (copy / item.name).mkdir()
                todo.append((item, copy / item.name))
            else:
                (copy / item.name).symlink_to(item)


def guard(home: Path) -> None:
    """From now on, writing to a linked file writes to a copy of it; only what Python opens."""
    root = os.path.realpath(home)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, mode, flags = (*arguments, None, None, None)[:3]
            if isinstance(path, (str, bytes, os.PathLike)) and _writes(mode, flags):
                _unlink(os.fsdecode(path), root)

    sys.addaudithook(hook)


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return bool(set(mode) & set("wax+"))
    return isinstance(flags, int) and bool(flags & _WRITING)


def _unlink(path: str, root: str) -> None:
    """Put a copy in the place of a link inside `root`."""
    full = os.path.abspath(path)
    parent = os.path.realpath(os.path.dirname(full))
    if not (parent + os.sep).startswith(root + os.sep) or not os.path.islink(full):
        return
    disk = OsDisk()
    data = disk.read(full) if os.path.isfile(full) else b""
    disk.unlink(full)
    handle = disk.create(full)
    disk.write(handle, data)
    disk.close(handle)
