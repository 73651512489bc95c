"""``mvt help``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.commands.command import COMMANDS, Command, Desk, Parser, find, usage
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import as_typed

if TYPE_CHECKING:
    from argparse import Namespace

__all__ = ["COMMAND", "Help"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Help(Displayable):
    """Verbs with their summaries and examples; `usage` when one was asked for.

    Attributes
    ----------
    verb
        Whose nested verbs the rows are; empty for all.
    summary
        What that verb is for.
    """

    rows: tuple[tuple[str, str, str], ...]
    usage: str = ""
    verb: str = ""
    summary: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the help as plain builtins."""
        rows = [list(row) for row in self.rows]
        return {"rows": rows, "usage": self.usage, "verb": self.verb,
                "summary": self.summary}  # fmt: skip

    def text(self) -> str:
        """Return the help for a terminal."""
        return self._text("mvt")

    def _text(self, command: str) -> str:
        if self.usage:
            _, summary, example = self.rows[0]
            usage, shown = as_typed(self.usage, command), as_typed(example, command)
            if command == "mvt":
                shown = shown.rpartition("= ")[2]  # a shell keeps no values
            return f"{summary}\n\n{usage}\n\nexample: {shown}"
        width = max(len(name) for name, _, _ in self.rows)
        lines = [f"{name.ljust(width)}  {summary}" for name, summary, _ in self.rows]
        path = f"{self.verb} VERB" if self.verb else "VERB"
        head = self.summary or f"Git for ML models: {command} VERB …"
        said = f"{command} help {path} tells its words."
        if command == "mvt" and not self.verb:
            said += " With --json a verb answers programs; mvt --version tells the version."
        return "\n".join([head, "", *lines, "", said])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": self._text("%mvt")}


def _arguments(parser: Parser) -> None:
    parser.add_argument("verb", nargs="*", metavar="VERB")


def _run(desk: Desk, args: Namespace) -> Help:
    if not args.verb:
        return Help(rows=tuple((c.name, c.summary, c.example) for c in COMMANDS))
    command, path = find(*args.verb[:2])
    if command.verbs:
        rows = tuple((f"{path} {v.name}", v.summary, v.example) for v in command.verbs)
        return Help(rows=rows, verb=path, summary=command.summary)
    return Help(rows=((path, command.summary, command.example),), usage=usage(command, path))


COMMAND = Command(
    name="help",
    summary="Tell what there is, and what a verb takes.",
    example="mvt help commit",
    arguments=_arguments,
    run=_run,
)
