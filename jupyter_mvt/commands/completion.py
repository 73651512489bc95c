"""``mvt completion``."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.commands.command import Command, Desk, Parser
from jupyter_mvt.commands.words import following
from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import MvtError, UsageError

if TYPE_CHECKING:
    from argparse import Namespace

__all__ = ["COMMAND", "Completion"]

_MOST = 500
_SCRIPTS = {
    "bash": """\
# In ~/.bashrc:  eval "$(mvt completion bash)"
_mvt_complete() {
    local IFS=$'\\n'
    COMPREPLY=($(mvt completion --line "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
}
complete -o default -F _mvt_complete mvt""",
    "zsh": """\
# In ~/.zshrc, behind compinit:  eval "$(mvt completion zsh)"
_mvt_complete() {
    local -a found
    found=(${(f)"$(mvt completion --line "${(j: :)words[1,CURRENT]}" 2>/dev/null)"})
    if (( $#found )); then compadd -a found; else _files; fi
}
compdef _mvt_complete mvt""",
    "fish": """\
# In ~/.config/fish/config.fish:  mvt completion fish | source
complete -c mvt -a '(mvt completion --line (commandline -cp) 2>/dev/null)'""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion(Displayable):
    """A shell's script, or the words that may stand at the end of a line."""

    lines: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the lines as plain builtins."""
        return {"lines": list(self.lines)}

    def text(self) -> str:
        """Return the lines for a shell."""
        return "\n".join(self.lines)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": self.text()}


def _arguments(parser: Parser) -> None:
    parser.add_argument("shell", nargs="?", choices=[*_SCRIPTS], help="whose script to print")
    parser.add_argument("--line", metavar="LINE",
                        help="tell what may end LINE instead; the scripts ask")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> Completion:
    if args.line is not None:
        return Completion(lines=tuple(_fitting(desk, args.line)))
    if args.shell is None:
        msg = "mvt completion needs the name of a shell: bash, zsh or fish."
        raise UsageError(msg, hint="mvt completion bash")
    return Completion(lines=tuple(_SCRIPTS[args.shell].splitlines()))


def _fitting(desk: Desk, line: str) -> list[str]:
    """Return the words that the last word of `line`, which begins with ``mvt``, may become."""
    try:
        words = shlex.split(line)
    except ValueError:  # inside a quote
        return []
    given = "" if line[-1:].isspace() else words.pop() if len(words) > 1 else ""
    found = following(words[1:], lambda what: _names(desk) if what == "revisions" else [])
    return [word for word in dict.fromkeys(found) if word.startswith(given)]


def _names(desk: Desk) -> list[str]:
    try:
        return desk.repo().names()[:_MOST]
    except MvtError:
        return []  # none here, or one that cannot be read: the command itself will tell


COMMAND = Command(
    name="completion",
    summary="Print the script by which a shell completes mvt's words with Tab.",
    example="mvt completion bash",
    arguments=_arguments,
    run=_run,
)
