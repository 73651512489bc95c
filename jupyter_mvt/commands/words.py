"""Which words may follow others: verbs, nested verbs, options, and what stands for a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import COMMANDS, Command, Parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

__all__ = ["following"]

_REVISIONS = {"REVISION", "BASE", "OTHER", "START", "NAME", "BRANCH", "LABEL", "VERSION"}
_VARIABLES = {"models", "data", "metrics", "params", "vars", "evaluate", "X", "y"}
"""Words that stand for something of the notebook."""


def following(before: Sequence[str], ask: Callable[[str], list[str]]) -> list[str]:
    """Return the words that may follow `before`, options among them.

    Parameters
    ----------
    before
        What stands behind ``mvt``, whole words.
    ask
        Gives what there is at hand: of ``"revisions"``, or for the name of an argument that
        stands for something of the notebook (``"models"``, ``"data"``, …).
    """
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
            return [*nested, *(_of_command(default, ask) if default else ())]
        chosen = nested.get(rest[0], default)
        if chosen is None:
            return []
        command = chosen
    return _of_command(command, ask, rest[-1:])


def _of_command(
    command: Command, ask: Callable[[str], list[str]], last: Sequence[str] = ()
) -> list[str]:
    """Return options and values of a command; behind an option that takes a value, only those."""
    parser = Parser(command.name)
    command.arguments(parser)
    for action in parser._actions:
        wanted = _values(action, ask) if {*last} & {*action.option_strings} else []
        if wanted and action.nargs != 0:
            return wanted
    found: list[str] = []
    for action in parser._actions:
        found += action.option_strings
        found += _values(action, ask)
    return found


def _values(action: argparse.Action, ask: Callable[[str], list[str]]) -> list[str]:
    if action.dest in _VARIABLES:
        return ask(action.dest)
    if action.metavar in _REVISIONS:
        return ask("revisions")
    return [str(choice) for choice in action.choices or ()]
