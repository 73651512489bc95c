"""``mvt commit`` and ``%%mvt commit``."""

from __future__ import annotations

from argparse import Namespace

from jupyter_mvt.api.results import CommitResult
from jupyter_mvt.commands.command import Command, Desk, Parser

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("models", nargs="*", metavar="MODEL", help="names of models; found if none")
    parser.add_argument("-m", "--message", default="", help="what this version is")
    parser.add_argument("--data", action="append", default=[], metavar="[ROLE=]NAME",
                        help="a dataset, such as train=X_train; may be repeated")  # fmt: skip
    parser.add_argument("--metrics", action="append", default=[], metavar="NAME",
                        help="a dict of metrics, or a number; may be repeated")  # fmt: skip
    parser.add_argument("--params", metavar="NAME", help="a dict of params of the run")
    parser.add_argument("--vars", action="append", default=[], metavar="NAME",
                        help="a variable to keep; may be repeated, or a,b,c")  # fmt: skip
    parser.add_argument("--allow-empty", action="store_true",
                        help="make a version even if nothing changed")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> CommitResult:
    return desk.repo().commit_named(
        args.models, message=args.message, data=args.data, metrics=args.metrics,
        params=args.params, variables=args.vars, allow_empty=args.allow_empty,
    )  # fmt: skip


COMMAND = Command(
    name="commit",
    summary="Keep the model with everything that made it.",
    example='mvt commit -m "tuned lr"',
    arguments=_arguments,
    run=_run,
)
