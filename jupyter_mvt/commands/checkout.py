"""``mvt checkout``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.checkout import Checkout

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.revision("revision", "HEAD")
    parser.add_argument("--trust", action="store_true", help="let code of that version run")


def _run(desk: Desk, args: Namespace) -> Checkout:
    return desk.repo().checkout(args.revision, trust=args.trust)


COMMAND = Command(
    name="checkout",
    summary="Restore the models and variables of a version, beside your own.",
    example="old = %mvt checkout v3",
    arguments=_arguments,
    run=_run,
)
