"""A backend in a folder, by one protocol for every file.

Temporary file in ``tmp/`` → write → fsync → rename (or link, for put-if-absent) → fsync of the
folder. A file that went all the way is made read-only; the mark tells other processes that its
name survives a power cut (they settle files without the mark before they rely on them).
"""

from __future__ import annotations

import errno
import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from jupyter_mvt.errors import StorageError
from jupyter_mvt.objects.ids import Buffer
from jupyter_mvt.store import layout
from jupyter_mvt.store.backend import Durability, Stat, missing
from jupyter_mvt.store.fs import Disk, Eager, OsDisk, discard, explained

__all__ = ["LocalBackend"]

_BUFFER = 512 << 10
_WRITEBACK = 16 << 20
_STALE_NS = 24 * 3600 * 10**9
_WRITABLE = 0o222


class LocalBackend:
    """Files below a folder that exists; see `Backend` for the methods.

    Parameters
    ----------
    root
        The folder.
    durability
        ``"full"``: what was acknowledged survives a power cut. ``"fast"`` leaves out every
        fsync: what was acknowledged survives the end of the process, but not a power cut.
    disk
        The door to the disk; tests give their own.
    """

    def __init__(
        self, root: Path, *, durability: Durability = "full", disk: Disk | None = None
    ) -> None:
        self.root = root
        self.disk: Disk = OsDisk() if disk is None else disk
        self.durability = durability
        self._base = str(root)
        self._swept = False

    def path(self, key: str) -> Path:
        """Return where the file of `key` is, for programs that read files themselves."""
        return self.root / layout.check_key(key)

    def get(self, key: str) -> bytes:
        """See `Backend.get`."""
        path = self._path(key)
        try:
            with explained("read", path):
                return self.disk.read(path)
        except StorageError as error:
            _raise_missing(key, self._base, error)
            raise

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """See `Backend.get_range`."""
        path = self._path(key)
        try:
            with explained("read", path):
                return self.disk.read(path, offset, length)
        except StorageError as error:
            _raise_missing(key, self._base, error)
            raise

    def read_into(self, key: str, offset: int, target: memoryview) -> int:
        """See `Backend.read_into`."""
        path = self._path(key)
        try:
            with explained("read", path):
                return self.disk.read_into(path, offset, target)
        except StorageError as error:
            _raise_missing(key, self._base, error)
            raise

    def map(self, key: str, offset: int, length: int) -> mmap.mmap | None:
        """See `Mappable.map`."""
        try:
            return self.disk.map(self._path(key), offset, length)
        except (OSError, ValueError):
            return None  # gone, too short, or this disk cannot: reading it will tell

    def put(self, key: str, data: Buffer, *, durable: bool = True) -> None:
        """See `Backend.put`."""
        layout.check_key(key)
        writer = LocalWriter(self, sync=durable and self.durability == "full")
        try:
            writer.write(data)
            writer.commit(key)
        finally:
            writer.abort()

    def put_if_absent(self, key: str, data: Buffer) -> bool:
        """See `Backend.put_if_absent`."""
        if self.stat(key) is not None:
            return False
        writer = LocalWriter(self, sync=self.durability == "full")
        try:
            writer.write(data)
            return writer.commit_if_absent(key)
        finally:
            writer.abort()

    def writer(self) -> LocalWriter:
        """See `Backend.writer`."""
        return LocalWriter(self, sync=self.durability == "full")

    def list(self, prefix: str) -> Iterator[str]:
        """See `Backend.list`; temporary files are not values and never listed."""
        folder = prefix.rpartition("/")[0]
        yield from (key for key in self._walk(folder) if key.startswith(prefix))

    def delete(self, key: str) -> None:
        """See `Backend.delete`."""
        path = self._path(key)
        with explained("delete", path), suppress(FileNotFoundError):
            self.disk.unlink(path)

    def stat(self, key: str) -> Stat | None:
        """See `Backend.stat`."""
        path = self._path(key)
        with explained("look at", path):
            try:
                found = self.disk.stat(path)
            except (FileNotFoundError, NotADirectoryError):
                return None
        version = f"{found.inode}-{found.mtime_ns}-{found.size}"
        return Stat(found.size, version, settled=not found.mode & _WRITABLE)

    def settle(self, key: str) -> None:
        """See `Backend.settle`."""
        if self.durability == "fast":
            return
        path = self._path(key)
        with explained("sync", path):
            if self.disk.stat(path).mode & _WRITABLE:
                self.disk.fsync_file(path)
                self.disk.fsync_dir(os.path.dirname(path))
                self.seal(path)

    def seal(self, path: str) -> None:
        """Mark a file as one that survives a power cut."""
        # Only a mark: without it the next process syncs once more, so a refusal does no harm.
        with suppress(OSError):
            self.disk.chmod(path, self.mode() & ~_WRITABLE)

    def mode(self) -> int:
        """Return the permission bits of files here: those of the repository's folder."""
        return self.disk.stat(self._base).mode & 0o666 | 0o400

    def create(self, path: str) -> int:
        """Make the temporary file `path`; return its handle."""
        try:
            handle = self.disk.create(path)
        except FileNotFoundError:
            self.make_folder(os.path.dirname(path))
            handle = self.disk.create(path)
        if not self._swept:
            self._swept = True
            self._sweep(path)
        return handle

    def make_folder(self, path: str) -> None:
        """Make a folder below the root, durably, with those above it."""
        if len(path) <= len(self._base):
            raise FileNotFoundError(errno.ENOENT, "the repository is gone", path)
        above = os.path.dirname(path)
        try:
            self.disk.mkdir(path)
        except FileNotFoundError:
            self.make_folder(above)
            self.disk.mkdir(path)
        if self.durability == "full":
            self.disk.fsync_dir(above)

    def _sweep(self, fresh: str) -> None:
        # Age is told by the file system's own clock: against the file that was just made.
        folder = os.path.dirname(fresh)
        now = self.disk.stat(fresh).mtime_ns
        for name, _ in self.disk.list(folder):
            path = f"{folder}/{name}"
            with suppress(OSError):  # another process may be sweeping too
                if now - self.disk.stat(path).mtime_ns > _STALE_NS:
                    self.disk.unlink(path)

    def _walk(self, folder: str) -> Iterator[str]:
        path = f"{self._base}/{folder}" if folder else self._base
        with explained("list", path):
            try:
                names = self.disk.list(path)
            except (FileNotFoundError, NotADirectoryError):
                return
        # "a/" sorts after "a.b" and "a-b", as the whole keys do.
        for name in sorted(f"{name}/" if is_dir else name for name, is_dir in names):
            key = f"{folder}/{name}" if folder else name
            if not name.endswith("/"):
                yield key
            elif layout.is_pack(key[:-1]):
                yield key[:-1]  # no pack, but what has its name: reading it tells
            elif key != layout.TEMPORARY:
                yield from self._walk(key[:-1])

    def _path(self, key: str) -> str:
        return f"{self._base}/{layout.check_key(key)}"


