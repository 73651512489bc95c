"""``mvt note``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import Moved, RemarkList

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.revision("revision", "HEAD")
    parser.add_argument("text", metavar="TEXT", nargs="?", help="what to say; without, list")
    parser.add_argument("--delete", metavar="N", type=int, help="take note N away")


def _run(desk: Desk, args: Namespace) -> Moved | RemarkList:
    notes = desk.repo().notes
    if args.delete is not None:
        return notes.delete(args.revision, args.delete)
    return notes.list(args.revision) if args.text is None else notes.add(args.revision, args.text)


COMMAND = Command(
    name="note",
    summary="Say something about a version, or list what was said.",
    example='mvt note v3 "the one with clean labels"',
    arguments=_arguments,
    run=_run,
)
