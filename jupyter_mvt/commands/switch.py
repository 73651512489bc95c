"""``mvt switch``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import Moved

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("-c", "--create", action="store_true", help="make the branch first")
    parser.add_argument("name", metavar="BRANCH", help="which")
    parser.revision("start", "HEAD", "where a new branch starts")


def _run(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().switch(args.name, create=args.create, start=args.start)


COMMAND = Command(
    name="switch",
    summary="Move HEAD to another branch; -c makes it.",
    example="mvt switch -c exp/lr",
    arguments=_arguments,
    run=_run,
)
