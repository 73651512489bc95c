"""``mvt help``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.commands.command import COMMANDS, Command, Desk, Parser, usage
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace

__all__ = ["COMMAND", "Help"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Help(Displayable):
    """Verbs with their summaries and examples; `usage` when one was asked for."""

    rows: tuple[tuple[str, str, str], ...]
    usage: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the help as plain builtins."""
        return {"rows": [list(row) for row in self.rows], "usage": self.usage}

    def text(self) -> str:
        """Return the help for a terminal."""
        width = max(len(name) for name, _, _ in self.rows)
        lines = [f"{name.ljust(width)}  {summary}" for name, summary, _ in self.rows]
        if self.usage:
            return "\n".join([self.usage, "", *lines, "", f"example: {self.rows[0][2]}"])
        return "\n".join(["Git for ML models: mvt VERB ...", "", *lines, "",
                          "mvt help VERB tells its words."])  # fmt: skip

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": self.text()}


def _arguments(parser: Parser) -> None:
    parser.add_argument("verb", nargs="*", metavar="VERB")


def _run(desk: Desk, args: Namespace) -> Help:
    if not args.verb:
        return Help(rows=tuple((c.name, c.summary, c.example) for c in COMMANDS))
    command = COMMANDS.get(args.verb[0])
    path = command.name
    if command.verbs and len(args.verb) > 1:
        command = _nested(command, args.verb[1])
        path = f"{path} {command.name}"
    if command.verbs:
        rows = tuple((f"{path} {v.name}", v.summary, v.example) for v in command.verbs)
        return Help(rows=rows)
    return Help(rows=((path, command.summary, command.example),), usage=usage(command, path))


def _nested(command: Command, name: str) -> Command:
    for verb in command.verbs:
        if verb.name == name:
            return verb
    msg = f"{command.name} has no verb {name[:40]!r}."
    raise UsageError(msg, hint=f"mvt help {command.name}", code="unknown-command")


COMMAND = Command(
    name="help",
    summary="Tell what there is, and what a verb takes.",
    example="mvt help commit",
    arguments=_arguments,
    run=_run,
)
