"""The built-in verbs, in the order of help; each is imported when it is first asked for."""

from __future__ import annotations

from jupyter_mvt.commands.command import COMMANDS

__all__ = ["VERBS", "install"]

VERBS = (
    "init", "status", "commit", "log", "show", "diff", "leaderboard", "sql", "branch", "switch",
    "tag", "label", "rollback", "checkout", "undo", "redo", "oplog", "fsck", "help",
)  # fmt: skip


def install() -> None:
    """Register the built-in verbs."""
    for verb in VERBS:
        COMMANDS.register(verb, f"jupyter_mvt.commands.{verb}:COMMAND")
