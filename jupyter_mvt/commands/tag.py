"""``mvt tag {list,create,delete}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import Moved, RefList

__all__ = ["COMMAND"]


def _create_arguments(parser: Parser) -> None:
    parser.name("tag")
    parser.revision("revision", "HEAD")


def _delete_arguments(parser: Parser) -> None:
    parser.name("tag")


def _list(desk: Desk, args: Namespace) -> RefList:
    return desk.repo().tags.list()


def _create(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().tags.create(args.name, args.revision)


def _delete(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().tags.delete(args.name)


COMMAND = Command(
    name="tag",
    summary="List, create or delete tags, which never move.",
    example="mvt tag create 1.2.0",
    default="list",
    verbs=(
        Command(name="list", summary="List tags.", example="mvt tag list", run=_list),
        Command(name="create", summary="Name a version for ever.",
                example="mvt tag create 1.2.0 v3", arguments=_create_arguments, run=_create),
        Command(name="delete", summary="Remove a tag.", example="mvt tag delete 1.2.0",
                arguments=_delete_arguments, run=_delete),
    ),
)  # fmt: skip
