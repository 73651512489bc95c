"""Whether what is being stored stays as it is meanwhile.

A model that another thread goes on training would be kept half old, half new. Reading all of it
a second time would double the time of a commit; a few kilobytes from all over tell, because a
training step changes every weight a little.
"""

from __future__ import annotations

from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.ids import Buffer, ObjectId, digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.store.chunking import CHUNK, again

__all__ = ["Witness", "part_changed"]

_PLACES = 32
_LENGTH = 64 << 10
_READ_WHOLE = 16 << 20


class Witness:
    """Remembers a little of what is stored, from all over, and looks at it again.

    Parameters
    ----------
    parts
        What is going to be stored.
    of
        What they are parts of, in words.

    Attributes
    ----------
    chosen
        Numbers of the parts whose begin is looked at again.
    """

    def __init__(self, parts: tuple[Part, ...], of: str = "") -> None:
        self._of = of
        # What cannot be read in windows is read whole, which may copy it.
        able = [
            number
            for number, part in enumerate(parts)
            if part.nbytes and not part.volatile and (part.nbytes <= _READ_WHOLE or part.window)
        ]
        step = max(1, -(-len(able) // _PLACES))
        self.chosen = set(able[::step])
        windows = sum(parts[number].nbytes for number in able if parts[number].window)
        self._apart = max(CHUNK, windows // _PLACES)
        self._due = 0
        self._seen: list[tuple[Part, int, int, bytes | ObjectId]] = []

    def see(self, number: int, part: Part, at: int, piece: Buffer) -> None:
        """Take note of what is at `at`, if that is a place to look at again.

        Pieces of one part are shown in their order.
        """
        if at == 0:
            self._due = self._apart
            if number not in self.chosen:
                return
        elif at < self._due or part.window is None or part.volatile:
            return
        else:
            self._due = at + self._apart
        some = piece[:_LENGTH]
        # A copy that was made anyway is itself what to compare with.
        seen = some if isinstance(some, bytes) else digest(some)
        self._seen.append((part, at, len(some), seen))

    def confirm(self) -> None:
        """Check that everything is still as it was.

        Raises
        ------
        CaptureError
            Something is not (code ``part-changed``).
        """
        for part, at, length, before in self._seen:
            found = again(part, at, length)
            # Two bytes are compared at once, a view number by number.
            now = digest(found) if isinstance(before, str) else bytes(found)
            if now != before:
                raise part_changed(part, self._of)


def part_changed(part: Part, of: str = "") -> CaptureError:
    """Return the error about a part that was not the same all the time."""
    named = f"{part.path!r} of {of}" if of else repr(part.path)
    msg = f"{named} changed while it was being stored: something is still training it."
    return CaptureError(msg, code="part-changed", hint="once nothing is training: mvt commit")
