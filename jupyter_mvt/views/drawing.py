"""What drawing a type of result takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_mvt.views.outputs import Pictures
    from jupyter_mvt.views.text import Look

__all__ = ["Drawing"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The three projections of one type of result."""

    payload: Callable[[Any], Any]
    as_text: Callable[[Any, Look], str]
    as_html: Callable[[Any], str]
    pictures: Callable[[Any], Iterable[Pictures]] | None = None
    """Figures that belong into its payload while they fit."""
