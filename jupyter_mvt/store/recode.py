"""Writing objects in another way: each read, verified and encoded, and proved to come back."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.store.hot import memory
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.pack import DELTA, LARGEST_ENCODED, PLANES, RAW, ZSTD, Row
from jupyter_mvt.store.packplan import SMALLEST, Line, Plan, Slot, Use
from jupyter_mvt.store.store import Store

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import Buffer
    from jupyter_mvt.store.codecs import Encoded, Keyframe

__all__ = ["Made", "Recoder"]

_FRAMES = 3
_SPARE = 4
_JOINED = 64 << 10


@dataclass(frozen=True, slots=True)
class Made:
    """One object as it will be stored; no pieces when its only copy is damaged."""

    row: Row
    pieces: tuple[Buffer, ...]


@dataclass(slots=True)
class Recoder:
    """Makes lines of objects; several threads may, each a line with slots of its own."""

    store: Store
    plan: Plan
    stop: Callable[[], bool]
    frames: dict[Slot, list[bytes]] = field(default_factory=dict)
    _mine: threading.local = field(default_factory=threading.local)

    def make(self, line: Line) -> list[Made]:
        """Return the objects of a line that are wanted, up to where it is stopped."""
        found = []
        read: OrderedDict[bytes, Keyframe] = OrderedDict()
        room: _Room = self._mine.__dict__.setdefault("room", _Room())
        for oid, use in line:
            if self.stop():
                break
            if oid not in self.plan.wanted:
                copies = self.store.index.find(oid)
                self._remember(oid, use, any(copy.encoding != DELTA for copy in copies))
                continue
            made = self._make(oid, use, read, room)
            found.append(made)
            if made.pieces:
                self._remember(oid, use, made.row.encoding != DELTA)
        for frame in read.values():
            room.give(frame.data)  # what was made of it is a copy
        return found

    def _remember(self, oid: bytes, use: Use, stands_alone: bool) -> None:
        """Let later versions be differences from this object, if it is none itself."""
        if use.slot is None or not stands_alone:
            return
        known = self.frames.setdefault(use.slot, [])
        # A hot object is encoded some day: it serves only where there is nothing else.
        if oid not in known and (not known or oid not in self.plan.hot):
            known.append(oid)
            del known[:-_FRAMES]

    def _make(self, oid: bytes, use: Use, read: OrderedDict[bytes, Keyframe], room: _Room) -> Made:
        place = self.plan.wanted[oid]
        raw, sound = self._read(oid, place, room.take(place.size))
        if raw is None:
            return Made(Row(oid, *place[1:]), ())
        # What is carried over as it is stored must be the very copy that was found sound.
        if sound == place and place.encoding != RAW and self.plan.as_it_should(oid, place):
            return Made(Row(oid, *place[1:]), (self.store.stored(place),))
        if oid in self.plan.hot or oid not in self.plan.uses or _unfit(place):
            return Made(Row(oid, 0, place.size, place.size, RAW), (raw,))
        if oid in self.plan.minor:
            found = _proved(oid, lambda: _framed(raw))
        else:
            frames = [] if oid in self.plan.pinned else self._keyframes(use, read, room)
            found = _proved(oid, lambda: _encoded(raw, use.item, frames))
        if found.encoding == DELTA or oid in self.plan.minor:
            room.give(raw)
        else:
            # The next of this line may well be differences from it.
            _put(read, oid, raw, found.size / place.size)
        return Made(Row(oid, 0, found.size, place.size, found.encoding), found.pieces)

    def _keyframes(
        self, use: Use, read: OrderedDict[bytes, Keyframe], room: _Room
    ) -> list[Keyframe]:
        if use.slot is None:
            return []
        found = []
        for oid in self.frames.get(use.slot, ()):
            if oid not in read:
                for place in self.store.index.find(oid):
                    if place.encoding == DELTA:
                        continue
                    data = self._read(oid, place, room.take(place.size))[0]
                    if data is not None:
                        packed = place.encoding in (ZSTD, PLANES)
                        _put(read, oid, data, place.stored / place.size if packed else None)
                        break
            if oid in read:
                found.append(read[oid])
        return found

    def _read(self, oid: bytes, place: Place, data: memoryview) -> tuple[memoryview | None, Place]:
        """Fill `data` with an object, verified; return it, and the copy it is from.

        ``None`` when none is sound.
        """
        if not self.store.check(oid, place, data):
            return data, place
        for copy in self.store.index.find(oid):
            if copy.size == place.size and not self.store.check(oid, copy, data):
                return data, copy
        return None, place


class _Room:
    """Memory for an object, used again for later ones: fresh memory is slow."""

    def __init__(self) -> None:
        self._free: list[memoryview] = []

    def take(self, size: int) -> memoryview:
        """Return memory for `size` bytes."""
        for i, found in enumerate(self._free):
            if len(found) >= size:
                del self._free[i]
                return found[:size]
        return memory(size)

    def give(self, data: Buffer) -> None:
        """Take back what nobody reads any more; the few largest are kept."""
        assert isinstance(data, memoryview)
        whole = memoryview(data.obj)  # a part of it may have been enough
        self._free = sorted([*self._free, whole], key=len)[-_SPARE:]


def _proved(oid: bytes, make: Callable[[], Encoded]) -> Encoded:
    try:
        return make()
    except ValueError as error:
        # Trust nothing that cannot be undone: this becomes the only copy.
        msg = f"The object {oid.hex()} cannot be encoded: {error}. It stays as it is."
        raise CorruptionError(msg, code="codec-failed", hint="mvt fsck") from error


def _framed(raw: memoryview) -> Encoded:
    from jupyter_mvt.store.codecs import framed

    return framed(raw)


def _encoded(raw: memoryview, item: int, frames: list[Keyframe]) -> Encoded:
    from jupyter_mvt.store.codecs import Encoded, encode

    found = encode(raw, item, frames)
    if found.encoding == RAW:
        # A frame around it, a few bytes larger, tells the next run that this was tried.
        return _framed(raw)
    if found.size > _JOINED:
        return found
    return Encoded(found.encoding, (b"".join(found.pieces),), found.base)


def _put(
    read: OrderedDict[bytes, Keyframe], oid: bytes, data: memoryview, part: float | None
) -> None:
    from jupyter_mvt.store.codecs import Keyframe

    read[oid] = Keyframe(oid, data, part)
    if len(read) > _FRAMES:
        read.popitem(last=False)


def _unfit(place: Place) -> bool:
    return not SMALLEST <= place.size <= LARGEST_ENCODED
