"""What notebooks take for granted of IPython besides Python: its shell, and shell commands."""

from __future__ import annotations

import importlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from typing import Any

from jupyter_mvt.capture.rerun.guarding import detach
from jupyter_mvt.capture.slices.lines import plain_lines

__all__ = ["Captured", "Captures", "Commands", "Lines", "Output", "Reloads", "Shell"]


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


class Output:
    """What was shown of a value.

    Attributes
    ----------
    data
        Kind → text.
    """

    def __init__(self, value: object) -> None:
        self.data = {"text/plain": repr(value)}
        self.metadata: dict[str, object] = {}


class Captured:
    """What ``%%capture`` binds: the texts of the cell, as it goes on.

    Attributes
    ----------
    outputs
        What was shown.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._left = frozenset(words)
        self._texts = io.StringIO(), io.StringIO()
        self.outputs: list[Output] = []

    @property
    def stdout(self) -> str:
        """What was printed."""
        return self._texts[0].getvalue()

    @property
    def stderr(self) -> str:
        """What was printed to the other stream."""
        return self._texts[1].getvalue()

    def begin(self) -> ExitStack:
        """Take what is printed from here on, until that is closed."""
        stack = ExitStack()
        if "--no-stdout" not in self._left:
            stack.enter_context(redirect_stdout(self._texts[0]))
        if "--no-stderr" not in self._left:
            stack.enter_context(redirect_stderr(self._texts[1]))
        return stack

    def shown(self, value: object) -> None:
        """Take a value that is shown."""
        if "--no-display" not in self._left:
            self.outputs.append(Output(value))

    def __call__(self) -> None:
        """Print it again."""
        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)

    show = __call__

    def __str__(self) -> str:
        return self.stdout


class Captures:
    """The one of a cell that runs, if it has any."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._now: Captured | None = None

    def __call__(self, *words: str) -> Captured:
        """Begin one."""
        self._now = Captured(words)
        self._stack = self._now.begin()
        return self._now

    def show(self, *values: object, **options: object) -> None:
        """Stand in for IPython's ``display``."""
        del options
        if self._now is not None:
            for value in values:
                self._now.shown(value)

    def end(self) -> None:
        """End that of a cell, with the cell."""
        self._stack.close()
        self._now = None


class Reloads:
    """Runs modules again whose files were rewritten, as ``%autoreload`` does."""

    def __init__(self) -> None:
        self._reloader: Any = None

    def __call__(self, words: str) -> None:
        """Begin that, end it, or do it once."""
        if self._reloader is None:
            found = importlib.import_module("IPython.extensions.autoreload")
            self._reloader = found.ModuleReloader()
        word = words.split()[0].lower() if words.split() else "now"
        if word == "now":
            self._reloader.check(True)
            return
        self._reloader.check_all = word not in ("1", "explicit")
        self._reloader.enabled = word not in ("0", "off")

    def mark(self, name: str) -> None:
        """Have a module run again that was named by ``%aimport``."""
        if self._reloader is not None:
            self._reloader.mark_module_reloadable(name)

    def check(self) -> None:
        """Run modules again whose files are newer, before a cell."""
        if self._reloader is not None and self._reloader.enabled:
            self._reloader.check()

    def learn(self) -> None:
        """Note the files of modules that a cell has imported."""
        if self._reloader is not None:
            for module in list(sys.modules.values()):
                name, time = self._reloader.filename_and_mtime(module)
                if name is not None:
                    self._reloader.modules_mtimes.setdefault(module.__name__, time)


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
