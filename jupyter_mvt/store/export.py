"""A file written for a person, into a folder of theirs and never outside of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from jupyter_mvt.errors import CorruptionError, RestoreError, StorageError
from jupyter_mvt.objects.ids import Buffer, digest_many
from jupyter_mvt.store.fs import Disk, OsDisk, explained
from jupyter_mvt.store.replacing import replacing

__all__ = ["export"]

_LONGEST_STEP, _LONGEST_NAME = 200, 1000
_RESERVED = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(1, 10))}
_FORBIDDEN = frozenset('\\:*?"<>|') if os.name == "nt" else frozenset("\\")


def export(
    folder: str | Path,
    name: str,
    pieces: Iterable[Buffer],
    size: int,
    digest: str,
    *,
    overwrite: bool = False,
    disk: Disk | None = None,
) -> Path:
    """Write `pieces` as ``folder/name`` and return where that is.

    The file appears whole or not at all, with the permissions of its folder.

    Raises
    ------
    RestoreError
        `name` leads out of `folder`, or is no portable name (code ``unsafe-name``).
    StorageError
        There is such a file (code ``file-exists``), or the disk refused.
    CorruptionError
        `pieces` are not the `size` bytes with this `digest` (code ``corrupt-object``).
    """
    steps = _steps(name)
    disk = OsDisk() if disk is None else disk
    root = Path(folder).expanduser().absolute()
    target = root.joinpath(*steps)
    with explained("write", str(target)):
        _make_folders(disk, root, steps[:-1])
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise _unsafe(name, "something else is in its place")
        if target.exists() and not overwrite:
            msg = f"There is a file {str(target)!r} already."
            raise StorageError(msg, code="file-exists", hint="save(folder, overwrite=True)")
        _write(disk, target, name, pieces, size, digest)
    return target


def _steps(name: str) -> tuple[str, ...]:
    """Return the folders and the file that `name` consists of, each a plain name."""
    steps = tuple(name.split("/"))
    if not name or len(name) > _LONGEST_NAME or PurePosixPath(name).is_absolute():
        raise _unsafe(name, "it is no relative name")
    for step in steps:
        stem = step.partition(".")[0].strip().lower()
        bad = (
            step in ("", ".", "..")
            or len(os.fsencode(step) if step.isprintable() else b"") not in range(1, _LONGEST_STEP)
            or not _FORBIDDEN.isdisjoint(step)
            or step != step.rstrip(" .")
            or stem in _RESERVED
        )
        if bad:
            raise _unsafe(name, f"{step[:60]!r} is no plain name")
    return steps


def _unsafe(name: str, why: str) -> RestoreError:
    msg = f"The stored file {name[:80]!r} is not written: {why}."
    return RestoreError(
        msg, code="unsafe-name", hint=f"its bytes: repo['HEAD'].files[{name[:80]!r}].read()"
    )


def _make_folders(disk: Disk, root: Path, steps: tuple[str, ...]) -> None:
    for parent in reversed((root, *root.parents)):
        if not parent.exists():
            disk.mkdir(str(parent))
    at = root
    for step in steps:
        at /= step
        # A link inside the folder, made by whoever, may lead anywhere.
        if at.is_symlink():
            raise _unsafe("/".join(steps), f"{step[:60]!r} is a link")
        disk.mkdir(str(at))


def _write(
    disk: Disk, target: Path, name: str, pieces: Iterable[Buffer], size: int, digest: str
) -> None:
    half = str(target.with_name(f".{secrets.token_hex(8)}.part"))
    with replacing(disk, str(target), half) as handle:
        found = digest_many(_written(disk, handle, pieces, size))
        disk.fsync(handle)
        if found != digest:
            msg = f"The stored file {name[:80]!r} is not what was kept."
            raise CorruptionError(msg, code="corrupt-object", hint="mvt fsck")
        disk.chmod(half, disk.stat(str(target.parent)).mode & 0o666)
    disk.fsync_dir(str(target.parent))


def _written(disk: Disk, handle: int, pieces: Iterable[Buffer], size: int) -> Iterable[Buffer]:
    left = size
    for piece in pieces:
        left -= len(piece)
        if left >= 0:
            disk.write(handle, piece)
        yield piece
        if left < 0:
            return  # more than there can be: the digest tells
