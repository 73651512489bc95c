"""``mvt sql`` and ``%%mvt sql``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.metrics.result import SqlResult

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("statement", nargs="+", metavar="SQL", help="one query, in quotes")


def _run(desk: Desk, args: Namespace) -> SqlResult:
    return desk.repo().sql(" ".join(args.statement))


COMMAND = Command(
    name="sql",
    summary="Query the metric store: commits, summary, metrics, params, datasets.",
    example='mvt sql "select name, value from metrics"',
    arguments=_arguments,
    run=_run,
)
