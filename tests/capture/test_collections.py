"""A capture leaves little for Python's collector, whose pauses a person would feel."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.capture.known import recognised
from jupyter_mvt.capture.pickling import freeze_pickled

if TYPE_CHECKING:
    from collections.abc import Callable

torch = pytest.importorskip("torch")

LAYERS = 200


def collected(action: Callable[[], Any]) -> int:
    """Return after how many hundreds of new and held containers Python collected."""
    found: list[str] = []

    def count(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            found.append(str(info["generation"]))

    gc.collect()
    before = gc.get_threshold()
    gc.set_threshold(100, 10_000, 10_000)
    gc.callbacks.append(count)
    try:
        action()
    finally:
        gc.callbacks.remove(count)
        gc.set_threshold(*before)
    return len(found)


def test_a_layer_is_taken_apart_with_few_containers() -> None:
    model = torch.nn.Sequential(*[torch.nn.Linear(2, 2) for _ in range(LAYERS)])
    found = recognised(model)
    assert found is not None
    found[0].freeze(model, lambda _: None)

    hundreds = collected(lambda: found[0].freeze(model, lambda _: None))

    assert hundreds * 100 / LAYERS <= 35


def test_a_pickled_layer_is_followed_with_few_containers() -> None:
    model = torch.nn.Sequential(*[torch.nn.Linear(2, 2) for _ in range(LAYERS)])
    freeze_pickled(model, ())

    hundreds = collected(lambda: freeze_pickled(model, ()))

    assert hundreds * 100 / LAYERS <= 75
