"""A repository in memory with a known history, and a widget that tells what it sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.api.repo import Repo
from jupyter_mvt.history.commit import Draft, commit
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.history.switch import switch
from jupyter_mvt.objects.commit import Content, Param
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.store.open import memory_store
from jupyter_mvt.widgets import live
from tests.history.conftest import fixed_clock

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 30


def value_of(number: int) -> float:
    """Return the accuracy of version `number`: rising, but for one deep fall at v20."""
    return 0.5 + 0.01 * number + (0.001 if number % 2 else 0) - (0.3 if number == 20 else 0)


@pytest.fixture
def repo() -> Repo:
    """30 versions; v11 to v15 stand on ``exp/lr``; production is v25."""
    handle = Handle(store=memory_store(), session=Session(id="s"), actor="ana", tool="test",
                    clock=fixed_clock(), name="churn")  # fmt: skip
    for number in range(1, COUNT + 1):
        if number == 11:
            switch(handle, "exp/lr", create=True)
        if number == 16:
            switch(handle, "main")
        metrics = (
            Metric(name="accuracy", value=value_of(number), split="test", higher_is_better=True,
                   unit="share"),
            Metric(name="loss", value=1 / number, split="test", higher_is_better=False),
        )  # fmt: skip
        content = Content(metrics=metrics, params=(Param(name="lr", value=number),))
        commit(handle, Draft(content=content, message=f"run {number}"))
    found = Repo(handle)
    found.labels.move("production", "v25")
    return found


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Widgets without their browser part: Python's tests need no build of it."""
    code = "export default { render() {} }"
    for place in ("timeline", "leaderboard", "diff"):
        monkeypatch.setattr(f"jupyter_mvt.widgets.{place}.module", lambda name: code)
    monkeypatch.setattr(live, "module", lambda name: f"// {name}")


@pytest.fixture
def ask() -> Callable[..., Any]:
    """Return a function that asks a widget as the browser does, and returns its reply."""

    def asking(widget: Any, what: str, **more: Any) -> Any:
        sent: list[Any] = []
        widget.send = sent.append
        widget._asked(widget, {"ask": 7, "what": what, **more}, [])
        (reply,) = sent
        assert reply["answer"] == 7
        return reply

    return asking
