"""``mvt stash``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser, whole
from jupyter_mvt.errors import UNTOUCHED, if_interrupted

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.stash import Popped, StashList

__all__ = ["COMMAND"]


def _list(desk: Desk, args: Namespace) -> StashList:
    with if_interrupted(UNTOUCHED):
        from jupyter_mvt.api.stash import stashes
    return stashes(desk.kernel)


def _pop_arguments(parser: Parser) -> None:
    parser.add_argument("number", metavar="NUMBER", nargs="?", type=whole,
                        help="which stash; the newest by default")  # fmt: skip


def _pop(desk: Desk, args: Namespace) -> Popped:
    with if_interrupted(UNTOUCHED):
        from jupyter_mvt.api.stash import pop
    return pop(desk.kernel, args.number)


COMMAND = Command(
    name="stash",
    summary="Tell what checkouts have replaced in this session, and take it back.",
    example="mvt stash pop",
    verbs=(
        Command(name="list", summary="Tell the stashes.", example="mvt stash", run=_list),
        Command(
            name="pop",
            summary="Give the values their names back.",
            example="mvt stash pop",
            arguments=_pop_arguments,
            run=_pop,
        ),
    ),
    default="list",
)
