"""``mvt label {list,move,remove,history}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import LabelHistory, Moved, RefList

__all__ = ["COMMAND"]


def _move_arguments(parser: Parser) -> None:
    parser.name("label")
    parser.revision("revision", "HEAD")
    parser.add_argument("--reason", default="", help="kept in the label's history")
    parser.add_argument("--expect", metavar="REVISION", help="what it must be on now")


def _remove_arguments(parser: Parser) -> None:
    parser.name("label")
    parser.add_argument("--reason", default="", help="kept in the label's history")


def _history_arguments(parser: Parser) -> None:
    parser.name("label")


def _list(desk: Desk, args: Namespace) -> RefList:
    return desk.repo().labels.list()


def _move(desk: Desk, args: Namespace) -> Moved:
    labels = desk.repo().labels
    return labels.move(args.name, args.revision, reason=args.reason, expect=args.expect)


def _remove(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().labels.remove(args.name, reason=args.reason)


def _history(desk: Desk, args: Namespace) -> LabelHistory:
    return desk.repo().labels.history(args.name)


COMMAND = Command(
    name="label",
    summary="List, move or remove labels such as production; tell a label's history.",
    example="mvt label move production HEAD",
    default="list",
    verbs=(
        Command(name="list", summary="List labels.", example="mvt label list", run=_list),
        Command(name="move", summary="Put a label on a version.",
                example='mvt label move production v3 --reason "best recall"',
                arguments=_move_arguments, run=_move),
        Command(name="remove", summary="Take a label away.", example="mvt label remove staging",
                arguments=_remove_arguments, run=_remove),
        Command(name="history", summary="Tell where a label has been.",
                example="mvt label history production", arguments=_history_arguments,
                run=_history),
    ),
)  # fmt: skip
