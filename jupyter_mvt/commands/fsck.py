"""``mvt fsck``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser
from jupyter_mvt.errors import CorruptionError, UsageError

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import RepairReport
    from jupyter_mvt.store.faults import FsckReport

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("--subset", default="1", metavar="SHARE",
                        help="read only so much of the stored objects, such as 10%%")  # fmt: skip
    parser.add_argument("--repair", action="store_true",
                        help="put good copies in the place of damaged ones")  # fmt: skip
    parser.add_argument("--from", dest="source", metavar="FOLDER",
                        help="another repository to take good copies from")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> FsckReport | RepairReport:
    if args.repair:
        return _repaired(desk, args.source)
    if args.source is not None:
        msg = "Copies are taken from another repository only to repair."
        raise UsageError(msg, hint="mvt fsck --repair --from FOLDER")
    return desk.repo().fsck(subset=_share(args.subset))


def _repaired(desk: Desk, source: str | None) -> RepairReport:
    """Repair a repository, first the file without which it cannot even be opened."""
    try:
        return desk.repo().repair(source)
    except CorruptionError as error:
        if error.code != "corrupt-format":
            raise
    from jupyter_mvt.api.discover import mend

    mend(".", source)
    report = desk.repo().repair(source)
    return replace(report, files=("format", *report.files))


def _share(text: str) -> float:
    number = text.removesuffix("%")
    try:
        share = float(number) / (100 if number != text else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        msg = f"{text[:40]!r} is not a share of a whole."
        raise UsageError(msg, code="bad-share", hint="mvt fsck --subset 10%")
    return share


COMMAND = Command(
    name="fsck",
    summary="Read and verify every byte of the repository; repair what is damaged.",
    example="mvt fsck",
    arguments=_arguments,
    run=_run,
)
