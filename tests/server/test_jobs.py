"""Long work of the panel: it tells how far it is, is stopped, and is its beginner's alone."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mvt as mvt
from jupyter_mvt.errors import ConflictError
from jupyter_mvt.objects.progress import told
from jupyter_mvt.server import writing
from jupyter_mvt.server.jobs import Job, Jobs
from jupyter_mvt.server.writing import LONG
from tests.server.test_panel_api import Client, client, jp_server_config, repo

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.api.repo import Repo

__all__ = ["client", "jp_server_config", "repo"]

pytest_plugins = ("pytest_jupyter.jupyter_server",)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything counts as long."""
    monkeypatch.setattr(writing, "_PATIENCE_S", 0)


async def ended(client: Client, key: str) -> tuple[int, Any]:
    """Ask until the work has ended."""
    for _ in range(300):
        code, answer, _ = await client.ask("jobs", key)
        if code != 202:
            return code, answer
        await asyncio.sleep(0.02)
    raise AssertionError("it never ended")


async def test_a_rollback_that_takes_long_is_told_of_and_then_done(
    client: Client, repo: Repo, patience: None
) -> None:
    key = await client.key()
    repo.labels.move("production", "v2")
    code, answer, _ = await client.post(key, "rollback", label="production", to="v1")
    if code == 202:
        code, answer = await ended(client, answer["job"])
    assert (code, answer["notice"]["title"]) == (200, "production is back on v1, from v2.")
    assert repo.labels["production"].name == "v1"


async def test_bytes_are_told_and_stop_ends_it(
    client: Client, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = Event()

    def slow(repo: Repo, wish: Any, job: Job) -> Any:
        with told(job, "Verifying", 4_000_000):
            job.advance(1_000_000)
            going.wait(20)
            job.advance(1_000_000)
        raise AssertionError("it was not stopped")

    monkeypatch.setitem(LONG, "fsck", slow)
    monkeypatch.setattr(writing, "_PATIENCE_S", 0.05)
    key = await client.key()
    code, answer, _ = await client.post(key, "fsck")
    assert code == 202
    for _ in range(200):
        _, answer, _ = await client.ask("jobs", answer["job"])
        if answer["progress"]["share"]:
            break
        await asyncio.sleep(0.02)
    assert (answer["progress"]["what"], answer["progress"]["share"]) == ("Verifying", 0.25)
    assert answer["progress"]["text"].replace("\u00a0", " ").startswith("1.0 MB of 4.0 MB, ")
    sent = {"Content-Type": "application/json"}
    code, _, _ = await client.ask("jobs", answer["job"], "stop", method="POST", body="{}",
                                  headers=sent)  # fmt: skip
    going.set()
    code, answer = await ended(client, answer["job"])
    assert (code, answer["code"]) == (409, "stopped")
    assert answer["message"] == "It was stopped; nothing was changed."
    # The list is not behind it, and the next piece of work has its turn.
    code, answer, _ = await client.post(key, "preview")
    assert (code, answer["notice"]["title"]) == (200, "There is nothing to free.")


async def test_work_that_nobody_knows_is_not_found(client: Client, repo: Repo) -> None:
    code, answer, _ = await client.ask("jobs", "0" * 32)
    assert (code, answer["code"]) == (404, "not-found")


def test_work_is_its_beginners_alone_and_waits_for_its_turn() -> None:
    jobs, first, order = Jobs(), Event(), list[str]()

    def act(name: str, until: Event | None = None) -> Any:
        def run(job: Job) -> str:
            if until is not None:
                until.wait(20)
            order.append(name)
            return name

        return run

    slow = jobs.begin("ana", act("slow", first))
    stopped = jobs.begin("ana", act("stopped"))
    stopped.stop()
    assert jobs.find(slow.id, "ana") is slow
    assert jobs.find(slow.id, "ben") is None
    with pytest.raises(TimeoutError):
        slow.result(0.05)
    first.set()
    assert slow.result(20) == "slow"
    with pytest.raises(ConflictError, match="nothing was changed") as caught:
        stopped.result(20)
    assert (caught.value.code, order) == ("stopped", ["slow"])


def test_packing_that_is_stopped_keeps_what_it_has_done(tmp_path: Path) -> None:
    made = mvt.init(tmp_path)
    for share in range(8):
        made.commit(LinearRegression().fit([[0.0], [1.0]], [0.0, float(share)]))
    job = Job("ana")
    job.stop()
    report = mvt.open(tmp_path).gc(stop=job.stopping())
    assert report.packed is None
    assert made.fsck().ok
