"""``mvt show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.results import VersionDetails

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.revision("revision", "HEAD")


def _run(desk: Desk, args: Namespace) -> VersionDetails:
    return desk.repo()[args.revision].details


COMMAND = Command(
    name="show",
    summary="Show everything about one version.",
    example="mvt show v3",
    arguments=_arguments,
    run=_run,
)
