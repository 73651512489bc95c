"""What can be looked at: every answer is the view that the magics give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt._version import __version__
from jupyter_mvt.errors import NotFoundError, UsageError
from jupyter_mvt.server.handler import MvtHandler
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.api.repo import Repo

__all__ = ["READERS", "RepositoriesHandler", "ViewHandler"]

_MOST = 1_000
# These read all of a repository, or what two versions hold.
_PATIENT = frozenset({"usage", "curves", "diff", "leaderboard", "way-back"})


class RepositoriesHandler(MvtHandler):
    """``GET /jupyter-mvt/api/repositories?path=NOTEBOOK``."""

    async def get(self) -> None:
        """Tell the repositories of this server, and which is the notebook's."""
        path = self.get_query_argument("path", "")

        def look() -> dict[str, Any]:
            here = self.repositories.near(path)
            found = self.repositories.below()
            known = found if here is None or here in found else [here, *found]
            rows = [{"id": e.id, "name": e.name, "folder": e.folder} for e in known]
            return {"repositories": rows, "here": None if here is None else here.id}

        self.answer(await self.aside(look))


class ViewHandler(MvtHandler):
    """``GET /jupyter-mvt/api/repositories/ID/VIEW``; nothing in the repository changes."""

    async def get(self, key: str, name: str) -> None:
        """Answer with a view, or with 304 when nothing has happened since."""
        known = self.request.headers.get("If-None-Match", "")
        asked = {
            name: values[-1].decode("utf-8", "replace")
            for name, values in self.request.query_arguments.items()
        }

        def look() -> tuple[str, Any]:
            opened = self.opened(key)
            tag = f'"{__version__}-{opened.state()}"'
            if tag in known:
                return tag, None
            return tag, READERS[name](opened.repo, asked)

        tag, view = await self.aside(look, patient=name in _PATIENT)
        self.set_header("ETag", tag)
        self.set_header("Cache-Control", "no-cache, private")
        if view is None:
            self.set_status(304)
            self.finish()
        else:
            self.answer(view)


def _shown(value: object) -> Any:
    # Drawn on the first question: the server starts without any of this.
    from jupyter_mvt.views.register import payload

    return payload(value)


def _log(repo: Repo, asked: dict[str, str]) -> Any:
    from jupyter_mvt.views.log import payload

    found = repo.log(asked.get("branch") or None, where=asked.get("where") or None,
                     limit=min(_number(asked, "limit", 200), _MOST),
                     skip=_number(asked, "offset", 0))  # fmt: skip
    view = payload(found)
    view.pop("cut", None)
    return view


def _home(repo: Repo, asked: dict[str, str]) -> Any:
    """Answer all that the panel shows before anything is picked, in one look.

    While `told` stays the same, so do the rows of versions that were there, but for their labels.
    """
    return {
        "told": oplog.current(repo._handle.store).told_id()[:16],
        "log": _log(repo, asked),
        "labels": _shown(repo.labels.list()),
        "branches": _shown(repo.branches.list()),
    }


def _way_back(repo: Repo, asked: dict[str, str]) -> Any:
    """Tell where a label has been, and where it would roll back to if it ever was elsewhere."""
    from jupyter_mvt.views import parts

    name = asked.get("label") or "production"
    view = _shown(repo.labels.history(name))
    try:
        target = repo.labels.previous(name)
    except NotFoundError:
        return {"history": view, "to": None, "alike": None}
    found = repo.labels.agreement(name)
    alike = None if found is None else {"same": found.same, "rows": found.rows}
    return {"history": view, "to": parts.version(target.ref), "alike": alike}


def _number(asked: dict[str, str], name: str, default: int) -> int:
    text = asked.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        msg = f"{name} is a number, not {text[:40]!r}."
        raise UsageError(msg)
    return int(text)


READERS: dict[str, Callable[[Repo, dict[str, str]], Any]] = {
    "status": lambda repo, asked: _shown(repo.status()),
    "log": _log,
    "version": lambda repo, asked: _shown(repo[asked.get("revision") or "HEAD"].details),
    "curves": lambda repo, asked: _shown(repo[asked.get("revision") or "HEAD"].curves),
    "diff": lambda repo, asked: _shown(
        repo.diff(asked.get("base") or "HEAD~1", asked.get("other") or "HEAD")
    ),
    "branches": lambda repo, asked: _shown(repo.branches.list()),
    "tags": lambda repo, asked: _shown(repo.tags.list()),
    "home": _home,
    "way-back": _way_back,
    "usage": lambda repo, asked: _shown(repo.du()),
    "labels": lambda repo, asked: _shown(repo.labels.list()),
    "history": lambda repo, asked: _shown(repo.labels.history(asked.get("label", "production"))),
    "leaderboard": lambda repo, asked: _shown(repo.leaderboard(asked.get("by") or None)),
    "operations": lambda repo, asked: _shown(repo.operations()),
}
"""View → how it is asked for; the addresses of the routes are made of these names."""
