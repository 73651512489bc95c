"""``mvt leaderboard``."""

from __future__ import annotations

from argparse import BooleanOptionalAction, Namespace
from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser, whole

if TYPE_CHECKING:
    from jupyter_mvt.metrics.leaderboard import Leaderboard

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("--by", metavar="METRIC", help="the metric most often recorded by default")
    parser.add_argument("--where", help='a filter, such as "recall > 0.8"')
    parser.add_argument("-n", "--limit", type=whole, default=20, help="at most so many")
    parser.add_argument("--ascending", action=BooleanOptionalAction, default=None,
                        help="smallest first, whatever the metric's direction")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> Leaderboard:
    return desk.repo().leaderboard(
        args.by, where=args.where, limit=args.limit, ascending=args.ascending
    )


COMMAND = Command(
    name="leaderboard",
    summary="Rank versions by a metric.",
    example="mvt leaderboard --by accuracy",
    arguments=_arguments,
    run=_run,
)
