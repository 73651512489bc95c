"""A repository in memory with a fixed clock, and commits without models."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.history.commit import Draft, Published, commit
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.commit import Content, Param
from jupyter_mvt.store.open import memory_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.store.store import Store

START_US = 1_790_000_000_000_000
MINUTE_US = 60_000_000


def fixed_clock() -> Clock:
    """Return a clock that moves on by a minute at each look."""
    times, tokens = count(START_US, MINUTE_US), count(1)
    return Clock(now_us=lambda: next(times), token=lambda: f"{next(tokens):032x}")


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def open_handle(store: Store) -> Callable[..., Handle]:
    """Return a maker of handles on one store: each a session of its own."""
    clock = fixed_clock()

    def make(session: str = "s1", actor: str = "ana", *, own_head: bool = True) -> Handle:
        place = Session(id=session, own_head=own_head)
        return Handle(store=store, session=place, actor=actor, tool="test", clock=clock, name="r")

    return make


@pytest.fixture
def handle(open_handle: Callable[..., Handle]) -> Handle:
    return open_handle()


def keep(handle: Handle, message: str, value: float = 0.0) -> Published:
    """Commit content that is only a param."""
    content = Content(params=(Param(name="lr", value=value), Param(name="message", value=message)))
    return commit(handle, Draft(content=content, message=message))


@pytest.fixture(name="keep")
def keep_fixture() -> Callable[..., Published]:
    return keep
