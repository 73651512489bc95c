"""``mvt gc`` and ``mvt gc policy``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.commands.command import Command, Desk, Parser, amount, whole

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.history.results import GcReport, Moved
    from jupyter_mvt.objects.settings import Settings

__all__ = ["COMMAND"]


def _run_arguments(parser: Parser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only tell what would be freed")
    parser.add_argument("--drop", action="append", default=[], metavar="VERSION",
                        help="make this version thin, or v3..v9; may be repeated")  # fmt: skip
    parser.add_argument("--grace", type=amount, metavar="DAYS",
                        help="how long it can be undone; 0 deletes at once")  # fmt: skip
    parser.add_argument("--pack", choices=("old", "all", "none"), default="old",
                        help="what to store more tightly; all: also what loads often")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> GcReport:
    return desk.repo().gc(
        dry_run=args.dry_run, drop=args.drop, grace_days=args.grace, pack=args.pack
    )


def _policy_arguments(parser: Parser) -> None:
    parser.add_argument("--last", type=whole, metavar="N", help="keep the last N of each branch")
    parser.add_argument("--all", action="store_true", help="keep all that a branch reaches")
    parser.add_argument("--best", type=whole, metavar="N", help="keep the best N by a metric")
    parser.add_argument("--by", metavar="METRIC", help="the metric, such as test/accuracy")
    parser.add_argument("--younger", type=amount, metavar="DAYS", help="keep what is younger")
    parser.add_argument("--grace", type=amount, metavar="DAYS", help="how long gc can be undone")
    parser.add_argument("--idle", choices=("on", "off"),
                        help="whether an idle notebook packs old versions")  # fmt: skip
    parser.add_argument("--outputs", choices=("on", "off"),
                        help="whether versions keep figures and tables of cells")  # fmt: skip


def _switched(word: str | None) -> bool | None:
    return None if word is None else word == "on"


def _policy(desk: Desk, args: Namespace) -> Moved | Settings:
    given = {"keep_last": args.last, "keep_best": args.best, "keep_by": args.by,
             "keep_days": args.younger, "grace_days": args.grace,
             "pack_when_idle": _switched(args.idle),
             "keep_outputs": _switched(args.outputs)}  # fmt: skip
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if args.all:
        changes["keep_last"] = None
    repo = desk.repo()
    return repo.configure(**changes) if changes else repo.settings


COMMAND = Command(
    name="gc",
    summary="Free what no version needs, and store old versions more tightly.",
    example="mvt gc --dry-run",
    default="run",
    verbs=(
        Command(name="run", summary="Free space; undo brings it back within the grace period.",
                example="mvt gc --dry-run", arguments=_run_arguments, run=_run),
        Command(name="policy", summary="Tell or set which versions are kept whole.",
                example="mvt gc policy --last 10 --best 3 --by accuracy",
                arguments=_policy_arguments, run=_policy),
    ),
)  # fmt: skip
