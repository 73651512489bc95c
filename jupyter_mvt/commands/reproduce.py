"""``mvt reproduce``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser, amount

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.reproduce import Reproduction

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.revision("revision", "HEAD")
    parser.add_argument("--timeout", type=amount, metavar="SECONDS", help="when to give it up")
    parser.add_argument("--trust", action="store_true", help="let code of that version run")


def _run(desk: Desk, args: Namespace) -> Reproduction:
    return desk.repo().reproduce(args.revision, trust=args.trust, timeout=args.timeout)


COMMAND = Command(
    name="reproduce",
    summary="Make a version's models once more, in a fresh process, and compare them.",
    example="mvt reproduce v3",
    arguments=_arguments,
    run=_run,
)
