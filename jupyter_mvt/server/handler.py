"""The base of every handler: nobody reaches a method unknown or unauthorised."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from jupyter_mvt.errors import (
    AmbiguousError,
    ConflictError,
    MvtError,
    NameInvalidError,
    NotFoundError,
    QueryError,
    RepositoryError,
    UsageError,
)
from jupyter_mvt.server.identity import who
from jupyter_mvt.server.jobs import Job, Jobs
from jupyter_mvt.server.repositories import Repositories

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.server.repositories import Opened

__all__ = ["MvtHandler"]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_SETTING = "jupyter_mvt_repositories"
_JOBS = "jupyter_mvt_jobs"
_STATUS: tuple[tuple[tuple[type[MvtError], ...], int], ...] = (
    ((NotFoundError, RepositoryError), 404),
    ((ConflictError,), 409),
    ((UsageError, NameInvalidError, QueryError, AmbiguousError), 400),
)
_CODES = {403: "forbidden", 404: "not-found", 405: "method", 415: "content-type"}
T = TypeVar("T")

# One thread: the panel's questions queue behind each other, never behind the server's own work.
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jupyter-mvt")
# And one for what reads a whole repository, so that the list stays current meanwhile.
_patient = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jupyter-mvt-patient")


class MvtHandler(APIHandler):
    """Authenticates and authorises in ``prepare``, so that no method can forget a decorator."""

    resource = "jupyter-mvt"

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse whoever is unknown, then ask the server's authorizer."""
        # The base checks host, origin and, for writing methods, the XSRF token.
        await super().prepare()
        user = self.current_user
        if user is None:
            raise HTTPError(403, "Forbidden: log in to this server first.")
        action = "read" if self.request.method in _READING else "write"
        allowed = self.authorizer.is_authorized(self, user, action, self.resource)
        if not (allowed if isinstance(allowed, bool) else await allowed):
            raise HTTPError(403, f"Forbidden: no permission to {action} {self.resource}.")
        if action == "write":
            sent = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if sent != "application/json":
                raise HTTPError(415, "Only application/json is read here.")

    @property
    def repositories(self) -> Repositories:
        """The registry of this server."""
        if _SETTING not in self.settings:
            top = Path(self.settings["serverapp"].root_dir).expanduser()
            self.settings[_SETTING] = Repositories(top)
        found: Repositories = self.settings[_SETTING]
        return found

    @property
    def jobs(self) -> Jobs:
        """The long work that this server does."""
        found: Jobs = self.settings.setdefault(_JOBS, Jobs())
        return found

    def job(self, key: str) -> Job:
        """Return the job that the user who asks has begun."""
        found = self.jobs.find(key, who(self.current_user).actor)
        if found is None:
            raise HTTPError(404, "This server knows no such job.")
        return found

    async def tell(self, job: Job, seconds: float) -> None:
        """Answer with what came of the job if it ends in time, else with how far it is."""
        try:
            self.answer(await asyncio.to_thread(job.result, seconds))
        except TimeoutError:
            self.set_status(202)
            self.answer({"job": job.id, "progress": job.state()})

    async def aside(self, work: Callable[[], T], *, patient: bool = False) -> T:
        """Run `work` off the event loop; `patient` work delays nobody else's."""
        pool = _patient if patient else _worker
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def opened(self, key: str) -> Opened:
        """Return a repository by id, for whoever asks; within `aside` only."""
        return self.repositories.open(key, who(self.current_user))

    def answer(self, value: Any) -> None:
        """Finish with strict JSON."""
        self.finish(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tell what is the case as ``{code, message, hint}``."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        self.set_header("Content-Type", "application/json")
        if isinstance(error, MvtError):
            self.set_status(_status_of(error))
            _, *hints = error.lines("%mvt")
            hint = hints[0].removeprefix("Hint: ") if hints else ""
            told = {"code": error.code, "message": error.message, "hint": hint}
        else:
            message = (error.log_message if isinstance(error, HTTPError) else "") or self._reason
            code = _CODES.get(status_code, "request" if status_code < 500 else "internal")
            told = {"code": code, "message": message, "hint": ""}
        self.answer(told)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Leave the log to what is unexpected: an `MvtError` is an answer."""
        if not isinstance(value, MvtError):
            super().log_exception(typ, value, tb)


def _status_of(error: MvtError) -> int:
    if error.code == "outside":
        return 403
    return next((status for kinds, status in _STATUS if isinstance(error, kinds)), 500)
