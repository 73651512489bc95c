"""What can be done to a repository from the panel: references move, content never does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_mvt.errors import UsageError
from jupyter_mvt.server.handler import MvtHandler
from jupyter_mvt.server.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.history.results import GcReport, Moved
    from jupyter_mvt.server.jobs import Job
    from jupyter_mvt.store.faults import FsckReport

__all__ = ["LONG", "WRITERS", "ActionHandler", "JobHandler", "StopHandler"]

_LONGEST = 4_000
_PATIENCE_S = 0.4
"""What is done by then needs no word on how far it is."""


class Wish:
    """The body of a request: a JSON object of short texts and numbers."""

    def __init__(self, body: bytes) -> None:
        try:
            read = json.loads(body)
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            msg = "The body is not JSON."
            raise UsageError(msg) from error
        if not isinstance(read, dict):
            msg = "The body is a JSON object."
            raise UsageError(msg)
        self._fields: dict[str, Any] = read

    def text(self, name: str) -> str:
        """Return a text that has to be there."""
        found = self.maybe(name)
        if not found:
            msg = f"{name} is missing."
            raise UsageError(msg)
        return found

    def maybe(self, name: str) -> str | None:
        """Return a text that may be absent."""
        found = self._fields.get(name)
        if found is not None and not (isinstance(found, str) and len(found) <= _LONGEST):
            msg = f"{name} is a text of at most {_LONGEST} characters."
            raise UsageError(msg)
        return found

    def number(self, name: str) -> int:
        """Return a positive whole number."""
        found = self._fields.get(name)
        if not isinstance(found, int) or isinstance(found, bool) or found < 1:
            msg = f"{name} is a positive number."
            raise UsageError(msg)
        return found


class ActionHandler(MvtHandler):
    """``POST /jupyter-mvt/api/repositories/ID/ACTION``."""

    async def post(self, key: str, name: str) -> None:
        """Do it; the answer is the notice that a cell would show, and how to take it back.

        What takes its time answers 202 with ``{job, progress}``: see `JobHandler`.
        """
        body, who_asks = self.request.body, who(self.current_user)

        def act() -> Any:
            return _told(WRITERS[name](self.opened(key).repo, Wish(body)))

        def long(job: Job) -> Any:
            repo = self.repositories.apart(key, who_asks, job)
            return _told(LONG[name](repo, Wish(body), job))

        if name in WRITERS:
            self.answer(await self.aside(act))
        else:
            job = self.jobs.begin(who_asks.actor, long)
            await self.tell(job, _PATIENCE_S)


class JobHandler(MvtHandler):
    """``GET /jupyter-mvt/api/jobs/ID``: how far it is, or what came of it."""

    async def get(self, key: str) -> None:
        """Answer at once: 202 while it goes on."""
        await self.tell(self.job(key), 0)


class StopHandler(MvtHandler):
    """``POST /jupyter-mvt/api/jobs/ID/stop``."""

    async def post(self, key: str) -> None:
        """Ask it to stop; `JobHandler` tells when it has."""
        self.job(key).stop()
        self.answer({})


def _told(done: Moved | GcReport | FsckReport) -> dict[str, Any]:
    from jupyter_mvt.history.results import Moved
    from jupyter_mvt.views.notice import moved
    from jupyter_mvt.views.register import payload

    if isinstance(done, Moved):
        return {"notice": moved(done), "operation": done.operation}
    view = payload(done)
    return {"notice": view, "operation": getattr(done, "operation", 0)}


def _move(repo: Repo, wish: Wish) -> Moved:
    return repo.labels.move(wish.text("label"), wish.text("revision"),
                            reason=wish.maybe("reason") or "",
                            expect=wish.maybe("expect"))  # fmt: skip


def _rollback(repo: Repo, wish: Wish, job: Job) -> Moved:
    # The version that was shown when it was confirmed, not whatever came since.
    return repo.rollback(wish.text("label"), wish.text("to"), reason=wish.maybe("reason") or "")


WRITERS: dict[str, Callable[[Repo, Wish], Moved]] = {
    "label": _move,
    "undo": lambda repo, wish: repo.undo(wish.number("operation")),
    "branch": lambda repo, wish: repo.branches.create(wish.text("name"), wish.text("revision")),
    "switch": lambda repo, wish: repo.switch(wish.text("name")),
    "note": lambda repo, wish: repo.notes.add(wish.text("revision"), wish.text("text")),
    "tag": lambda repo, wish: repo.tags.create(wish.text("name"), wish.text("revision")),
}
"""Action → how it is done; the addresses of the routes are made of these names."""

LONG: dict[str, Callable[[Repo, Wish, Job], Moved | GcReport | FsckReport]] = {
    "rollback": _rollback,
    "gc": lambda repo, wish, job: repo.gc(stop=job.stopping()),
    "preview": lambda repo, wish, job: repo.gc(dry_run=True),
    "fsck": lambda repo, wish, job: repo.fsck(),
}
"""The same for what reads or writes much, and can be stopped."""
