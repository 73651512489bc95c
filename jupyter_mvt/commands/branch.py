"""``mvt branch {list,create,delete,rename}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import Moved, RefList

__all__ = ["COMMAND"]


def _create_arguments(parser: Parser) -> None:
    parser.name("branch")
    parser.revision("start", "HEAD", "where it starts")


def _delete_arguments(parser: Parser) -> None:
    parser.name("branch")
    parser.add_argument("--force", action="store_true", help="also when nothing else reaches it")


def _rename_arguments(parser: Parser) -> None:
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW")


def _list(desk: Desk, args: Namespace) -> RefList:
    return desk.repo().branches.list()


def _create(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().branches.create(args.name, args.start)


def _delete(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().branches.delete(args.name, force=args.force)


def _rename(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().branches.rename(args.old, args.new)


COMMAND = Command(
    name="branch",
    summary="List, create, delete or rename branches.",
    example="mvt branch create exp/lr",
    default="list",
    verbs=(
        Command(name="list", summary="List branches.", example="mvt branch list", run=_list),
        Command(name="create", summary="Make a branch.", example="mvt branch create exp/lr v3",
                arguments=_create_arguments, run=_create),
        Command(name="delete", summary="Remove a branch.", example="mvt branch delete exp/lr",
                arguments=_delete_arguments, run=_delete),
        Command(name="rename", summary="Rename a branch.",
                example="mvt branch rename exp/lr exp/schedule",
                arguments=_rename_arguments, run=_rename),
    ),
)  # fmt: skip
