"""``%mvt watch on``: versions that nobody asked for, one line each."""

from __future__ import annotations

import asyncio
import re
from time import perf_counter

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.api import watching
from jupyter_mvt.errors import UsageError
from tests.magics.test_magic import FIT
from tests.shells import run

REFIT = """
clf = LogisticRegression(C={c}, max_iter=1000).fit(X, y)
scores = {{"accuracy": clf.score(X, y)}}
"""


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(watching, "PAUSE_S", 0.0)


def said(capsys) -> list[str]:
    """Return the lines that were printed, without what a run makes its own."""
    return [re.sub(r"\d+ kB", "N kB", line) for line in capsys.readouterr().out.splitlines()]


def test_each_training_makes_a_version_and_says_one_line(shell, capsys):
    assert run(shell, "%mvt watch on").to_dict() == {"on": True, "made": 0}
    capsys.readouterr()
    run(shell, FIT)
    assert said(capsys) == ["mvt: v1 kept · LogisticRegression, 15 weights · Accuracy 0.973"]
    run(shell, "clf.predict(X); print('only looking')")
    run(shell, "n = 1")
    assert said(capsys) == ["only looking"]
    run(shell, REFIT.format(c=1e-4))
    (line,) = said(capsys)
    parts = line.split(" · ")
    assert re.fullmatch(r"Accuracy 0\.\d{3}, −\d+\.\d\u00a0pp", parts.pop(2))
    assert parts == ["mvt: v2 kept", "LogisticRegression, 15 weights", "◆ Accuracy fell."]
    log = mvt.open().log()
    assert [entry.version.name for entry in log.entries] == ["v2", "v1"]
    assert {mvt.open()[name].commit.trigger for name in ("v1", "v2")} == {"auto"}
    assert run(shell, "%mvt watch off").to_dict() == {"on": False, "made": 2}
    run(shell, REFIT.format(c=2.0))
    assert len(mvt.open().log().entries) == 2


def test_nothing_is_kept_after_a_cell_that_failed(shell, capsys):
    run(shell, "%mvt watch on")
    result = shell.run_cell(FIT + "\n1 / 0", store_history=True)
    assert not result.success
    with pytest.raises(mvt.MvtError):
        mvt.open()
    # The training stood; the next cell that ends well brings it in.
    run(shell, "done = True")
    assert [entry.version.name for entry in mvt.open().log().entries] == ["v1"]


def test_what_is_trained_within_the_pause_waits(shell, monkeypatch):
    run(shell, "%mvt watch on")
    run(shell, FIT)
    monkeypatch.setattr(watching, "PAUSE_S", 3600.0)
    run(shell, REFIT.format(c=0.5))
    run(shell, REFIT.format(c=0.25))
    assert len(mvt.open().log().entries) == 1
    monkeypatch.setattr(watching, "PAUSE_S", 0.0)
    run(shell, "n = 1")
    assert mvt.open()["HEAD"].params["C"] == 0.25
    assert len(mvt.open().log().entries) == 2


def test_an_explicit_commit_is_not_repeated(shell, capsys):
    run(shell, "%mvt watch on")
    run(shell, FIT + "\nget_ipython().run_line_magic('mvt', 'commit -m mine')")
    assert [entry.version.message for entry in mvt.open().log().entries] == ["mine"]


def test_what_stands_in_the_way_is_said_once(shell, capsys, monkeypatch):
    run(shell, "%mvt watch on")
    run(shell, FIT)
    capsys.readouterr()

    def refuse(*args, **kwargs):
        raise UsageError("The disk is on strike.", hint="mvt du", code="strike")

    monkeypatch.setattr("jupyter_mvt.api.repo.Repo.grant", refuse)
    run(shell, REFIT.format(c=0.5))
    run(shell, REFIT.format(c=0.25))
    (first,) = said(capsys)
    assert first.startswith("mvt: no automatic version. ")
    assert "The disk is on strike." in first
    assert "%mvt du" in first


def test_a_fault_of_its_own_stops_it_and_no_cell(shell, capsys, monkeypatch):
    run(shell, "%mvt watch on")

    def broken(*args, **kwargs):
        raise RuntimeError("inside")

    monkeypatch.setattr("jupyter_mvt.api.watching.chosen", broken)
    capsys.readouterr()
    assert run(shell, "40 + 2") == 42
    expected = "mvt: watching stopped after an error of its own (RuntimeError('inside'))."
    assert expected in capsys.readouterr().out
    assert run(shell, "%mvt watch").to_dict() == {"on": False, "made": 0}


async def cell(shell, source: str) -> None:
    """Run a cell as a kernel does: within its loop, the event of its end told apart."""
    transformed = shell.transform_cell(source)
    result = await shell.run_cell_async(source, store_history=True, transformed_cell=transformed)
    shell.events.trigger("post_run_cell", result)
    result.raise_error()


class Clock:
    """An hour passes when a test says so: for the pause, and for the loop that waits for it."""

    def __init__(self, monkeypatch) -> None:
        self.passed = 0.0
        monkeypatch.setattr(watching, "PAUSE_S", 3600.0)
        monkeypatch.setattr(watching, "perf_counter", lambda: perf_counter() + self.passed)

    async def an_hour(self) -> None:
        self.passed += 3600.0
        await asyncio.sleep(0.05)

    def lead(self, loop) -> None:
        time = loop.time
        loop.time = lambda: time() + self.passed


def test_the_last_of_a_burst_is_kept_without_a_further_cell(shell, capsys, monkeypatch):
    run(shell, "%mvt watch on")
    run(shell, FIT)
    clock = Clock(monkeypatch)

    async def burst() -> None:
        clock.lead(asyncio.get_running_loop())
        for c in (0.5, 0.25):
            await cell(shell, REFIT.format(c=c))
        assert len(mvt.open().log().entries) == 1
        await clock.an_hour()

    capsys.readouterr()
    asyncio.run(burst())
    assert [entry.version.name for entry in mvt.open().log().entries] == ["v2", "v1"]
    assert mvt.open()["HEAD"].params["C"] == 0.25
    (line,) = said(capsys)
    assert line.startswith("mvt: v2 kept · ")


def test_a_cell_that_awaits_is_not_interrupted_by_it(shell, monkeypatch):
    run(shell, "%mvt watch on")
    run(shell, FIT)
    clock = Clock(monkeypatch)
    shell.user_ns.update(an_hour=clock.an_hour, mvt=mvt)

    async def burst() -> None:
        clock.lead(asyncio.get_running_loop())
        await cell(shell, REFIT.format(c=0.5))
        await cell(shell, "await an_hour()\nseen = len(mvt.open().log().entries)")

    asyncio.run(burst())
    assert shell.user_ns["seen"] == 1
    assert len(mvt.open().log().entries) == 2


def test_the_end_of_the_session_keeps_what_waits(shell, monkeypatch):
    run(shell, "%mvt watch on")
    run(shell, FIT)
    monkeypatch.setattr(watching, "PAUSE_S", 3600.0)
    run(shell, REFIT.format(c=0.25))
    assert len(mvt.open().log().entries) == 1
    mvt.unload_ipython_extension(shell)
    assert mvt.open()["HEAD"].params["C"] == 0.25
