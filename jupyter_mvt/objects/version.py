"""A version as it is named to a person."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mvt.objects.ids import ObjectId

__all__ = ["VersionRef"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRef:
    """Enough of a version to name it: id, number, words, and what points at it now."""

    id: ObjectId
    number: int
    message: str
    branch: str
    author: str
    time_us: int
    parents: tuple[ObjectId, ...] = ()
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``"v9"``."""
        return f"v{self.number}"
