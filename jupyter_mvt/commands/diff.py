"""``mvt diff``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.compare.diff import Diff

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    from jupyter_mvt.compare.diff import Diff

    parser.revision("base", "HEAD~1", "the version to compare with")
    parser.revision("other", "HEAD", "the version that is looked at")
    parser.add_argument("--only", action="append", choices=Diff.aspects(), help="an aspect")


def _run(desk: Desk, args: Namespace) -> Diff:
    only = tuple(args.only) if args.only else None
    return desk.repo().diff(args.base, args.other, only=only)


COMMAND = Command(
    name="diff",
    summary="Tell what differs between two versions.",
    example="mvt diff production HEAD",
    arguments=_arguments,
    run=_run,
)
