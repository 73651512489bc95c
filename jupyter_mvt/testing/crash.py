"""What a power cut could leave of what was done to a disk.

The model is that of a weak POSIX disk. Written bytes are sure after fsync of the file; before,
each write may be there, missing, torn or zeroed. Names (made, moved, removed) are sure after
fsync of their folder; before, each may be there or not, in any combination. Permissions are sure
after fsync of the file.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from jupyter_mvt.testing.disks import Event, File, MemoryDisk, above

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["power_cuts"]

_KEPT = ("full", "half", "zero", "none")
_FEW = 3

_Change: TypeAlias = "tuple[str, str | int, object]"
"""What of a disk is different: a table, a key of it, and the value there."""


def power_cuts(
    base: MemoryDisk,
    events: Sequence[Event],
    *,
    samples: int = 64,
    start: int = 0,
    seed: int = 0,
    ignored: str = "\0",
) -> Iterator[tuple[int, MemoryDisk]]:
    """Return states that a power cut may leave, each with the number of events before the cut.

    Whatever a cut leaves elsewhere, a cut right before the next fsync leaves too; so only those
    moments are looked at, and the end.

    Parameters
    ----------
    base
        The disk before; what is on it is sure.
    events
        What was done, see `MemoryDisk.events`.
    samples
        States for each moment: all if they are so few. Else the one where everything unsure is
        lost, the one where all is kept, each of the two with one thing otherwise, and further
        ones drawn by chance.
    start
        Number of events that certainly happened before the cut.
    seed
        Of the draw.
    ignored
        Names that start so are not varied: what has them is on the disk, torn.
    """
    chance = random.Random(seed)
    unsure = _Unsure(base.copy(), ignored)
    for moment in range(len(events) + 1):
        ends = moment == len(events)
        if moment >= start and (ends or events[moment].verb.startswith("fsync")):
            for changes in _picks(unsure.variables(), samples, chance):
                yield moment, _changed(unsure.sure, changes)
        if not ends:
            unsure.take(events[moment])


@dataclass(slots=True)
class _Unsure:
    """A disk as it surely is, and what was done to it that a cut may undo.

    Attributes
    ----------
    sure
        What no cut takes away.
    ignored
        Start of names that do not matter.
    names
        Path → what it named since it was last sure, ``None`` for nothing.
    writes, modes
        Inode → what was written, and the permissions given, since it was last sure.
    """

    sure: MemoryDisk
    ignored: str
    names: dict[str, list[int | None]] = field(default_factory=dict)
    writes: dict[int, list[bytes]] = field(default_factory=dict)
    modes: dict[int, list[int]] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Note one effect, or make sure what is synced."""
        path, inode = event.path, event.inode
        if event.verb == "fsync":
            for data in self.writes.pop(inode, ()):
                self.sure.apply(Event("write", inode=inode, data=data))
            for mode in self.modes.pop(inode, ()):
                self.sure.apply(Event("chmod", inode=inode, mode=mode))
        elif event.verb == "fsync_dir":
            self._settle(path)
        elif event.verb == "mkdir":
            self.folders.append(path)
        elif event.verb == "write":
            self.writes.setdefault(inode, []).append(event.data)
        elif event.verb == "chmod":
            self.modes.setdefault(inode, []).append(event.mode)
        else:
            named = inode if event.verb == "name" else None
            self.sure.files.setdefault(inode, File()) if named else None
            self.names.setdefault(path, []).append(named)

    def _settle(self, folder: str) -> None:
        for path in [path for path in self.folders if above(path) == folder]:
            self.folders.remove(path)
            self.sure.folders.add(path)
        for path in [path for path in self.names if above(path) == folder]:
            last = self.names.pop(path)[-1]
            if last is None:
                self.sure.names.pop(path, None)
            else:
                self.sure.names[path] = last

    def variables(self) -> list[list[_Change]]:
        """Return what each unsure thing may be found as: first lost, last kept."""
        found: list[list[_Change]] = []
        shown = set(self.sure.names.values())
        for path, values in self.names.items():
            known = dict.fromkeys([self.sure.names.get(path), *values])
            if path.startswith(self.ignored):
                named = [value for value in known if value is not None]
                found.append([("names", path, named[-1])])
            else:
                shown.update(value for value in known if value is not None)
                found.append([("names", path, value) for value in known])
        for inode in self.writes.keys() | self.modes.keys():
            file = self.sure.files[inode]
            modes = dict.fromkeys([file.mode, *(0o100000 | m for m in self.modes.get(inode, ()))])
            files: list[_Change] = [
                ("files", inode, File(data, mode, file.time + 1))
                for data in _contents(file.data, self.writes.get(inode, []))
                for mode in modes
            ]
            found.append(files if inode in shown else files[:1])
        found += [[("folders", path, None), ("folders", path, True)] for path in self.folders]
        return found


def _contents(base: bytes, writes: list[bytes]) -> Iterable[bytes]:
    """Return what may be found where `writes` followed `base`: first the least, last all."""
    if len(writes) <= _FEW:
        picks: Iterable[tuple[str, ...]] = product(reversed(_KEPT), repeat=len(writes))
    else:
        whole = ("full",) * len(writes)
        picks = [
            (*whole[:i], kept, *rest[i + 1 :])
            for i in range(len(writes))
            for rest in (("none",) * len(writes), whole)
            for kept in reversed(_KEPT)
        ]
    return dict.fromkeys(_content(base, writes, pick) for pick in picks)


def _content(base: bytes, writes: list[bytes], pick: tuple[str, ...]) -> bytes:
    data, at = bytearray(base), len(base)
    for piece, kept in zip(writes, pick, strict=True):
        if kept != "none":
            data += bytes(at - len(data))  # what is missing before is a hole
            data += {
                "full": piece, "half": piece[: len(piece) // 2], "zero": bytes(len(piece)),
            }[kept]  # fmt: skip
        at += len(piece)
    return bytes(data)


def _picks(
    variables: list[list[_Change]], samples: int, chance: random.Random
) -> Iterator[tuple[_Change, ...]]:
    if prod(map(len, variables)) <= samples:
        yield from product(*variables)
        return
    lost = [options[0] for options in variables]
    kept = [options[-1] for options in variables]
    yield tuple(lost)
    yield tuple(kept)
    left = samples - 2
    for i, options in enumerate(variables):
        for rest, others in ((kept, options[:-1]), (lost, options[1:])):
            for option in others:
                if left > 0 and len(options) > 1:
                    left -= 1
                    yield (*rest[:i], option, *rest[i + 1 :])
    for _ in range(left):
        yield tuple(map(chance.choice, variables))


def _changed(sure: MemoryDisk, changes: Sequence[_Change]) -> MemoryDisk:
    disk = sure.copy()
    for table, key, value in changes:
        if table == "folders":
            if value:
                disk.folders.add(str(key))
        elif value is None:
            disk.names.pop(str(key), None)
        else:
            getattr(disk, table)[key] = value
    if any(table == "folders" and not value for table, _, value in changes):
        _prune(disk)
    return disk


def _prune(disk: MemoryDisk) -> None:
    """Drop names below folders that are not there."""
    for path in sorted(disk.folders - {"/"}):
        if above(path) not in disk.folders:
            disk.folders.discard(path)
    disk.names = {path: at for path, at in disk.names.items() if above(path) in disk.folders}
