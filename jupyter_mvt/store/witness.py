"""Whether what is being stored stays as it is meanwhile.

A model that another thread goes on training would be kept half old, half new. Reading all of it
a second time would double the time of a commit; a few kilobytes from all over tell, because a
training step changes every weight a little.
"""

from __future__ import annotations

from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.ids import Buffer, ObjectId, digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.store.chunking import beginning

__all__ = ["Witness", "part_changed"]

_PLACES = 32
_LENGTH = 64 << 10
_READ_WHOLE = 16 << 20


class Witness:
    """Remembers the beginnings of some parts, and looks at them again.

    Parameters
    ----------
    parts
        What is going to be stored.

    Attributes
    ----------
    chosen
        The numbers of those whose beginnings are to be shown to `see`.
    """

    def __init__(self, parts: tuple[Part, ...]) -> None:
        # What cannot be read in windows is read whole, which may copy it.
        able = [
            number
            for number, part in enumerate(parts)
            if part.nbytes and not part.volatile and (part.nbytes <= _READ_WHOLE or part.window)
        ]
        step = max(1, -(-len(able) // _PLACES))
        self.chosen = set(able[::step])
        self._seen: list[tuple[Part, int, ObjectId]] = []

    def see(self, part: Part, first: Buffer) -> None:
        """Take note of how one of the chosen parts begins."""
        begins = first[:_LENGTH]
        self._seen.append((part, len(begins), digest(begins)))

    def confirm(self) -> None:
        """Check that the parts still begin as they did.

        Raises
        ------
        CaptureError
            One does not (code ``part-changed``).
        """
        for part, length, before in self._seen:
            if digest(beginning(part, length)) != before:
                raise part_changed(part)


def part_changed(part: Part) -> CaptureError:
    """Return the error about a part that was not the same all the time."""
    msg = f"{part.path!r} changed while it was being stored: something is still training it."
    return CaptureError(msg, code="part-changed", hint="once nothing is training: mvt commit")
