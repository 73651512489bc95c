"""``mvt index {show,rebuild}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.metrics.rebuild import IndexStats

__all__ = ["COMMAND"]


def _show(desk: Desk, args: Namespace) -> IndexStats:
    return desk.repo().index()


def _rebuild(desk: Desk, args: Namespace) -> IndexStats:
    return desk.repo().index(rebuild=True)


COMMAND = Command(
    name="index",
    summary="Tell what the metric store holds, or make it anew from the log.",
    example="mvt index rebuild",
    default="show",
    verbs=(
        Command(name="show", summary="Tell what it holds.", example="mvt index", run=_show),
        Command(name="rebuild", summary="Make it anew from the log.", example="mvt index rebuild",
                run=_rebuild),
    ),
)  # fmt: skip
