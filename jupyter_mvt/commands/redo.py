"""``mvt redo``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import Moved

__all__ = ["COMMAND"]


def _run(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().redo()


COMMAND = Command(name="redo", summary="Take back the newest undo.", example="mvt redo", run=_run)
