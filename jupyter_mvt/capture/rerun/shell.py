"""What notebooks take for granted of IPython besides Python: its shell, and shell commands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Callable
from typing import Any

from jupyter_mvt.capture.rerun.guarding import detach
from jupyter_mvt.capture.slices.lines import plain_lines

__all__ = ["Captured", "Commands", "Lines", "Shell"]


_PARTS = re.compile(r"[;\n]|&&?|\|\|?")
_OUTSIDE = re.compile(r"(?<![\w.:/])/|(?<![\w./])~|(?:^|\s)-[A-Za-z]/")
_DEVICE = re.compile(r"/dev/(?:null|stdin|stdout|stderr)\b")
_EVALUATED = re.compile(r"\$\(|`|\$\{?(?:HOME|OLDPWD|TMPDIR)\b|\b(?:eval|sudo|cd\s*(?:-|$|[;&|]))")
_READERS = frozenset({"cat", "cut", "echo", "file", "grep", "head", "ls", "md5sum", "sha256sum",
                      "stat", "tail", "wc", "zcat"})  # fmt: skip


class Lines(list[str]):
    """What a command printed, as IPython gives it: a list of lines, or the whole text."""

    @property
    def n(self) -> str:
        """The lines, with line breaks."""
        return "\n".join(self)

    nlstr = n

    @property
    def s(self) -> str:
        """The lines, with blanks."""
        return " ".join(self)

    spstr = s
    l = list = property(lambda self: [*self])  # noqa: E741


class Commands:
    """Runs commands of the shell, in a mirror of the user's folder only.

    Attributes
    ----------
    skipped
        Commands that were not run: they might write outside of the mirror, or to files that are
        too large to be copied.
    """

    def __init__(self, home: str, skipped: dict[str, None]) -> None:
        self._home = home and os.path.realpath(home)
        self.skipped = skipped

    def __call__(self, command: str) -> Lines:
        """Run a command in the working folder, and return what it printed."""
        here = os.path.realpath(os.getcwd())
        inside = bool(self._home) and (here + os.sep).startswith(self._home + os.sep)
        if not inside or _leaves(command) or not detach(here):
            self.skipped.setdefault(f"!{command.strip()}")
            return Lines()
        done = subprocess.run(
            command, shell=True, check=False, stdin=subprocess.DEVNULL, text=True,
            errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return Lines(done.stdout.splitlines())


def _leaves(command: str) -> bool:
    """Tell whether a command may write outside of the working folder, by what it names.

    Files from elsewhere may be read by programs that only read what they are given.
    """
    if ".." in command or _EVALUATED.search(command):
        return True
    return any(_names_outside(part) for part in _PARTS.split(command))


def _names_outside(part: str) -> bool:
    outside = [found for found in _OUTSIDE.finditer(part) if not _DEVICE.match(part, found.start())]
    if not outside:
        return False
    try:
        program, *words = shlex.split(part)
    except ValueError:
        return True
    if program == "cp":
        # The last word is where to; "-t" says so elsewhere.
        *words, to = words or [""]
        return bool(_OUTSIDE.search(to)) or any(word.startswith(("-t", "--t")) for word in words)
    if program == "unzip":
        at = next((i for i, word in enumerate(words) if word.startswith("-d")), len(words))
        return any(_OUTSIDE.search(word) for word in words[at:])
    return program not in _READERS or ">" in part[: outside[-1].start()]


class Captured:
    """Stands for what ``%%capture`` binds: nothing is printed here."""

    stdout = stderr = ""
    outputs: tuple[object, ...] = ()

    def __call__(self) -> None:
        """Show it."""

    show = __call__

    def __str__(self) -> str:
        return ""


class Shell:
    """Stands in for the shell: what reaches the models is done, any other method does nothing."""

    def __init__(
        self, namespace: dict[str, Any], commands: Commands, run: Callable[[str], None]
    ) -> None:
        self._run = run
        self._commands = commands
        self.user_ns = self.user_global_ns = namespace

    def push(self, variables: dict[str, Any], interactive: bool = True) -> None:
        """Give names values."""
        del interactive
        self.user_ns.update(variables)

    def ex(self, source: str) -> None:
        """Run Python."""
        self._run(source)

    def run_cell(self, source: str, **options: object) -> None:
        """Run Python."""
        del options
        self._run(source)

    def run_line_magic(self, name: str, line: str = "", *depth: int) -> None:
        """Do what a magic means for the models."""
        del depth
        self._run("\n".join(plain_lines(f"%{name} {line}")))

    def magic(self, text: str) -> None:
        """Do what a magic means for the models."""
        self._run("\n".join(plain_lines(f"%{text}")))

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> Lines:
        """Run a command and return its lines."""
        del split, depth
        return self._commands(command)

    def system(self, command: str) -> None:
        """Run a command."""
        self._commands(command)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return _nothing


def _nothing(*values: object, **options: object) -> None:
    """Do nothing."""
