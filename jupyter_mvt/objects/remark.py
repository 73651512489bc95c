"""What people say about a version afterwards: marks ``note/VERSION/N``, beside the commit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mvt.errors import UsageError
from jupyter_mvt.objects.encode import decode_as, encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.view import View

__all__ = ["NOTE", "Remark", "remark_counts", "remark_ref", "remark_text", "remarks_of"]

NOTE = "note"
_LONGEST = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One note: who wrote what, and when (microseconds since 1970 UTC)."""

    author: str
    time_us: int
    text: str
    format: int = 1

    def check(self) -> Remark:
        """Return itself if it says something.

        Raises
        ------
        UsageError
            It is empty or longer than 4,000 characters (code ``bad-note``).
        """
        if not self.text.strip():
            msg = "A note says something."
            raise UsageError(msg, code="bad-note", hint='mvt note v3 "why"')
        if len(self.text) > _LONGEST:
            msg = f"A note is at most {_LONGEST:,} characters long; this one is {len(self.text):,}."
            raise UsageError(msg, code="bad-note", hint='mvt note v3 "a summary"')
        return self


def remark_ref(version: ObjectId, number: int) -> str:
    """Return the ref of a version's note."""
    return f"{NOTE}/{version}/{number}"


def remark_text(remark: Remark) -> str:
    """Return the value of the mark."""
    return encode(remark).decode()


def remarks_of(view: View, version: ObjectId) -> dict[int, Remark]:
    """Return number → note of one version, oldest first."""
    start = f"{NOTE}/{version}/"
    return {
        int(ref.removeprefix(start)): decode_as(text.encode(), Remark)
        for ref, text in sorted(view.marks.items(), key=_place)
        if ref.startswith(start)
    }


def remark_counts(view: View) -> Mapping[str, int]:
    """Return commit id → how many notes it has, for those that have any."""
    refs = (ref.split("/") for ref in view.marks if ref.startswith(f"{NOTE}/"))
    return Counter(parts[1] for parts in refs)


def _place(item: tuple[str, str]) -> tuple[int, str]:
    tail = item[0].rpartition("/")[2]
    return (int(tail) if tail.isdigit() else 0, item[0])
