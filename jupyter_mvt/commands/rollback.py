"""``mvt rollback``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import Moved

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("label", nargs="?", default="production", metavar="LABEL",
                        help="which; production by default")  # fmt: skip
    parser.add_argument("--to", metavar="REVISION", help="instead of the one it held before")
    parser.add_argument("--reason", default="", help="kept in the label's history")


def _run(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().rollback(args.label, args.to, reason=args.reason)


COMMAND = Command(
    name="rollback",
    summary="Put a label back on the version that it held before.",
    example='mvt rollback production --reason "latency"',
    arguments=_arguments,
    run=_run,
)
