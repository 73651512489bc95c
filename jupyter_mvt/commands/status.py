"""``mvt status``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk
from jupyter_mvt.errors import UNTOUCHED, RepositoryError, if_interrupted

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.results import Status

__all__ = ["COMMAND"]


def _run(desk: Desk, args: Namespace) -> Status:
    try:
        repo = desk.repo()
    except RepositoryError as error:
        if desk.kernel is None or error.code != "not-a-repository":
            raise
        with if_interrupted(UNTOUCHED):
            from jupyter_mvt.api.status import before
        return before(desk.kernel)
    return repo.status()


COMMAND = Command(
    name="status",
    summary="Tell what would be committed now, and why.",
    example="mvt status",
    run=_run,
)
