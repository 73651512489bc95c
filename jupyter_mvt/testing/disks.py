"""Disks for tests: one in memory that remembers what was done to it, and one that refuses."""

from __future__ import annotations

import errno
import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from jupyter_mvt.store.fs import Disk, FileStat

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["Event", "FaultyDisk", "MemoryDisk", "above", "fingerprint"]

_DIRECTORY = 0o40755
_FILE = 0o100000

Verb: TypeAlias = Literal["mkdir", "name", "unname", "write", "chmod", "fsync", "fsync_dir"]


@dataclass(frozen=True, slots=True)
class Event:
    """One effect on the disk.

    Attributes
    ----------
    verb
        What happened; a rename is a ``name`` and an ``unname``.
    path
        The name concerned, empty for effects on content.
    inode
        The file concerned.
    data
        Bytes written.
    mode
        Permission bits set.
    """

    verb: Verb
    path: str = ""
    inode: int = 0
    data: bytes = b""
    mode: int = 0


class File(NamedTuple):
    """Content of a file, its permission bits, and when it was written."""

    data: bytes = b""
    mode: int = _FILE | 0o600
    time: int = 0


class MemoryDisk:
    """A `Disk` in memory.

    Attributes
    ----------
    events
        Everything that was done, in order.
    lies
        Verbs (``fsync``, ``fsync_dir``) that are not carried out, to seed protocol bugs.
    folders, names, files
        What is on it: folders, the inode of each path, and each inode's file.
    """

    def __init__(self, folder: str = "/") -> None:
        self.events: list[Event] = []
        self.lies: set[str] = set()
        self.folders = {"/", folder}
        self.names: dict[str, int] = {}
        self.files: dict[int, File] = {}

    def mkdir(self, path: str) -> None:
        """See `Disk.mkdir`."""
        _require_folder(self, above(path))
        if path in self.names:
            raise FileExistsError(errno.EEXIST, "a file", path)
        if path not in self.folders:
            self._do(Event("mkdir", path))

    def create(self, path: str) -> int:
        """See `Disk.create`."""
        _require_folder(self, above(path))
        _require_free(self, path)
        inode = max(self.files, default=0) + 1
        self._do(Event("name", path, inode))
        return inode

    def write(self, handle: int, *pieces: Buffer) -> None:
        """See `Disk.write`."""
        self._do(Event("write", inode=handle, data=b"".join(pieces)))

    def fsync(self, handle: int) -> None:
        """See `Disk.fsync`."""
        if "fsync" not in self.lies:
            self._do(Event("fsync", inode=handle))

    def close(self, handle: int) -> None:
        """See `Disk.close`."""

    def fsync_file(self, path: str) -> None:
        """See `Disk.fsync_file`."""
        self.fsync(_inode(self, path))

    def fsync_dir(self, path: str) -> None:
        """See `Disk.fsync_dir`."""
        _require_folder(self, path)
        if "fsync_dir" not in self.lies:
            self._do(Event("fsync_dir", path))

    def rename(self, source: str, target: str) -> None:
        """See `Disk.rename`."""
        inode = _inode(self, source)
        _require_folder(self, above(target))
        self._do(Event("name", target, inode))
        self._do(Event("unname", source))

    def link(self, source: str, target: str) -> None:
        """See `Disk.link`."""
        inode = _inode(self, source)
        _require_folder(self, above(target))
        _require_free(self, target)
        self._do(Event("name", target, inode))

    def unlink(self, path: str) -> None:
        """See `Disk.unlink`."""
        _inode(self, path)
        self._do(Event("unname", path))

    def chmod(self, path: str, mode: int) -> None:
        """See `Disk.chmod`."""
        self._do(Event("chmod", inode=_inode(self, path), mode=mode))

    def read(self, path: str, offset: int = 0, length: int | None = None) -> bytes:
        """See `Disk.read`."""
        end = None if length is None else offset + length
        return self.files[_inode(self, path)].data[offset:end]

    def read_into(self, path: str, offset: int, target: memoryview) -> int:
        """See `Disk.read_into`."""
        piece = self.read(path, offset, target.nbytes)
        target[: len(piece)] = piece
        return len(piece)

    def map(self, path: str, offset: int, length: int) -> mmap.mmap:
        """See `Disk.map`."""
        piece = self.read(path, offset, length)
        if len(piece) < length:
            msg = "the file ends before"
            raise ValueError(msg)
        memory = mmap.mmap(-1, length)
        memory.write(piece)
        return memory

    def list(self, path: str) -> list[tuple[str, bool]]:
        """See `Disk.list`."""
        _require_folder(self, path)
        return [
            (name.rpartition("/")[2], is_folder)
            for names, is_folder in ((self.names, False), (self.folders, True))
            for name in names
            if name != "/" and above(name) == path
        ]

    def stat(self, path: str) -> FileStat:
        """See `Disk.stat`."""
        if path in self.folders:
            return FileStat(0, 0, 0, _DIRECTORY)
        inode = _inode(self, path)
        file = self.files[inode]
        return FileStat(len(file.data), file.time, inode, file.mode)

    def copy(self) -> MemoryDisk:
        """Return a disk with the same content, to which nothing was done yet."""
        other = MemoryDisk()
        other.folders = set(self.folders)
        other.names = dict(self.names)
        other.files = dict(self.files)
        return other

    def apply(self, event: Event) -> None:
        """Carry out an effect, as it is after ``fsync``."""
        path, inode = event.path, event.inode
        if event.verb == "mkdir":
            self.folders.add(path)
        elif event.verb == "name":
            self.names[path] = inode
            self.files.setdefault(inode, File())
        elif event.verb == "unname":
            self.names.pop(path, None)
        elif event.verb == "chmod":
            self.files[inode] = self.files[inode]._replace(mode=_FILE | event.mode)
        elif event.verb == "write":
            file = self.files[inode]
            data = file.data + event.data
            self.files[inode] = file._replace(data=data, time=file.time + 1)

    def _do(self, event: Event) -> None:
        self.events.append(event)
        self.apply(event)


