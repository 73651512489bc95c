"""``mvt trust``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser
from jupyter_mvt.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.trust import TrustList, TrustMoved

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("revision", metavar="REVISION", nargs="?",
                        help="a version whose code may run when it is restored")  # fmt: skip
    parser.add_argument("--list", action="store_true", help="tell what is trusted")
    parser.add_argument("--revoke", metavar="REVISION", help="trust a version no longer")


def _run(desk: Desk, args: Namespace) -> TrustList | TrustMoved:
    wishes = [args.revision is not None, args.list, args.revoke is not None]
    if sum(wishes) > 1:
        msg = "One thing at a time: trust a version, revoke one, or list."
        raise UsageError(msg, hint="mvt help trust")
    trust = desk.repo().trust
    if args.revoke is not None:
        return trust.remove(args.revoke)
    return trust.list() if args.revision is None else trust.add(args.revision)


COMMAND = Command(
    name="trust",
    summary="Let code of a version run when it is restored; tell what is trusted.",
    example="mvt trust v3",
    arguments=_arguments,
    run=_run,
)
