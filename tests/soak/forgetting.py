"""A disk, mounted by FUSE, that forgets what was not synced each time it is unmounted.

A program: ``python -m tests.soak.forgetting FOLDER SEED`` mounts it again and again until it is
killed. What it forgets is drawn by chance from what the power-cut model allows.
"""

from __future__ import annotations

import errno
import os
import random
import sys
from typing import TYPE_CHECKING, Any

import mfusepy

from jupyter_mvt.testing.crash import power_cuts
from jupyter_mvt.testing.disks import MemoryDisk

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = 48
BLOCK, MANY = 4096, 1 << 20


class Forgetting(mfusepy.Operations):  # type: ignore[misc]
    """The file system: everything is kept in, and recorded by, a `MemoryDisk`."""

    use_ns = True

    def __init__(self, disk: MemoryDisk) -> None:
        self.disk = disk

    def statfs(self, path: str) -> dict[str, int]:
        sizes = {"f_bsize": BLOCK, "f_frsize": BLOCK, "f_blocks": MANY, "f_bfree": MANY}
        return sizes | {"f_bavail": MANY, "f_files": MANY, "f_ffree": MANY, "f_namemax": 255}

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        found = self.disk.stat(path)
        told = {"st_mode": found.mode, "st_size": found.size, "st_mtime": found.mtime_ns}
        return told | {"st_nlink": 1, "st_uid": os.getuid(), "st_gid": os.getgid()}

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *(name for name, _ in self.disk.list(path))]

    def mkdir(self, path: str, mode: int) -> int:
        return done(self.disk.mkdir, path)

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        return self.disk.create(path)

    def open(self, path: str, flags: int) -> int:
        if flags & os.O_TRUNC:
            raise OSError(errno.ENOTSUP, "files are written once")
        return self.disk.stat(path).inode

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return self.disk.files[fh].data[offset : offset + size]

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        if offset != len(self.disk.files[fh].data):
            raise OSError(errno.ENOTSUP, "files are only appended to")
        self.disk.write(fh, data)
        return len(data)

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        return done(self.disk.fsync, fh)

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        return done(self.disk.fsync_dir, path)

    def rename(self, old: str, new: str, flags: int = 0) -> int:
        return done(self.disk.rename, old, new)

    def link(self, target: str, source: str) -> int:
        return done(self.disk.link, source, target)

    def unlink(self, path: str) -> int:
        return done(self.disk.unlink, path)

    def chmod(self, path: str, mode: int) -> int:
        return done(self.disk.chmod, path, mode & 0o7777)


def done(verb: Callable[..., None], *args: Any) -> int:
    verb(*args)
    return 0


def forgotten(base: MemoryDisk, disk: MemoryDisk, chance: random.Random) -> MemoryDisk:
    """Return what a power cut leaves of what was done to `disk` since it was `base`."""
    events = disk.events
    seed = chance.randrange(1 << 30)
    left = [after for _, after in
            power_cuts(base, events, samples=SAMPLES, start=len(events), seed=seed)]  # fmt: skip
    return chance.choice(left).copy()


def main() -> None:
    folder, seed = sys.argv[1:]
    chance = random.Random(int(seed))
    base = MemoryDisk("/")
    while True:
        disk = base.copy()
        mfusepy.FUSE(
            Forgetting(disk), folder, foreground=True, nothreads=True, default_permissions=True
        )
        base = forgotten(base, disk, chance)


if __name__ == "__main__":
    main()
