"""``mvt undo``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser, whole

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import Moved

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("number", metavar="NUMBER", nargs="?", type=whole,
                        help="an operation's; the newest by default")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().undo(args.number)


COMMAND = Command(
    name="undo",
    summary="Take back an operation: a commit, a label's move, a deleted branch.",
    example="mvt undo",
    arguments=_arguments,
    run=_run,
)
