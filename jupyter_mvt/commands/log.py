"""``mvt log``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.commands.command import Command, Desk, Parser, whole

if TYPE_CHECKING:
    from argparse import Namespace

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("revision", nargs="?", metavar="REVISION", help="it and what it follows")
    parser.add_argument("-n", "--limit", type=whole, default=200, help="at most so many")
    parser.add_argument("--where", help="a filter, such as \"accuracy > 0.9 and author = 'ana'\"")
    parser.add_argument("--widget", action="store_true",
                        help="live: what is picked is w.selected, of any length")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> Any:
    if args.widget:
        return desk.repo().timeline(where=args.where)
    return desk.repo().log(args.revision, where=args.where, limit=args.limit)


COMMAND = Command(
    name="log",
    summary="List versions, newest first, with the timeline.",
    example='mvt log --where "accuracy > 0.9"',
    arguments=_arguments,
    run=_run,
)
