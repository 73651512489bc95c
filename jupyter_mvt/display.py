"""How a value becomes something to look at, without knowing who looks.

Values that results are made of inherit `Displayable`; the views floor registers, by result
type, functions that turn a value into text, HTML and MIME JSON. Lower floors thus never
import views.
"""

from __future__ import annotations

import weakref
from functools import singledispatch
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "MIME",
    "Chartable",
    "Displayable",
    "Live",
    "bind",
    "bundle",
    "chart",
    "live",
    "owner_of",
    "provide_renderers",
    "render",
    "widget",
]

MIME = "application/vnd.jupyter-mvt.v1+json"

Door: TypeAlias = Literal["render", "widget", "chart"]

_providers: dict[Door, list[str]] = {"render": [], "widget": [], "chart": []}
_owners: dict[int, object] = {}


@singledispatch
def render(value: object) -> dict[str, Any]:
    """Return the MIME bundle of `value`; types without a renderer show their ``repr``."""
    return {"text/plain": repr(value)}


@singledispatch
def widget(value: object) -> Any:
    """Return a live widget of `value`; types without one raise `TypeError`."""
    msg = f"there is no widget of a {type(value).__name__}"
    raise TypeError(msg)


@singledispatch
def chart(value: object) -> Any:
    """Return an Altair chart of `value`; types without one raise `TypeError`."""
    msg = f"there is no chart of a {type(value).__name__}"
    raise TypeError(msg)


def provide_renderers(module: str, door: Door = "render") -> None:
    """Name a module that registers renderers when imported; it is imported on first use."""
    if module not in _providers[door]:
        _providers[door].append(module)


T = TypeVar("T")


def bind(value: T, owner: object) -> T:
    """Remember of which repository a value tells, for as long as the value lives."""
    _owners[id(value)] = owner
    weakref.finalize(value, _owners.pop, id(value), None)
    return value


def owner_of(value: object) -> Any:
    """Return what `bind` remembered, ``None`` for a value that was not bound."""
    return _owners.get(id(value))


class Live:
    """Mixin: a result with a live widget."""

    __slots__ = ()

    def widget(self) -> Any:
        """Return an anywidget: what is selected in it comes back as ``w.selected``."""
        return live(self)


class Chartable:
    """Mixin: a result with a chart."""

    __slots__ = ()

    def chart(self) -> Any:
        """Return an `altair.Chart` to restyle, save or lay out."""
        _load("chart")
        return chart(self)


def live(value: object) -> Any:
    """Return a live widget of `value`, after loading the modules that know one."""
    _load("widget")
    return widget(value)


class Displayable:
    """Mixin: a result that notebooks and terminals can show."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return bundle(self)

    def __str__(self) -> str:
        """Return what a terminal shows: a program's ``print(repo.log())``."""
        return str(bundle(self)["text/plain"])


def bundle(value: object) -> dict[str, Any]:
    """Return the MIME bundle of `value`, after loading the named renderer modules."""
    _load("render")
    renderer: Callable[[object], dict[str, Any]] = render
    return renderer(value)


def _load(door: Door) -> None:
    waiting = _providers[door]
    while waiting:
        import_module(waiting[-1])
        waiting.pop()