def _inode(disk: MemoryDisk, path: str) -> int:
    if path in disk.folders:
        raise IsADirectoryError(errno.EISDIR, "a folder", path)
    if path not in disk.names:
        raise FileNotFoundError(errno.ENOENT, "no such file", path)
    return disk.names[path]


def _require_folder(disk: MemoryDisk, path: str) -> None:
    if path not in disk.folders:
        raise FileNotFoundError(errno.ENOENT, "no such folder", path)


def _require_free(disk: MemoryDisk, path: str) -> None:
    if path in disk.names or path in disk.folders:
        raise FileExistsError(errno.EEXIST, "taken", path)


class FaultyDisk:
    """A `Disk` whose call number `at` fails with the error number `error`; counts calls.

    With `torn`, half of what was to be written is on the disk when a write fails.
    """

    def __init__(
        self, disk: Disk, at: int, error: int, verbs: frozenset[str], *, torn: bool = False
    ) -> None:
        self._disk = disk
        self._at = at
        self._error = error
        self._verbs = verbs
        self._torn = torn
        self.calls = 0
        self.failed = ""

    def __getattr__(self, verb: str) -> Any:
        real = getattr(self._disk, verb)
        if verb not in self._verbs:
            return real

        def call(*args: Any) -> Any:
            self.calls += 1
            if self.calls == self._at:
                self.failed = verb
                if self._torn and verb == "write":
                    whole = b"".join(args[1:])
                    real(args[0], whole[: len(whole) // 2])
                raise OSError(self._error, "injected", str(args[0]))
            return real(*args)

        return call


def fingerprint(
    disk: MemoryDisk, ignored: str | tuple[str, ...] = "\0", *, modes: bool = True
) -> int:
    """Return a number that is equal for disks of equal content.

    Names that start with `ignored`, or with one of them, do not count, nor do permissions
    without `modes`.
    """
    files, fields = disk.files, 2 if modes else 1
    return hash(
        frozenset((path, *files[at][:fields]) for path, at in disk.names.items()
                  if not path.startswith(ignored)) | disk.folders
    )  # fmt: skip


def above(path: str) -> str:
    """Return the folder that `path` is in."""
    return path.rpartition("/")[0] or "/"
