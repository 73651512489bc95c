"""Completion of verbs, nested verbs, options, revisions and names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.discover import find, open_
from jupyter_mvt.api.kernel import attached
from jupyter_mvt.commands.command import COMMANDS, Command, Parser
from jupyter_mvt.errors import MvtError

if TYPE_CHECKING:
    import argparse

__all__ = ["complete", "options"]

_MOST = 500
_REVISIONS = {"REVISION", "BASE", "OTHER", "START", "NAME", "BRANCH", "LABEL", "VERSION"}
_VARIABLES = {"models", "data", "metrics", "params", "vars", "evaluate", "X", "y"}
"""Words that stand for something of the notebook."""


def complete(shell: Any, event: Any) -> list[str]:
    """Return the words that may stand at the cursor; IPython keeps those that fit."""
    line: str = event.line
    text = line[line.rindex("mvt") + 3 :]
    before = text.split()
    if text and not text[-1].isspace() and before:
        before.pop()
    return options(before)


def options(before: list[str]) -> list[str]:
    """Return the words that may follow `before`."""
    if not before:
        return list(COMMANDS.names())
    if before[0] not in COMMANDS:
        return []
    command = COMMANDS.get(before[0])
    rest = before[1:]
    if command.name == "help":
        return list(COMMANDS.names())
    if command.verbs:
        nested = {verb.name: verb for verb in command.verbs}
        default = nested.get(command.default)
        if not rest:
            return [*nested, *(_of_command(default) if default else ())]
        chosen = nested.get(rest[0], default)
        if chosen is None:
            return []
        command = chosen
    return _of_command(command)


def _of_command(command: Command) -> list[str]:
    parser = Parser(command.name)
    command.arguments(parser)
    found: list[str] = []
    for action in parser._actions:
        found += action.option_strings
        found += _values(action)
    return found


def _values(action: argparse.Action) -> list[str]:
    if action.dest in _VARIABLES:
        kernel = attached()
        names = [] if kernel is None else list(kernel.namespace)
        return [name for name in names if not name.startswith("_")][:_MOST]
    if action.metavar in _REVISIONS:
        return _revisions()
    return [str(choice) for choice in action.choices or ()]


def _revisions() -> list[str]:
    try:
        return open_(".").names()[:_MOST] if find(Path.cwd()) else []
    except MvtError:
        # A broken repository must not break typing; the command itself will tell.
        return []
