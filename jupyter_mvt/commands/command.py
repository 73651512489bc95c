"""What a verb is, and how its words are read.

A command belongs to no interface: it gets a `Desk` (which repository, which live session) and
parsed arguments, and answers with a value. Nested verbs (``label move``) are commands within a
command.
"""

from __future__ import annotations

import argparse
import difflib
import math
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from jupyter_mvt.errors import UNTOUCHED, UsageError, if_interrupted
from jupyter_mvt.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyter_mvt.api.kernel import Kernel
    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.store.backend import Durability

__all__ = [
    "COMMANDS",
    "VERBS",
    "Command",
    "Desk",
    "Parser",
    "amount",
    "carry_out",
    "find",
    "parse",
    "usage",
    "whole",
]


_LONGEST = 200
"""Characters of a hint that somebody may still read."""


class Desk(Protocol):
    """Where a command is given: supplied by the magics, the command line or the server."""

    @property
    def kernel(self) -> Kernel | None:
        """The live session, if there is one."""
        ...

    def repo(self) -> Repo:
        """Return the repository at hand; `RepositoryError` when there is none."""
        ...

    def init(self, path: str, durability: Durability = "full") -> Any:
        """Make a repository in folder `path` and tell where it is."""
        ...


def whole(text: str) -> int:
    """Return the whole number from 1 that a word is."""
    if not text.isdecimal() or not int(text[:18]):
        msg = f"{text[:40]!r} is not a whole number from 1"
        raise argparse.ArgumentTypeError(msg)
    return int(text[:18])


def amount(text: str) -> float:
    """Return the finite number from 0 that a word is."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        msg = f"{text[:40]!r} is not a number from 0"
        raise argparse.ArgumentTypeError(msg)
    return value


class Parser(argparse.ArgumentParser):
    """argparse without printing and exiting: bad words are a `UsageError`."""

    def __init__(self, verb: str) -> None:
        super().__init__(prog=f"mvt {verb}", add_help=False, allow_abbrev=False)
        self._verb = verb

    def error(self, message: str) -> NoReturn:
        """Raise the words that argparse would print."""
        text = message[:1].upper() + (message[1:] if len(message) < 300 else message[1:299] + "…")
        msg = f"{self.prog}: {text}{self._meant(message) or '.'}"
        raise UsageError(msg, hint=f"mvt help {self._verb}")

    def _meant(self, message: str) -> str:
        """Return which option a word that is none may stand for, as the end of a sentence."""
        head, _, words = message.partition(": ")
        wrong = next((word for word in words.split() if word.startswith("--")), "")
        known = [name for name in self._option_string_actions if name.startswith("--")]
        near = difflib.get_close_matches(wrong.partition("=")[0], known, 1)
        return f"; did you mean {near[0]}?" if near and head == "unrecognized arguments" else ""

    def name(self, what: str) -> None:
        """Add a positional argument that names a branch, tag or label, which `what` is."""
        self.add_argument("name", metavar="NAME", help=f"of the {what}")

    def revision(self, name: str, default: str | None = None, help: str = "a version") -> None:
        """Add a positional argument that names a version; completed as such."""
        optional: dict[str, Any] = {} if default is None else {"nargs": "?", "default": default}
        self.add_argument(name, metavar=name.upper(), help=help, **optional)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One verb.

    Attributes
    ----------
    name
        The word.
    summary
        One line, imperative, for help.
    arguments
        Declares the words on a parser.
    run
        Does it: desk and arguments in, a value out.
    verbs
        Nested verbs; then `default` is the one meant when none is named.
    example
        A line that can be pasted.
    """

    name: str
    summary: str
    example: str
    arguments: Callable[[Parser], None] = lambda parser: None
    run: Callable[[Desk, argparse.Namespace], Any] | None = None
    verbs: tuple[Command, ...] = ()
    default: str = ""


VERBS = (
    "init", "status", "commit", "watch", "log", "show", "curves", "diff", "evaluate", "cost",
    "leaderboard", "sql", "branch", "switch", "tag", "label", "note", "rollback", "checkout",
    "stash", "undo", "redo", "oplog", "gc", "du", "fsck", "index", "trust", "reproduce",
    "completion", "help",
)  # fmt: skip
"""The built-in verbs, in the order of help."""

