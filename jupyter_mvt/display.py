"""How a value becomes something to look at, without knowing who looks.

Values that results are made of inherit `Displayable`; the views floor registers, by result
type, functions that turn a value into text, HTML and MIME JSON. Lower floors thus never
import views.
"""

from __future__ import annotations

from functools import singledispatch
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MIME", "Displayable", "provide_renderers", "render"]

MIME = "application/vnd.jupyter-mvt.v1+json"

_providers: list[str] = []


@singledispatch
def render(value: object) -> dict[str, Any]:
    """Return the MIME bundle of `value`; types without a renderer show their ``repr``."""
    return {"text/plain": repr(value)}


def provide_renderers(module: str) -> None:
    """Name a module that registers renderers when imported; it is imported on first display."""
    if module not in _providers:
        _providers.append(module)


class Displayable:
    """Mixin: a result that notebooks and terminals can show."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return bundle(self)


def bundle(value: object) -> dict[str, Any]:
    """Return the MIME bundle of `value`, after loading the named renderer modules."""
    while _providers:
        import_module(_providers[-1])
        _providers.pop()
    renderer: Callable[[object], dict[str, Any]] = render
    return renderer(value)
