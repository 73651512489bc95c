"""``mvt fsck``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.store.fsck import FsckReport

__all__ = ["COMMAND"]


def _run(desk: Desk, args: Namespace) -> FsckReport:
    return desk.repo().fsck()


COMMAND = Command(
    name="fsck",
    summary="Read and verify every byte of the repository.",
    example="mvt fsck",
    run=_run,
)
