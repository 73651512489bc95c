"""What an aspect of a comparison is, and where aspects are found.

Built-ins register here by import path; other packages through the entry-point group
``jupyter_mvt.aspects``. The result of a built-in becomes the field of `Diff` with its name,
that of an outsider an item of `Diff.extra`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from jupyter_mvt.registry import Registry

if TYPE_CHECKING:
    from jupyter_mvt.compare.side import Side

__all__ = ["ASPECTS", "Aspect"]


class Aspect(Protocol):
    """A function of two versions."""

    def __call__(self, base: Side, other: Side) -> object | None:
        """Return what differs as a frozen dataclass of plain values, ``None`` if nothing does."""
        ...


ASPECTS: Registry[Aspect] = Registry("diff aspect", "jupyter_mvt.aspects")

for _name in (
    "metrics",
    "predictions",
    "outputs",
    "params",
    "data",
    "code",
    "environment",
    "weights",
):
    ASPECTS.register(_name, f"jupyter_mvt.compare.{_name}:diff_{_name}")
