"""A disk in memory that remembers what was done to it, and what a power cut could leave.

The model is that of a weak POSIX disk. Written bytes are sure after fsync of the file; before,
each write may be there, missing, torn or zeroed. Names (made, moved, removed) are sure after
fsync of their folder; before, each may be there or not, in any combination. Permissions are sure
after fsync of the file.
"""

from __future__ import annotations

import errno
import mmap
import random
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from jupyter_mvt.store.fs import Disk, FileStat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt.objects.ids import Buffer

__all__ = ["Event", "FaultyDisk", "MemoryDisk", "power_cuts"]

_DIRECTORY = 0o40755

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


@dataclass(slots=True)
class _File:
    data: bytearray = field(default_factory=bytearray)
    mode: int = 0o100600
    time: int = 0


class MemoryDisk:
    """A `Disk` in memory.

    Attributes
    ----------
    events
        Everything that was done, in order.
    lies
        Verbs (``fsync``, ``fsync_dir``) that are not carried out, to seed protocol bugs.
    """

    def __init__(self, folder: str = "/") -> None:
        self.events: list[Event] = []
        self.lies: set[str] = set()
        self._folders = {"/", folder}
        self._names: dict[str, int] = {}
        self._files: dict[int, _File] = {}
        self._ticks = 0

    def mkdir(self, path: str) -> None:
        """See `Disk.mkdir`."""
        _require_folder(self, _above(path))
        if path in self._names:
            raise FileExistsError(errno.EEXIST, "a file", path)
        if path not in self._folders:
            self._do(Event("mkdir", path))

    def create(self, path: str) -> int:
        """See `Disk.create`."""
        _require_folder(self, _above(path))
        _require_free(self, path)
        inode = max(self._files, default=0) + 1
        self._do(Event("name", path, inode))
        return inode

    def write(self, handle: int, data: Buffer) -> None:
        """See `Disk.write`."""
        self._do(Event("write", inode=handle, data=bytes(data)))

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
        _require_folder(self, _above(target))
        self._do(Event("name", target, inode))
        self._do(Event("unname", source))

    def link(self, source: str, target: str) -> None:
        """See `Disk.link`."""
        inode = _inode(self, source)
        _require_folder(self, _above(target))
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
        return bytes(self._files[_inode(self, path)].data[offset:end])

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
            for names, is_folder in ((self._names, False), (self._folders, True))
            for name in names
            if name != "/" and _above(name) == path
        ]

    def stat(self, path: str) -> FileStat:
        """See `Disk.stat`."""
        if path in self._folders:
            return FileStat(0, 0, 0, _DIRECTORY)
        inode = _inode(self, path)
        file = self._files[inode]
        return FileStat(len(file.data), file.time, inode, file.mode)

    def apply(self, event: Event, kept: str = "full") -> None:
        """Carry out what a power cut left of one effect: full, half, zero or none of it."""
        self._ticks += 1
        if event.verb == "mkdir":
            self._folders.add(event.path)
        elif event.verb == "name":
            self._names[event.path] = event.inode
            self._files.setdefault(event.inode, _File(time=self._ticks))
        elif event.verb == "unname":
            self._names.pop(event.path, None)
        elif event.verb == "chmod":
            self._files.setdefault(event.inode, _File()).mode = 0o100000 | event.mode
        elif event.verb == "write":
            file = self._files.setdefault(event.inode, _File())
            file.time = self._ticks
            zeros = bytes(len(event.data))
            half = event.data[: len(event.data) // 2]
            file.data += {"full": event.data, "half": half, "zero": zeros, "none": b""}[kept]

    def prune(self) -> None:
        """Drop names below folders that are not there."""
        for path in sorted(self._folders - {"/"}):
            if _above(path) not in self._folders:
                self._folders.discard(path)
        self._names = {
            path: inode for path, inode in self._names.items() if _above(path) in self._folders
        }

    def _do(self, event: Event) -> None:
        self.events.append(event)
        self.apply(event)


def _inode(disk: MemoryDisk, path: str) -> int:
    if path in disk._folders:
        raise IsADirectoryError(errno.EISDIR, "a folder", path)
    if path not in disk._names:
        raise FileNotFoundError(errno.ENOENT, "no such file", path)
    return disk._names[path]


def _require_folder(disk: MemoryDisk, path: str) -> None:
    if path not in disk._folders:
        raise FileNotFoundError(errno.ENOENT, "no such folder", path)


def _require_free(disk: MemoryDisk, path: str) -> None:
    if path in disk._names or path in disk._folders:
        raise FileExistsError(errno.EEXIST, "taken", path)


class FaultyDisk:
    """A `Disk` whose call number `at` fails with the error number `error`; counts calls."""

    def __init__(self, disk: Disk, at: int, error: int, verbs: frozenset[str]) -> None:
        self._disk = disk
        self._at = at
        self._error = error
        self._verbs = verbs
        self.calls = 0

    def __getattr__(self, verb: str) -> Any:
        real = getattr(self._disk, verb)
        if verb not in self._verbs:
            return real

        def call(*args: Any) -> Any:
            self.calls += 1
            if self.calls == self._at:
                raise OSError(self._error, "injected", str(args[0]))
            return real(*args)

        return call


def power_cuts(
    events: list[Event], *, folder: str = "/", samples: int = 16, start: int = 0, seed: int = 0
) -> Iterator[tuple[int, MemoryDisk]]:
    """Return states that a power cut may leave, each with the number of events before the cut.

    Parameters
    ----------
    events
        What was done, see `MemoryDisk.events`.
    folder
        A folder that is there from the beginning.
    samples
        States for each moment: all if they are so few, else drawn by chance, always with the one
        where everything unsure is lost and the one where all is kept.
    start
        Number of events that certainly happened before the cut.
    seed
        Of the draw.
    """
    chance = random.Random(seed)
    for moment in range(start, len(events) + 1):
        if moment < len(events) and not events[moment].verb.startswith("fsync"):
            continue  # whatever a cut leaves here, a cut right before the next fsync leaves too
        choices = _choices(events[:moment])
        count = 1
        for options in choices:
            count *= len(options)
            if count > samples:
                break
        if count <= samples:
            picks: Iterator[tuple[str, ...]] = product(*choices)
        else:
            picks = iter(
                [
                    tuple(options[0] for options in choices),
                    tuple(options[-1] for options in choices),
                ]
                + [tuple(map(chance.choice, choices)) for _ in range(samples - 2)]
            )
        for pick in picks:
            disk = MemoryDisk(folder)
            for event, kept in zip(events, pick, strict=False):
                if kept != "none" or event.verb == "write":
                    disk.apply(event, kept)
            disk.prune()
            yield moment, disk


def _choices(events: list[Event]) -> list[tuple[str, ...]]:
    """Return, for each event, what of it may be found after a cut right after the last one."""
    content: set[int] = set()
    folders: set[str] = set()
    choices: list[tuple[str, ...]] = []
    for event in reversed(events):
        if event.verb == "fsync":
            content.add(event.inode)
        elif event.verb == "fsync_dir":
            folders.add(event.path)
        if event.verb == "write" and event.inode not in content:
            choices.append(("full", "half", "zero", "none"))
        elif (event.verb == "chmod" and event.inode not in content) or (
            event.verb in ("mkdir", "name", "unname") and _above(event.path) not in folders
        ):
            choices.append(("full", "none"))
        else:
            choices.append(("full",))
    return choices[::-1]


def _above(path: str) -> str:
    return path.rpartition("/")[0] or "/"
