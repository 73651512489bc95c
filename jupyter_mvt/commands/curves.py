"""``mvt curves``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.curves import StoredCurves

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.revision("revision", "HEAD")


def _run(desk: Desk, args: Namespace) -> StoredCurves:
    return desk.repo()[args.revision].curves


COMMAND = Command(
    name="curves",
    summary="Draw what was logged while a version was trained.",
    example="mvt curves v3",
    arguments=_arguments,
    run=_run,
)