class LocalWriter:
    """See `ObjectWriter`; small pieces are gathered."""

    def __init__(self, backend: LocalBackend, *, sync: bool) -> None:
        self._backend = backend
        self._disk = backend.disk
        self._sync = sync
        self._buffer = bytearray()
        self._written = 0
        self._started = 0
        self._handle: int | None = None
        self._temporary = f"{backend.root}/{layout.TEMPORARY}{_unique()}"
        try:
            with explained("write to", str(backend.root)):
                self._handle = backend.create(self._temporary)
        except BaseException:  # an interrupt, too, leaves nothing
            self.abort()
            raise

    def write(self, *pieces: Buffer) -> None:
        """See `ObjectWriter.write`."""
        size = sum(map(len, pieces))
        if len(self._buffer) + size >= _BUFFER:
            self._flush()
        if size >= _BUFFER:
            self._write(size, pieces)
        else:
            for piece in pieces:
                self._buffer += piece

    def commit(self, key: str) -> None:
        """See `ObjectWriter.commit`."""
        path = str(self._backend.path(key))
        self._finish(path)
        with explained("write", path):
            self._name(self._disk.rename, path)
            self._settled(path)

    def commit_if_absent(self, key: str) -> bool:
        """Publish under `key` unless it exists; tell whether it was published."""
        path = str(self._backend.path(key))
        self._finish(path)
        with explained("write", path):
            try:
                self._name(self._disk.link, path)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK):
                    raise _no_links(path) from error
                raise
            self._settled(path)
        return True

    def abort(self) -> None:
        """See `ObjectWriter.abort`."""
        # What cannot be removed now is swept later; the first error matters more than this one.
        try:
            with suppress(OSError):
                self._close()
        finally:  # also when the kernel is interrupted in between
            temporary, self._temporary = self._temporary, ""
            if temporary:
                discard(self._disk, temporary)

    def _finish(self, path: str) -> None:
        self._flush()
        with explained("write", path):
            self._disk.chmod(self._temporary, self._backend.mode())
            if self._sync and self._handle is not None:
                self._disk.fsync(self._handle)
            self._close()

    def _name(self, verb: object, path: str) -> None:
        assert callable(verb)
        try:
            verb(self._temporary, path)
        except FileNotFoundError:
            self._backend.make_folder(os.path.dirname(path))
            verb(self._temporary, path)
        if verb == self._disk.rename:
            self._temporary = ""

    def _settled(self, path: str) -> None:
        if self._sync:
            self._disk.fsync_dir(os.path.dirname(path))
            self._backend.seal(path)

    def _flush(self) -> None:
        if self._buffer:
            data, self._buffer = self._buffer, bytearray()
            self._write(len(data), (data,))

    def _write(self, size: int, pieces: Sequence[Buffer]) -> None:
        with explained("write", self._temporary):
            if self._handle is None:
                raise OSError(errno.EBADF, "the writer is closed")
            self._disk.write(self._handle, *pieces)
        self._written += size
        # The disk works while the rest is still being hashed; the fsync finds little to do.
        step = max(_BUFFER, min(_WRITEBACK, self._written // 4))  # early, yet in few steps
        if self._sync and self._written - self._started >= step:
            if isinstance(self._disk, Eager):
                length = self._written - self._started
                self._disk.start_writeback(self._handle, self._started, length)
            self._started = self._written

    def _close(self) -> None:
        if self._handle is not None:
            handle, self._handle = self._handle, None
            self._disk.close(handle)


def _raise_missing(key: str, where: str, error: StorageError) -> None:
    if isinstance(error.__cause__, (FileNotFoundError, NotADirectoryError)):
        raise missing(key, where) from error


def _no_links(path: str) -> StorageError:
    return StorageError(
        f"Cannot write {path}: the file system has no hard links, which safe commits need.",
        code="no-hard-links",
        hint="on a local file system such as ext4, xfs, apfs or ntfs: mvt init",
    )


def _unique() -> str:
    return os.urandom(16).hex()