COMMANDS: Registry[Command] = Registry("command", "jupyter_mvt.commands")
for _verb in VERBS:
    COMMANDS.register(_verb, f"jupyter_mvt.commands.{_verb}:COMMAND")


def parse(words: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    """Return the command that `words` name, and its parsed arguments.

    Raises
    ------
    UsageError
        No such verb, or words that it does not take (code ``usage``).
    """
    words = _asking(words) or ["status"]
    command = _find(words[0], *words[1:])
    words = words[1:]
    path = command.name
    if command.verbs:
        nested = {verb.name: verb for verb in command.verbs}
        if words and words[0] not in nested and not words[0].startswith("-"):
            raise _no_verb(command, *words)
        wanted = words.pop(0) if words and words[0] in nested else command.default
        command = nested[wanted]
        path = f"{path} {wanted}"
    parser = Parser(path)
    command.arguments(parser)
    return command, parser.parse_args(words)


class _Opening:
    """A desk, and the repositories that it gave."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.kernel = desk.kernel
        self.opened: list[Repo] = []

    def repo(self) -> Repo:
        self.opened.append(self._desk.repo())
        return self.opened[-1]

    def init(self, path: str, durability: Durability = "full") -> Any:
        return self._desk.init(path, durability)


def carry_out(command: Command, desk: Desk, args: argparse.Namespace) -> Any:
    """Run a command; an interrupt says what was changed by then.

    Raises
    ------
    UsageError
        It is one that needs a nested verb (code ``usage``).
    """
    if command.run is None:
        msg = f"mvt {command.name} needs a verb."
        raise UsageError(msg, hint=f"mvt help {command.name}")
    with if_interrupted(UNTOUCHED):
        from jupyter_mvt.api.interrupts import accounted

    opening = _Opening(desk)
    with accounted(opening.opened):
        return command.run(opening, args)


def _asking(words: Sequence[str]) -> list[str]:
    """Return `words`, or ``help VERB`` for a line that asks what its verb takes."""
    if "--help" not in words and list(words[:1]) != ["-h"]:
        return list(words)
    return ["help", *(word for word in words if not word.startswith("-") and word != "help")]


def find(*words: str) -> tuple[Command, str]:
    """Return the command that a verb, or a verb and its nested verb, name, and its full name.

    Raises
    ------
    UsageError
        No such verb (code ``unknown-command``).
    """
    command = _find(words[0])
    if not command.verbs or len(words) == 1:
        return command, command.name
    for verb in command.verbs:
        if verb.name == words[1]:
            return verb, f"{command.name} {verb.name}"
    raise _no_verb(command, words[1])


def _no_verb(command: Command, word: str, *rest: str) -> UsageError:
    names = [verb.name for verb in command.verbs]
    near = difflib.get_close_matches(word, names, 1)
    msg = f"mvt {command.name} has no verb {word[:40]!r}; it has {', '.join(names)}."
    _, _, meant, *given = [*command.example.split(), ""]
    if near:
        hint = _line(command.name, near[0], *rest)
    elif given[:1] not in ([], [""]) and not given[0].startswith("-"):
        hint = _line(command.name, meant, word, *rest)  # such as a name to be created
    else:
        hint = f"mvt help {command.name}"
    return UsageError(msg, hint=hint, code="unknown-command")


def _find(name: str, *rest: str) -> Command:
    if name in COMMANDS:
        return COMMANDS.get(name)
    near = difflib.get_close_matches(name, COMMANDS.names(), 1)
    msg = f"There is no command {name[:40]!r}" + (f"; did you mean {near[0]}?" if near else ".")
    hint = _line(near[0], *rest) if near else "mvt help"
    raise UsageError(msg, hint=hint, code="unknown-command")


def _line(*words: str) -> str:
    """Return what was meant, with everything that was typed behind it, to be pasted."""
    line = f"mvt {shlex.join(words)}"
    return line if len(line) <= _LONGEST else f"mvt {shlex.join(words[:1])}"


def usage(command: Command, path: str) -> str:
    """Return the usage lines of a command, wrapped for a terminal."""
    parser = Parser(path)
    command.arguments(parser)
    return parser.format_help().strip()
