"""Small objects that lie near to each other, read together.

A forest is hundreds of arrays of a few kilobytes, written side by side: opening the pack for each
takes longer than reading them all.
"""

from __future__ import annotations

from collections import OrderedDict

from jupyter_mvt.objects.ids import digest
from jupyter_mvt.store.backend import Backend
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.pack import RAW

__all__ = ["Nearby"]

_SMALL = 64 << 10
_BLOCK = 256 << 10
_KEPT = 16
_WASTE = 4
"""So many bytes may be read for one that is used, before it is left alone."""


class Nearby:
    """Reads packs block by block and remembers a few of them; for one thread.

    Made for one restore and forgotten with it: what is on the disk later is not seen.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._blocks: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._left = _KEPT * _BLOCK

    def fill(self, oid: bytes, place: Place, target: memoryview) -> bool:
        """Fill `target` with a copy; tell whether it is one to be read so, and sound."""
        if place.encoding != RAW or not place.size == place.stored == len(target) <= _SMALL:
            return False
        self._left += _WASTE * place.size
        done, at = 0, place.offset
        while done < place.size:
            skip = at % _BLOCK
            found = self._block(place.pack, at // _BLOCK)[skip : skip + place.size - done]
            if not found:
                return False
            target[done : done + len(found)] = found
            done += len(found)
            at += len(found)
        return digest(target) == oid.hex()

    def _block(self, pack: str, number: int) -> bytes:
        key = (pack, number)
        if key in self._blocks:
            self._blocks.move_to_end(key)
            return self._blocks[key]
        if self._left < _BLOCK:
            return b""
        found = self._backend.get_range(pack, number * _BLOCK, _BLOCK)
        self._left -= len(found)
        self._blocks[key] = found
        if len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)
        return found
