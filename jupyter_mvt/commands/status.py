"""``mvt status``."""

from __future__ import annotations

from argparse import Namespace

from jupyter_mvt.api.results import Status
from jupyter_mvt.commands.command import Command, Desk

__all__ = ["COMMAND"]


def _run(desk: Desk, args: Namespace) -> Status:
    return desk.repo().status()


COMMAND = Command(
    name="status",
    summary="Tell what would be committed now, and why.",
    example="mvt status",
    run=_run,
)
