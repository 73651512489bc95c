"""Completion of verbs, nested verbs, options, revisions and names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING

from IPython.core.completer import SimpleCompletion

from jupyter_mvt.api.discover import find, open_
from jupyter_mvt.api.kernel import attached
from jupyter_mvt.capture.watch import models_in, public_names
from jupyter_mvt.commands.command import COMMANDS, Command, Parser
from jupyter_mvt.errors import MvtError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from IPython.core.completer import CompletionContext, SimpleMatcherResult

__all__ = ["matches", "options"]

_LINE = re.compile(r"\s*(?:[^=%'\"#]+=\s*)?%{1,2}mvt\s+(?P<words>.*)\Z", re.DOTALL)
_MOST = 500
_REVISIONS = {"REVISION", "BASE", "OTHER", "START", "NAME", "BRANCH", "LABEL", "VERSION"}
_VARIABLES = {"models", "data", "metrics", "params", "vars", "evaluate", "X", "y"}
"""Words that stand for something of the notebook."""
_PROGRAMS = (type, ModuleType, FunctionType, BuiltinFunctionType)


def matches(context: CompletionContext) -> SimpleMatcherResult:
    """Return what may stand at the cursor of a ``%mvt`` line, and only that; else nothing.

    IPython's own words for the line, Python's keywords among them, are left out: it splits a line
    at ``-`` and ``=``, and knows nothing of options.
    """
    line = _LINE.match(context.text_until_cursor)
    before = None if line is None else _words(line["words"])
    if before is None:
        return {"completions": []}
    word = before.pop()
    # train=X_train, and several names after commas
    start = max(word.rfind("="), word.rfind(",")) + 1
    given = word[start:]
    found = [name for name in dict.fromkeys(options(before))
             if name.startswith(given) and not (start and name[:1] == "-")]  # fmt: skip
    return {
        "completions": [SimpleCompletion(name) for name in found],
        "matched_fragment": given,
        "ordered": True,
        "suppress": True,
    }


def _words(text: str) -> list[str] | None:
    """Return the words before the cursor, the last as far as it is typed; ``None`` in a quote."""
    try:
        before = shlex.split(text)
    except ValueError:
        return None
    return before if before and not text[-1:].isspace() else [*before, ""]


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
    return _of_command(command, rest[-1:])


def _of_command(command: Command, last: Sequence[str] = ()) -> list[str]:
    """Return options and values of a command; behind an option that takes a value, only those."""
    parser = Parser(command.name)
    command.arguments(parser)
    for action in parser._actions:
        wanted = _values(action) if {*last} & {*action.option_strings} else []
        if wanted and action.nargs != 0:
            return wanted
    found: list[str] = []
    for action in parser._actions:
        found += action.option_strings
        found += _values(action)
    return found


def _values(action: argparse.Action) -> list[str]:
    if action.dest in _VARIABLES:
        kernel = attached()
        if kernel is None:
            return []
        names = [name for name in public_names(kernel.namespace)
                 if not isinstance(kernel.namespace[name], _PROGRAMS)]  # fmt: skip
        models = [seen.name for seen in models_in(kernel.namespace)]
        return list(dict.fromkeys([*(models if action.dest == "models" else ()), *names]))[:_MOST]
    if action.metavar in _REVISIONS:
        return _revisions()
    return [str(choice) for choice in action.choices or ()]


def _revisions() -> list[str]:
    try:
        return open_(".").names()[:_MOST] if find(Path.cwd()) else []
    except MvtError:
        # A broken repository must not break typing; the command itself will tell.
        return []
