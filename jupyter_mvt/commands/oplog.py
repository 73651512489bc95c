"""``mvt oplog``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser, whole

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import OperationLog

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("-n", "--limit", type=whole, default=50, help="at most so many")


def _run(desk: Desk, args: Namespace) -> OperationLog:
    return desk.repo().operations(args.limit)


COMMAND = Command(
    name="oplog",
    summary="Tell every change of this repository, newest first.",
    example="mvt oplog",
    arguments=_arguments,
    run=_run,
)
