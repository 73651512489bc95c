"""Kill commands at every call of the disk, or every system call; a program, so that it forks early.

The heavy imports happen once, before the forks. What a killed child leaves in a real folder is
read into memory and judged there, as what a power cut leaves.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from jupyter_mvt.store import layout, packer
from jupyter_mvt.store.fs import OsDisk
from jupyter_mvt.testing.disks import File, MemoryDisk, fingerprint
from tests.crash.judge import Judge, State, goes_on, states_of
from tests.crash.parsing import parsing_remembered
from tests.crash.world import HOME, STEPS, TEMPORARY, World, founded

CALLS = (
    "mkdir", "create", "write", "fsync", "close", "fsync_file", "fsync_dir", "rename", "link",
    "unlink", "chmod",
)  # fmt: skip
SYSCALLS = (
    "openat,write,fsync,close,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,"
    "chmod,fchmodat,newfstatat,getdents64"
)


class Deadly:
    """The real disk, shown at `HOME`; call number `at` is preceded by SIGKILL.

    Nothing is synced then, for a kill does not take away what was not.
    """

    def __init__(self, folder: Path, at: int = 0) -> None:
        self._folder = str(folder)
        self._real = OsDisk()
        self._at = at
        self.calls = 0

    def __getattr__(self, verb: str) -> Any:
        real = getattr(self._real, verb)

        def call(*args: Any) -> Any:
            if verb in CALLS:
                self.calls += 1
                if self.calls == self._at:
                    os.kill(os.getpid(), signal.SIGKILL)
            if self._at and verb.startswith("fsync"):
                return None
            return real(*[self._moved(arg) if isinstance(arg, str) else arg for arg in args])

        return call

    def _moved(self, path: str) -> str:
        return self._folder + path.removeprefix(HOME)


def poured(disk: MemoryDisk, folder: Path) -> None:
    """Make a real folder of what is in memory."""
    for path in sorted(disk.folders - {"/"}):
        (folder / path.removeprefix(HOME).lstrip("/")).mkdir(parents=True, exist_ok=True)
    for path, inode in disk.names.items():
        target = folder / path.removeprefix(HOME).lstrip("/")
        target.write_bytes(disk.files[inode].data)
        target.chmod(disk.files[inode].mode & 0o777)


def taken(folder: Path) -> MemoryDisk:
    """Return in memory what is in a real folder."""
    disk = MemoryDisk(HOME)
    for path in sorted(folder.rglob("*")):
        name = f"{HOME}/{path.relative_to(folder).as_posix()}"
        if path.is_dir():
            disk.folders.add(name)
        else:
            inode = path.stat().st_ino
            disk.names[name] = inode
            disk.files[inode] = File(path.read_bytes(), path.stat().st_mode, 1)
    return disk


class Verdicts:
    """Tells what is wrong with what a killed command left; once for disks of equal content."""

    def __init__(self, before: list[State]) -> None:
        self._before = before
        self._given: dict[tuple[int, frozenset[File]], str] = {}

    def on(self, disk: MemoryDisk) -> str:
        """Return what is wrong, or an empty string."""
        left = {disk.files[at] for path, at in disk.names.items() if path.startswith(TEMPORARY)}
        content = (fingerprint(disk, TEMPORARY), frozenset(left))
        if content not in self._given:
            self._given[content] = self._fault(disk)
        return self._given[content]

    def _fault(self, disk: MemoryDisk) -> str:
        after = states_of(disk)
        if after[: len(self._before)] != self._before:
            return "the log was changed"
        return Judge(after, [(0, after[-1])]).fault(disk, 0) or goes_on(disk)


def forked(world: World, name: str, folder: Path, at: int, *, waits: bool = False) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        if waits:
            os.kill(os.getpid(), signal.SIGSTOP)
        STEPS[name].do(World(Deadly(folder, at), made=world.made, days=world.days))
        os._exit(0)
    except BaseException:
        os._exit(9)


def at_every_call(name: str, folder: Path) -> dict[str, Any]:
    """Kill a command before each of its calls that change the disk."""
    world, told, at = lived(name), Counter[str](), 0
    assert isinstance(world.disk, MemoryDisk)
    verdicts = Verdicts(states_of(world.disk))
    while True:
        at += 1
        fresh(world.disk, folder)
        status = os.waitpid(forked(world, name, folder, at), 0)[1]
        told[verdicts.on(taken(folder))] += 1
        if not os.WIFSIGNALED(status):
            return {"killed": at - 1, "status": status, "told": told}


def at_every_syscall(name: str, folder: Path) -> dict[str, Any]:
    """Kill a command at each system call that has to do with files."""
    world, told = lived(name), Counter[str]()
    assert isinstance(world.disk, MemoryDisk)
    verdicts = Verdicts(states_of(world.disk))
    fresh(world.disk, folder)
    log = folder.with_suffix(".log")
    assert traced(world, name, folder, ["-o", str(log), "-e", f"trace={SYSCALLS}"]) == 0
    calls = Counter(re.findall(r"^(?:\d+ +)?(\w+)\(", log.read_text(), re.MULTILINE))
    killed = 0
    for call, count in calls.items():
        for at in range(1, count + 1):
            fresh(world.disk, folder)
            inject = f"inject={call}:signal=KILL:when={at}"
            options = ["-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
            killed += os.WIFSIGNALED(traced(world, name, folder, options))
            told[verdicts.on(taken(folder))] += 1
    return {"killed": killed, "status": 0, "told": told}


def traced(world: World, name: str, folder: Path, options: list[str]) -> int:
    """Do a command under strace; return how it ended."""
    pid = forked(world, name, folder, 0, waits=True)
    os.waitpid(pid, os.WUNTRACED)
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", *options, "-p", str(pid)], stderr=subprocess.DEVNULL
    )
    while "TracerPid:\t0" in Path(f"/proc/{pid}/status").read_text():
        if tracer.poll() is not None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            sys.exit("strace cannot attach")
        time.sleep(0.002)
    os.kill(pid, signal.SIGCONT)
    status = os.waitpid(pid, 0)[1]
    tracer.wait()
    return status


def fresh(disk: MemoryDisk, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    poured(disk, folder)


def lived(name: str) -> World:
    world = founded()
    STEPS[name].before(world)
    return world


def main() -> None:
    how, place, *names = sys.argv[1:]
    way = {"calls": at_every_call, "syscalls": at_every_syscall}[how]
    with pytest.MonkeyPatch.context() as patch, parsing_remembered():
        patch.setattr(layout, "WINDOW", 2)
        patch.setattr(packer, "_TARGET", 3000)
        found = {}
        for name in names:
            STEPS[name].do(lived(name))  # imports what a command imports
            found[name] = way(name, Path(place))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
