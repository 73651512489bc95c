"""``mvt watch``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser
from jupyter_mvt.errors import UNTOUCHED, UsageError, if_interrupted

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.watching import Watching

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("state", metavar="on|off", nargs="?", choices=("on", "off"),
                        help="tells how it stands if left out")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> Watching:
    if desk.kernel is None:
        msg = "There is no live session here, so there is no training to watch."
        raise UsageError(msg, hint="in a notebook: %mvt watch on", code="nothing-to-watch")
    with if_interrupted(UNTOUCHED):
        from jupyter_mvt.api.watching import state, watch
    if args.state is None:
        return state(desk.kernel)
    return watch(desk.kernel, args.state == "on")


COMMAND = Command(
    name="watch",
    summary="Make a version by itself after each cell that trained a model.",
    example="mvt watch on",
    arguments=_arguments,
    run=_run,
)
