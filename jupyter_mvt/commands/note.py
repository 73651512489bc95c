"""``mvt note``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser, whole
from jupyter_mvt.errors import NotFoundError

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import Moved, RemarkList

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.revision("revision", "HEAD")
    parser.add_argument("text", metavar="TEXT", nargs="?", help="what to say; without, list")
    parser.add_argument("--delete", metavar="N", type=whole, help="take note N away")


def _run(desk: Desk, args: Namespace) -> Moved | RemarkList:
    notes = desk.repo().notes
    if args.delete is not None:
        return notes.delete(args.revision, args.delete)
    if args.text is not None:
        return notes.add(args.revision, args.text)
    try:
        return notes.list(args.revision)
    except NotFoundError as error:
        if error.hint != "mvt log":
            raise
        # What resembles no version is what was to be said.
        hint = f"mvt note HEAD {shlex.quote(args.revision)}"
        raise NotFoundError(error.message, hint=hint, code=error.code) from None


COMMAND = Command(
    name="note",
    summary="Say something about a version, or list what was said.",
    example='mvt note v3 "the one with clean labels"',
    arguments=_arguments,
    run=_run,
)
