"""``mvt du`` and ``mvt du quota``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser
from jupyter_mvt.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import Moved, Usage

__all__ = ["COMMAND"]

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([kMGT]?)B?\Z", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def _nothing(parser: Parser) -> None:
    """Take no words."""


def _run(desk: Desk, args: Namespace) -> Usage:
    return desk.repo().du()


def _quota_arguments(parser: Parser) -> None:
    parser.add_argument("size", metavar="SIZE", help="such as 20GB, or none")


def _quota(desk: Desk, args: Namespace) -> Moved:
    return desk.repo().configure(quota_bytes=_bytes(args.size))


def _bytes(text: str) -> int | None:
    if text == "none":
        return None
    found = _SIZE.match(text)
    if found is None:
        msg = f"{text[:40]!r} is not a size."
        raise UsageError(msg, hint="mvt du quota 20GB", code="bad-size")
    return int(float(found[1]) * _UNITS[found[2].lower()])


COMMAND = Command(
    name="du",
    summary="Tell what versions and branches take on disk, and what can be freed.",
    example="mvt du",
    default="show",
    verbs=(
        Command(name="show", summary="Tell what is stored, by branch and version.",
                example="mvt du", arguments=_nothing, run=_run),
        Command(name="quota", summary="Limit how large the repository may grow.",
                example="mvt du quota 20GB", arguments=_quota_arguments, run=_quota),
    ),
)  # fmt: skip
