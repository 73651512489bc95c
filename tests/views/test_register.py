"""Every type that a view is told of exists, and so does its view."""

from __future__ import annotations

from importlib import import_module

import pytest

from jupyter_mvt.display import Displayable, bundle
from jupyter_mvt.views.register import DRAWN, drawing_of
from tests.views.samples import everything


@pytest.mark.parametrize("name", DRAWN)
def test_a_type_and_its_view_exist(name: str) -> None:
    module, _, kind = name.rpartition(".")
    cls = getattr(import_module(f"jupyter_mvt.{module}"), kind)
    assert (cls.__module__, cls.__qualname__) == (f"jupyter_mvt.{module}", kind)
    assert issubclass(cls, Displayable)
    drawing = drawing_of(cls.__new__(cls))
    assert drawing is not None
    assert all(map(callable, (drawing.payload, drawing.as_text, drawing.as_html)))


def test_what_is_made_of_a_result_is_drawn_like_it() -> None:
    value = everything()["notice-moved"]
    kind = type("Own", (type(value),), {"__slots__": ()})
    assert drawing_of(kind.__new__(kind)) == drawing_of(value)


def test_what_nothing_is_told_of_shows_its_repr() -> None:
    class Own(Displayable):
        def __repr__(self) -> str:
            return "<own>"

    assert drawing_of(Own()) is None
    assert bundle(Own()) == {"text/plain": "<own>"}
    assert str(Own()) == "<own>"
