"""``mvt init``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.results import Initialised

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "path", metavar="PATH", nargs="?", default=".", help="folder, this one by default"
    )
    parser.add_argument("--durability", choices=("full", "fast"), default="full",
                        help="fast: a power cut may take the newest versions")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> Initialised:
    made: Initialised = desk.init(args.path, args.durability)
    return made


COMMAND = Command(
    name="init",
    summary="Make a repository in this folder.",
    example="mvt init",
    arguments=_arguments,
    run=_run,
)
