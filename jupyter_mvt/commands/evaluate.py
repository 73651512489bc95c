"""``mvt evaluate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.capture.lookup import look_up
from jupyter_mvt.commands.command import Command, Desk, Parser
from jupyter_mvt.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.evaluate import EvaluationResult

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.revision("revision")
    parser.add_argument("X", help="name of the rows")
    parser.add_argument("y", help="name of the truth")
    parser.add_argument("--slices", action="append", default=[], metavar="COLUMN",
                        help="a column of X to tell apart; may be repeated, or a,b")  # fmt: skip
    parser.add_argument("--split", default="test", help="what to call the data")
    parser.add_argument("--against", metavar="REVISION",
                        help="time predictions beside this version's")  # fmt: skip
    parser.add_argument("--trust", action="store_true", help="let code of that version run")


def _run(desk: Desk, args: Namespace) -> EvaluationResult:
    if desk.kernel is None:
        msg = "There is no live session here, so there is no data to evaluate on."
        hint = "in a program: repo.evaluate('HEAD', X_test, y_test)"
        raise UsageError(msg, hint=hint, code="no-session")
    names = desk.kernel.namespace
    slices = [name for word in args.slices for name in word.split(",") if name]
    return desk.repo().evaluate(
        args.revision,
        look_up(names, args.X),
        look_up(names, args.y),
        slices=slices or None,
        split=args.split,
        against=args.against,
        trust=args.trust,
    )


COMMAND = Command(
    name="evaluate",
    summary="Measure a version on labelled data, slice by slice.",
    example="mvt evaluate HEAD X_test y_test --slices region",
    arguments=_arguments,
    run=_run,
)
