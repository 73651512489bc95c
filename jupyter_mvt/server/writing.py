"""What can be done to a repository from the panel: references move, content never does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_mvt.errors import UsageError
from jupyter_mvt.server.handler import MvtHandler

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.history.results import Moved

__all__ = ["WRITERS", "ActionHandler"]

_LONGEST = 4_000


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
        """Do it; the answer is the notice that a cell would show, and how to take it back."""
        body = self.request.body

        def act() -> Any:
            from jupyter_mvt.views.notice import moved

            done = WRITERS[name](self.opened(key).repo, Wish(body))
            return {"notice": moved(done), "operation": done.operation}

        self.answer(await self.aside(act))


def _move(repo: Repo, wish: Wish) -> Moved:
    return repo.labels.move(wish.text("label"), wish.text("revision"),
                            reason=wish.maybe("reason") or "",
                            expect=wish.maybe("expect"))  # fmt: skip


def _rollback(repo: Repo, wish: Wish) -> Moved:
    # The version that was shown when it was confirmed, not whatever came since.
    return repo.rollback(wish.text("label"), wish.text("to"), reason=wish.maybe("reason") or "")


WRITERS: dict[str, Callable[[Repo, Wish], Moved]] = {
    "label": _move,
    "rollback": _rollback,
    "undo": lambda repo, wish: repo.undo(wish.number("operation")),
    "branch": lambda repo, wish: repo.branches.create(wish.text("name"), wish.text("revision")),
    "switch": lambda repo, wish: repo.switch(wish.text("name")),
    "note": lambda repo, wish: repo.notes.add(wish.text("revision"), wish.text("text")),
    "tag": lambda repo, wish: repo.tags.create(wish.text("name"), wish.text("revision")),
}
"""Action → how it is done; the addresses of the routes are made of these names."""
