"""Files and folders as datasets: tables by their content, anything else by its bytes."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from blake3 import blake3

from jupyter_mvt.capture.data.columns import arrow_strip, numpy_strip
from jupyter_mvt.capture.data.kind import Table
from jupyter_mvt.capture.data.kinds import formats
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.clock import Clock

__all__ = ["KIND", "Files", "FilesKind", "gather", "is_path", "learn", "learned"]

_MOST_FILES = 1_000_000
_MOST_DIGESTS = 200_000
_MOST_DECODED = 2 << 30
_SETTLED_US = 2_000_000
_THREADS = 4

_ROW = re.compile(r"((?:\d{1,20} ){5})([0-9a-f]{64}) (.+)\Z", re.DOTALL)
_digests: dict[tuple[str, tuple[int, ...]], str] = {}
"""Path and stamp of a file → its digest, for what lies still for two seconds."""


@dataclass(frozen=True, slots=True)
class Files:
    """Files that are one dataset.

    Attributes
    ----------
    root
        What the names in it are relative to.
    paths
        Sorted.
    source
        As the person wrote it.
    """

    root: Path
    paths: tuple[Path, ...]
    source: str


def is_path(obj: Any) -> bool:
    """Tell whether `obj` says where data are: a path, a text, or a list of paths."""
    if isinstance(obj, (str, os.PathLike)):
        return True
    return (
        isinstance(obj, (list, tuple))
        and bool(obj)
        and all(isinstance(item, (str, os.PathLike)) for item in obj)
        and all(os.path.isfile(item) for item in obj)
    )


def gather(obj: Any) -> Files:
    """Return the files that a path, a pattern such as ``"data/*.parquet"`` or a list names.

    Raises
    ------
    CaptureError
        There is no such file (code ``no-such-file``).
    """
    if isinstance(obj, (list, tuple)):
        paths = tuple(sorted(Path(item) for item in obj))
        root = Path(os.path.commonpath([os.path.abspath(path.parent) for path in paths]))
        return Files(root, tuple(Path(os.path.abspath(path)) for path in paths), str(root))
    text = os.fspath(obj)
    place = Path(text)
    if place.is_dir():
        return Files(place, tuple(sorted(_below(place))), text)
    if place.is_file():
        return Files(place.parent, (place,), text)
    found = tuple(sorted(Path(name) for name in glob.glob(text, recursive=True)))
    files = tuple(path for path in found if path.is_file())
    if not files:
        msg = f"There is no file {text[:200]!r}."
        hint = "mvt commit --data train=data/*.parquet"
        raise CaptureError(msg, hint=hint, code="no-such-file")
    return Files(Path(os.path.commonpath([str(path.parent) for path in files])), files, text)


def _below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place, name) for name in names if not name.startswith(".")]
        if len(found) > _MOST_FILES:
            msg = f"{folder} holds more than {_MOST_FILES:,} files."
            raise CaptureError(
                msg,
                hint=f"name a part of it: mvt commit --data '{folder}/*.parquet'",
                code="too-many-files",
            )
    return found


class FilesKind:
    """Parquet, CSV, Feather and npy files have the id of the table they hold."""

    name = "files"
    match: tuple[str, ...] = ("jupyter_mvt.Files",)

    def stamp(self, obj: Files) -> str:
        """Return sizes, times and places of all files, ``""`` while one is being written."""
        stamps = [_stamp(path) for path in obj.paths]
        if any(stamp is None for stamp in stamps):
            return ""
        named = [(os.path.abspath(p), s) for p, s in zip(obj.paths, stamps, strict=True)]
        return repr((os.path.abspath(obj.root), obj.source, named))

    def table(self, obj: Files) -> Table:
        """Return the table that the files hold together, else the files themselves as rows."""
        try:
            decoded = formats.read(obj.root, obj.paths, _MOST_DECODED)
        except OSError as error:
            raise _unreadable(error) from error
        if decoded is not None:
            return replace(decoded, source=obj.source)
        return _listing(obj)


KIND = FilesKind()


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Return what changes with a file; ``None`` while its clock cannot tell two writes apart."""
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(error) from error
    newest = max(found.st_mtime_ns, found.st_ctime_ns)
    if Clock().now_us() - newest // 1000 < _SETTLED_US:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev


def learned(files: Files) -> list[str]:
    """Return what is known of files that lie still: stamp, digest and name below their root."""
    rows = []
    for path in files.paths:
        stamp = _stamp(path)
        found = None if stamp is None else _digests.get((os.path.abspath(path), stamp))
        if stamp is not None and found is not None:
            rows.append(" ".join((*map(str, stamp), found, os.path.relpath(path, files.root))))
    return rows


def learn(root: Path, rows: Iterable[str]) -> None:
    """Take in what `learned` said in another session; of what it did not say, nothing."""
    for row in rows:
        found = _ROW.match(row)
        if found is not None and len(_digests) < _MOST_DIGESTS:
            stamp = tuple(int(number) for number in found[1].split())
            _digests.setdefault((os.path.abspath(root / found[3]), stamp), found[2])


def _listing(files: Files) -> Table:
    with ThreadPoolExecutor(_THREADS, "mvt-files") as pool:
        digests = list(pool.map(_digest, files.paths))
    import pyarrow as pa

    names = [os.path.relpath(path, files.root).replace(os.sep, "/") for path in files.paths]
    sizes = np.asarray([path.stat().st_size for path in files.paths], np.int64)
    strips = (
        arrow_strip("file", pa.array(names, pa.large_string())),
        numpy_strip("bytes", sizes),
        arrow_strip("content", pa.array(digests, pa.large_string())),
    )
    return Table(kind="files", rows=len(names), strips=strips, nbytes=int(sizes.sum()),
                 source=files.source)  # fmt: skip


def _digest(path: Path) -> str:
    stamp = _stamp(path)
    key = None if stamp is None else (os.path.abspath(path), stamp)
    if key is not None and key in _digests:
        return _digests[key]
    try:
        found = blake3().update_mmap(path).hexdigest()
    except OSError as error:
        raise _unreadable(error) from error
    if key is not None:
        if len(_digests) >= _MOST_DIGESTS:
            _digests.clear()
        _digests[key] = found
    return found


def _unreadable(error: OSError) -> CaptureError:
    msg = f"The data cannot be read: {error.strerror or error} ({error.filename})."
    return CaptureError(
        msg[:400],
        code="unreadable-data",
        hint="name a file that can be read: mvt commit --data train.csv",
    )
