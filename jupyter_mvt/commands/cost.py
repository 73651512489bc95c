"""``mvt cost`` and ``mvt cost set``."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.cost import cost
from jupyter_mvt.commands.command import Command, Desk, Parser, amount
from jupyter_mvt.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.cost import CostModel

__all__ = ["COMMAND"]

_SET = "mvt cost set --hour 1.20 --requests 1000000"


def _nothing(parser: Parser) -> None:
    """Take no words."""


def _show(desk: Desk, args: Namespace) -> CostModel:
    return cost(desk.repo())


def _set_arguments(parser: Parser) -> None:
    parser.add_argument("--hour", metavar="DOLLARS", help="what a machine costs an hour, or none")
    parser.add_argument("--request", metavar="DOLLARS", help="what a request costs, or none")
    parser.add_argument("--requests", metavar="N", help="how many requests a day")
    parser.add_argument("--concurrency", metavar="N",
                        help="how many requests a machine answers at once")  # fmt: skip


def _set(desk: Desk, args: Namespace) -> CostModel:
    given = {"cost_per_hour": args.hour, "cost_per_request": args.request,
             "requests_per_day": args.requests, "concurrency": args.concurrency}  # fmt: skip
    changes: dict[str, Any] = {
        name: _number(name, text) for name, text in given.items() if text is not None
    }
    if not changes:
        msg = "There is nothing to set."
        raise UsageError(msg, hint=_SET)
    repo = desk.repo()
    repo.configure(**changes)
    return cost(repo)


def _number(name: str, text: str) -> float | None:
    if text == "none" and name.startswith("cost_"):
        return None
    try:
        return amount(text)
    except ArgumentTypeError as error:
        msg = f"{error}."
        raise UsageError(msg, hint=_SET, code="bad-settings") from None


COMMAND = Command(
    name="cost",
    summary="Tell or set what answering costs, from which evaluations compute a price a day.",
    example=_SET,
    default="show",
    verbs=(
        Command(name="show", summary="Tell the prices, and what HEAD costs a day.",
                example="mvt cost", arguments=_nothing, run=_show),
        Command(name="set", summary="Set prices, requests a day and concurrency.",
                example=_SET, arguments=_set_arguments, run=_set),
    ),
)  # fmt: skip
