"""A folder like the user's, in which cells may read everything and change nothing of it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from itertools import islice
from pathlib import Path

from jupyter_mvt.store.fs import OsDisk

__all__ = ["detach", "guard", "mirror", "mirror_around", "mirror_repository"]

_SKIPPED = frozenset({".mvt", ".git", "__pycache__", ".ipynb_checkpoints", "node_modules"})
_MOST_FOLDERS = 500
_LEVELS = 3
_MOST_BESIDE = 1000
_MOST_BYTES = 1 << 28
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGING = frozenset({"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"})


def mirror_around(source: Path, target: Path) -> Path:
    """Make in `target` a mirror of `source`, and around it links to what lies around `source`.

    So ``../data/train.csv`` is where it was. Returns the mirror's own folder, some levels below
    `target`.
    """
    inner = source.resolve()
    around = [inner]
    for folder in islice(inner.parents, _LEVELS):
        if folder == folder.parent or len(_beside(folder)) > _MOST_BESIDE:
            break
        around.append(folder)
    for folder, inside in zip(around[:0:-1], around[-2::-1], strict=True):
        for item in _beside(folder):
            if item != inside and item.name not in _SKIPPED:
                (target / item.name).symlink_to(item)
        target = target / inside.name
        target.mkdir()
    mirror(inner, target)
    return target


def mirror_repository(source: Path, folder: Path, inside: Path, home: Path) -> None:
    """Make a mirror of the repository `source` where it lies around `inside`, below `home`.

    `inside` is `mirror_around` of `folder`. Cells then find, read and write a repository as
    they did, and change nothing of it.
    """
    place = inside
    for around in (folder.resolve(), *folder.resolve().parents):
        if around == source.resolve().parent:
            (place / source.name).mkdir()
            mirror(source, place / source.name)
        if place == home:
            return
        place = place.parent


def _beside(folder: Path) -> list[Path]:
    with suppress(OSError):
        return list(islice(folder.iterdir(), _MOST_BESIDE + 1))
    return []


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
    """From now on, changes below `home` are made to copies; only of what Python itself does."""
    root = os.path.realpath(home)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, mode, flags = (*arguments, None, None, None)[:3]
            if isinstance(path, (str, bytes, os.PathLike)) and _writes(mode, flags):
                _unlink(os.fsdecode(path), root)
        elif event in _CHANGING:
            for path in arguments[:2]:
                if isinstance(path, (str, bytes, os.PathLike)):
                    _own(os.path.abspath(os.fsdecode(path)), root)

    sys.addaudithook(hook)


def detach(folder: str) -> bool:
    """Put copies in the place of all links below `folder`, for what is not Python's own doing.

    Returns ``False``, and does nothing, where that would be more than 256 MB.
    """
    found = (os.path.join(place, name) for place, folders, files in os.walk(folder)
             for name in (*folders, *files))  # fmt: skip
    links = [path for path in found if os.path.islink(path)]
    if any(os.path.isdir(link) for link in links):
        return False
    if sum(os.path.getsize(link) for link in links if os.path.exists(link)) > _MOST_BYTES:
        return False
    for link in links:
        _copied(link)
    return True


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return bool(set(mode) & set("wax+"))
    return isinstance(flags, int) and bool(flags & _WRITING)


def _unlink(path: str, root: str) -> None:
    """Put a copy in the place of a link inside `root`."""
    full = os.path.abspath(path)
    if not _own(full, root) or not os.path.islink(full):
        return
    _copied(full)


def _copied(full: str) -> None:
    disk = OsDisk()
    data = disk.read(full) if os.path.isfile(full) else b""
    disk.unlink(full)
    handle = disk.create(full)
    disk.write(handle, data)
    disk.close(handle)


def _own(full: str, root: str) -> bool:
    """Tell whether a path lies inside `root`; folders on its way become folders of links."""
    if not full.startswith(root + os.sep):
        return False
    disk, folder = OsDisk(), root
    for name in full[len(root) + 1 :].split(os.sep)[:-1]:
        folder = os.path.join(folder, name)
        if os.path.islink(folder) and os.path.isdir(folder):
            behind = os.path.realpath(folder)
            disk.unlink(folder)
            disk.mkdir(folder)
            for item in os.listdir(behind):
                Path(folder, item).symlink_to(Path(behind, item))
    return True
