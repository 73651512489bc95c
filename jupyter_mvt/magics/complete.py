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
from jupyter_mvt.commands.words import following
from jupyter_mvt.errors import MvtError

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleMatcherResult

__all__ = ["matches", "options"]

_LINE = re.compile(r"\s*(?:[^=%'\"#]+=\s*)?%{1,2}mvt\s+(?P<words>.*)\Z", re.DOTALL)
_MOST = 500
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
    return following(before, _at_hand)


def _at_hand(what: str) -> list[str]:
    if what == "revisions":
        return _revisions()
    kernel = attached()
    if kernel is None:
        return []
    names = [name for name in public_names(kernel.namespace)
             if not isinstance(kernel.namespace[name], _PROGRAMS)]  # fmt: skip
    models = [seen.name for seen in models_in(kernel.namespace)] if what == "models" else []
    return list(dict.fromkeys([*models, *names]))[:_MOST]


def _revisions() -> list[str]:
    try:
        return open_(".").names()[:_MOST] if find(Path.cwd()) else []
    except MvtError:
        # A broken repository must not break typing; the command itself will tell.
        return []
