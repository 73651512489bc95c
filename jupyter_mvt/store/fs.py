"""The one door to the disk: every system call that changes or reads what is kept is here.

`Disk` has small verbs that do exactly one thing each, so that tests can record them, make them
fail, or replay what a power cut would leave. Its errors are plain ``OSError``; `explained`
turns them into `StorageError` with the path and the cause.
"""

from __future__ import annotations

import errno
import mmap
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import NamedTuple, Protocol, cast, runtime_checkable

from jupyter_mvt.errors import StorageError
from jupyter_mvt.objects.ids import Buffer

__all__ = ["Disk", "Eager", "FileStat", "Finite", "OsDisk", "discard", "explained"]

# Longer writes make Linux look for longer runs of free memory, at up to three times the cost.
_WRITE = 1 << 20
_VECTOR = 1024  # POSIX systems take so many pieces at once
_PRESSES = 20  # of Ctrl-C, each right within the removal of one small file
_NO_BITS = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM)
_START_WRITEBACK = 2  # SYNC_FILE_RANGE_WRITE: begins, waits for nothing, promises nothing


class FileStat(NamedTuple):
    """What the store wants to know about a file."""

    size: int
    mtime_ns: int
    inode: int
    mode: int


class Disk(Protocol):
    """The verbs that the store asks of a disk. Paths are absolute strings."""

    def mkdir(self, path: str) -> None:
        """Make one folder; it is no error that it exists."""
        ...

    def create(self, path: str) -> int:
        """Make a new file, readable by its owner only, and return a handle for writing."""
        ...

    def write(self, handle: int, *pieces: Buffer) -> None:
        """Append all of `pieces`, one after the other."""
        ...

    def fsync(self, handle: int) -> None:
        """Make the written content survive a power cut."""
        ...

    def close(self, handle: int) -> None:
        """Give the handle back."""
        ...

    def fsync_file(self, path: str) -> None:
        """Make the content of a file that is already there survive a power cut."""
        ...

    def fsync_dir(self, path: str) -> None:
        """Make the names inside a folder survive a power cut."""
        ...

    def rename(self, source: str, target: str) -> None:
        """Move a file, replacing the target."""
        ...

    def link(self, source: str, target: str) -> None:
        """Give a file a second name; ``FileExistsError`` if the name is taken."""
        ...

    def unlink(self, path: str) -> None:
        """Remove a name."""
        ...

    def chmod(self, path: str, mode: int) -> None:
        """Set permission bits, where the file system has any."""
        ...

    def read(self, path: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return up to `length` bytes from `offset`."""
        ...

    def read_into(self, path: str, offset: int, target: memoryview) -> int:
        """Fill `target` from `offset`; return how many bytes there were."""
        ...

    def map(self, path: str, offset: int, length: int) -> mmap.mmap:
        """Return part of a file as memory; what is written to it stays private."""
        ...

    def list(self, path: str) -> list[tuple[str, bool]]:
        """Return the names in a folder, and whether each is a folder itself."""
        ...

    def stat(self, path: str) -> FileStat:
        """Describe a file or folder."""
        ...


@runtime_checkable
class Finite(Protocol):
    """A disk that may be full."""

    def free(self, path: str) -> int | None:
        """Return how many bytes may be written to a folder; ``None`` if that cannot be told."""
        ...


@runtime_checkable
class Eager(Protocol):
    """A disk that can be told to begin with what an fsync will ask for."""

    def start_writeback(self, handle: int, offset: int, length: int) -> None:
        """Begin to write part of a file to the medium; nothing is promised."""
        ...


class OsDisk:
    """The operating system's files. Interrupted and short writes are continued."""

    def mkdir(self, path: str) -> None:
        """See `Disk.mkdir`."""
        try:
            os.mkdir(path)
        except FileExistsError:
            if not os.path.isdir(path):
                raise

    def create(self, path: str) -> int:
        """See `Disk.create`."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        return os.open(path, flags, 0o600)

    def write(self, handle: int, *pieces: Buffer) -> None:
        """See `Disk.write`."""
        if len(pieces) == 1:
            _append(handle, pieces[0])
            return
        sizes = list(map(len, pieces))
        step = max(1, min(_VECTOR, _WRITE * len(pieces) // max(1, sum(sizes))))
        for at in range(0, len(pieces), step):
            some = pieces[at : at + step]
            done = _writev(handle, some)
            if done < sum(sizes[at : at + step]):
                _append(handle, memoryview(b"".join(some))[done:])

    def fsync(self, handle: int) -> None:
        """See `Disk.fsync`."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """See `Disk.close`."""
        os.close(handle)

    def fsync_file(self, path: str) -> None:
        """See `Disk.fsync_file`."""
        handle = _open(path)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def fsync_dir(self, path: str) -> None:
        """See `Disk.fsync_dir`; Windows has no such call and orders names itself.

        So does a network folder that knows no sync of folders: its server keeps the names.
        """
        if os.name == "nt":
            return
        try:
            self.fsync_file(path)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
                raise

    def rename(self, source: str, target: str) -> None:
        """See `Disk.rename`."""
        os.replace(source, target)

    def link(self, source: str, target: str) -> None:
        """See `Disk.link`."""
        os.link(source, target)

    def unlink(self, path: str) -> None:
        """See `Disk.unlink`."""
        os.unlink(path)

    def chmod(self, path: str, mode: int) -> None:
        """See `Disk.chmod`; on Windows a read-only file could not be deleted any more.

        A network folder that knows no permission bits keeps none: its server decides. So does
        a file system such as FAT, where all files look alike. Who relies on the bits looks at them.
        """
        if os.name == "nt":
            return
        try:
            os.chmod(path, mode)
        except OSError as error:
            if error.errno not in _NO_BITS:
                raise

    def read(self, path: str, offset: int = 0, length: int | None = None) -> bytes:
        """See `Disk.read`."""
        with open(path, "rb", buffering=0, opener=_open) as file:
            if offset:
                file.seek(offset)
            if length is None:
                return file.readall()
            data = file.read(length) or b""
            while len(data) < length and (more := file.read(length - len(data))):
                data += more
            return data

    def read_into(self, path: str, offset: int, target: memoryview) -> int:
        """See `Disk.read_into`."""
        done = 0
        with open(path, "rb", buffering=0, opener=_open) as file:
            file.seek(offset)
            while done < target.nbytes:
                count = file.readinto(target[done:])
                if not count:
                    break
                done += count
        return done

    def map(self, path: str, offset: int, length: int) -> mmap.mmap:
        """See `Disk.map`."""
        handle = _open(path)
        try:
            return mmap.mmap(handle, length, access=mmap.ACCESS_COPY, offset=offset)
        finally:
            os.close(handle)

    def list(self, path: str) -> list[tuple[str, bool]]:
        """See `Disk.list`."""
        with os.scandir(path) as entries:
            return [(entry.name, entry.is_dir()) for entry in entries]

    def stat(self, path: str) -> FileStat:
        """See `Disk.stat`."""
        found = os.stat(path)
        return FileStat(found.st_size, found.st_mtime_ns, found.st_ino, found.st_mode)

    def free(self, path: str) -> int | None:
        """See `Finite.free`."""
        import shutil  # brings bz2, lzma and zlib: only what writes asks

        try:
            return shutil.disk_usage(path).free
        except OSError:
            return None  # the write itself will tell

    def start_writeback(self, handle: int, offset: int, length: int) -> None:
        """See `Eager.start_writeback`; what goes wrong here, the fsync will tell."""
        call = _sync_file_range()
        if call is not None:
            call(handle, offset, length, _START_WRITEBACK)


def _open(path: str, flags: int = os.O_RDONLY | getattr(os, "O_BINARY", 0)) -> int:
    """Open to read a file or folder; a pipe in its place is refused, not waited for."""
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        os.close(handle)
        raise OSError(errno.ENXIO, os.strerror(errno.ENXIO), path)
    return handle


def _append(handle: int, data: Buffer) -> None:
    left = memoryview(data)
    while left.nbytes:
        # EINTR is retried by Python itself (PEP 475).
        done = os.write(handle, left[:_WRITE])
        if done == 0:
            raise OSError(errno.EIO, "the disk accepted no bytes")
        left = left[done:]


if sys.platform == "win32":

    def _writev(handle: int, pieces: Sequence[Buffer]) -> int:
        return 0
else:
    _writev = os.writev


@cache
def _sync_file_range() -> Callable[[int, int, int, int], int] | None:
    # Linux has it, Python has not.
    import ctypes

    try:
        call = ctypes.CDLL(None).sync_file_range
    except (AttributeError, OSError, TypeError):
        return None
    call.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]
    return cast("Callable[[int, int, int, int], int]", call)


_SHARING_VIOLATION = 32  # what Windows says of a file that somebody has open
_AWAY = (
    "unreachable",
    "the server of the network folder does not answer",
    "once the folder is mounted again: mvt fsck",
)
_YOURS = "once the folder is yours: mvt fsck"
_CAUSES: dict[int, tuple[str, str, str]] = {
    **dict.fromkeys(
        (errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOTCONN, errno.ENETUNREACH),
        _AWAY,
    ),
    errno.EBUSY: (
        "busy",
        "something else has it open",
        "once nothing else has it open: mvt status",
    ),
    errno.ENOSPC: ("disk-full", "the disk is full", "mvt du"),
    errno.EDQUOT: ("disk-full", "the disk quota is used up", "mvt du"),
    errno.EROFS: (
        "read-only",
        "the file system is read-only",
        "once it is remounted writable: mvt fsck",
    ),
    errno.EACCES: ("permission-denied", "permission was denied", _YOURS),
    errno.EPERM: ("permission-denied", "it is not permitted", _YOURS),
    errno.EIO: ("io-error", "the disk reported an I/O error", "mvt fsck"),
    errno.ESTALE: (
        "stale-handle",
        "the network folder has lost sight of it",
        "once the folder is mounted again: mvt fsck",
    ),
    errno.EINTR: ("interrupted", "the system call was interrupted", "mvt status"),
    **dict.fromkeys(
        (errno.EMFILE, errno.ENFILE),
        ("too-many-files", "too many files are open", "once some files are closed: mvt status"),
    ),
    errno.ENOENT: ("gone", "the file or folder is gone", "mvt fsck"),
    errno.ENOTDIR: ("gone", "a folder has become a file", "mvt fsck"),
    errno.EISDIR: ("not-a-file", "a folder is in its place", "once it is moved away: mvt fsck"),
    errno.ENXIO: ("not-a-file", "a pipe or device is there", "once it is moved away: mvt fsck"),
    errno.ENOTSUP: (
        "unsupported",
        "the file system cannot do that",
        "on a local file system: mvt init",
    ),
}


@contextmanager
def explained(doing: str, path: str) -> Iterator[None]:
    """Turn an ``OSError`` inside the block into a `StorageError` that names path and cause.

    Parameters
    ----------
    doing
        What was tried, an infinitive ("write").
    path
        With what.
    """
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        known = _CAUSES.get(errno.EBUSY if _is_open(error) else error.errno or 0)
        code, cause, hint = known or ("storage", error.strerror or type(error).__name__, None)
        msg = f"Cannot {doing} {path}: {cause}."
        raise StorageError(msg, code=code, hint=hint) from error


def _is_open(error: OSError) -> bool:
    return getattr(error, "winerror", 0) == _SHARING_VIOLATION


def discard(disk: Disk, path: str) -> None:
    """Remove a temporary file if the disk lets it go, however often that is interrupted.

    The first interrupt is raised once the file is gone; the last of very many does not wait.
    """
    first: BaseException | None = None
    for _ in range(_PRESSES):
        try:
            with suppress(OSError):
                disk.unlink(path)
            break
        except BaseException as error:  # whatever a handler of a signal raises
            first = first or error
    if first is not None:
        raise first
