"""Bytes to be kept that are not in memory, or that somebody else has made: read by ranges."""

from __future__ import annotations

import difflib
import shlex
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from jupyter_mvt.errors import CaptureError
from jupyter_mvt.store.fs import FileStat, OsDisk, explained

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.objects.ids import Buffer

__all__ = ["BytesSource", "FileSource", "Source", "no_file"]

_DISK = OsDisk()
_MOST = 2000


def no_file(path: Path) -> CaptureError:
    """Return the error of a path at which there is nothing that can be kept."""
    if path.is_fifo():
        msg = f"{str(path)!r} is a pipe and no file."
        hint = f"cat {shlex.quote(str(path))} > model.bin  # then: mvt commit model.bin"
        return CaptureError(msg, hint=hint, code="no-file")
    if path.exists():
        msg = f"{str(path)!r} is neither a file nor a folder."
        return CaptureError(msg, hint="mvt status", code="no-file")
    near = difflib.get_close_matches(path.name, _beside(path), 1)
    told = f"; did you mean {near[0]}?" if near else "."
    word = shlex.quote(str(path.with_name(near[0]))) if near else ""
    hint = f"mvt commit {word}" if near else "mvt status"
    return CaptureError(f"There is no file {str(path)!r}{told}", hint=hint, code="no-file")


def _beside(path: Path) -> list[str]:
    with suppress(OSError):
        return [other.name for other in islice(path.parent.iterdir(), _MOST)]
    return []


class Source(Protocol):
    """Something of known size that can be read from anywhere.

    Attributes
    ----------
    name
        What the file is called, relative to what was asked for; ``/`` between folders.
    size
        In bytes.
    """

    name: str
    size: int

    def read(self, start: int, stop: int) -> Buffer:
        """Return the bytes ``start:stop``, in memory of their own."""
        ...


@dataclass(frozen=True, slots=True)
class BytesSource:
    """A file that is in memory: what a library has serialised."""

    name: str
    data: bytes

    @property
    def size(self) -> int:
        """Length of the bytes."""
        return len(self.data)

    def read(self, start: int, stop: int) -> Buffer:
        """See `Source.read`."""
        return memoryview(self.data)[start:stop]


class FileSource:
    """A file on disk. It must stay as it is until it is stored; a change is noticed.

    Raises
    ------
    CaptureError
        There is no such file (code ``no-file``).
    """

    def __init__(self, path: Path, name: str = "") -> None:
        self.name = name or path.name
        self._path = str(path)
        if not path.is_file():
            raise no_file(path)
        self._seen = self._stat()
        self.size = self._seen.size

    def read(self, start: int, stop: int) -> Buffer:
        """See `Source.read`."""
        with explained("read", self._path):
            data = _DISK.read(self._path, start, stop - start)
        if len(data) != stop - start or self._stat() != self._seen:
            msg = f"The file {self._path!r} was changed while it was being stored."
            hint = "once nothing writes to it: mvt commit"
            raise CaptureError(msg, code="part-changed", hint=hint)
        return data

    def _stat(self) -> FileStat:
        with explained("read", self._path):
            return _DISK.stat(self._path)
