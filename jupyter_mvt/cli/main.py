"""Words in, text or JSON out, an exit status."""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mvt._version import __version__
from jupyter_mvt.api import places
from jupyter_mvt.api.discover import initialise, open_
from jupyter_mvt.api.kernel import Identity, Kernel, account
from jupyter_mvt.commands.command import carry_out, parse
from jupyter_mvt.commands.completion import Completion
from jupyter_mvt.commands.help import Help
from jupyter_mvt.errors import (
    UNTOUCHED,
    MvtError,
    StorageError,
    UsageError,
    if_interrupted,
    interrupted,
)
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.encode import to_wire
from jupyter_mvt.objects.progress import SILENT, Progress
from jupyter_mvt.views.progress import Meter, Terminal
from jupyter_mvt.views.register import plain
from jupyter_mvt.views.text import Look

if TYPE_CHECKING:
    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.store.backend import Durability

__all__ = ["ShellDesk", "main"]


OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


class ShellDesk:
    """The repository at or above the working directory; no live session."""

    def __init__(self, folder: Path, kernel: Kernel | None = None) -> None:
        self._folder = folder
        self.kernel = kernel

    def repo(self) -> Repo:
        """Return the repository at hand; `RepositoryError` when there is none."""
        return open_(self._folder, identity=who(), own_head=False,
                     trust_folder=_trust_folder(), progress=_progress())  # fmt: skip

    def init(self, path: str, durability: Durability = "full") -> Any:
        """Make a repository in folder `path`."""
        return initialise(self._folder / path, durability=durability)


def _progress() -> Progress:
    """Return what is shown on a terminal while work takes long; elsewhere nothing is."""
    if sys.stderr is None or not sys.stderr.isatty():
        return SILENT
    return Meter(Terminal(sys.stderr))


def who() -> Identity:
    """Return the person that the command line acts for."""
    name = os.environ.get("MVT_AUTHOR") or os.environ.get("GIT_AUTHOR_NAME") or account()
    return Identity(actor=name[:200], tool=f"jupyter_mvt {__version__} cli")


def _trust_folder() -> Path | None:
    try:
        return places.trust_folder(os.environ, Path.home(), sys.platform)
    except RuntimeError:
        return None  # an account without a home folder


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused, 2 the words were off."""
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    words = [word for word in words if word != "--json"] or ["help"]
    if words == ["--version"]:
        _write(f"mvt {__version__}", sys.stdout)
        return OK
    try:
        with if_interrupted(UNTOUCHED):
            command, args = parse(words)
        value = carry_out(command, ShellDesk(Path.cwd()), args)
    except MvtError as error:
        return _failed(error, as_json)
    except KeyboardInterrupt as interrupt:
        _write(interrupted(interrupt), sys.stderr)
        return INTERRUPTED
    try:
        _write(_json(value) if as_json else _text(value), sys.stdout)
    except OSError as error:
        # Or the interpreter complains of the same once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        msg = f"It is done, but the answer cannot be written: {error.strerror}."
        return _failed(StorageError(msg, code="answer-refused"), as_json=False)
    except KeyboardInterrupt:
        _write("Interrupted: it is done, but the answer is not told whole.", sys.stderr)
        return INTERRUPTED
    return int(getattr(value, "exit_status", OK))


def _failed(error: MvtError, as_json: bool) -> int:
    if as_json:
        told = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
        _write(json.dumps(told, ensure_ascii=True), sys.stdout)
    else:
        _write("\n".join(error.lines("mvt")), sys.stderr)
    return USAGE if isinstance(error, UsageError) else FAILED


def _json(value: Any) -> str:
    return json.dumps(to_wire(value.to_dict()), ensure_ascii=True, allow_nan=False, indent=1)


def _text(value: Any) -> str:
    width = shutil.get_terminal_size((100, 24)).columns
    zone = datetime.fromtimestamp(0, UTC).astimezone().tzinfo
    look = Look(width=max(60, min(width, 140)), now_ms=Clock().now_us() // 1000, zone=zone or UTC,
                command="mvt")  # fmt: skip
    return value.text() if isinstance(value, (Help, Completion)) else plain(value, look)


def _write(text: str, stream: Any) -> None:
    try:
        print(text, file=stream, flush=True)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        print(text.encode(encoding, "replace").decode(encoding), file=stream, flush=True)
    except BrokenPipeError:
        # The reader (head, less) has seen enough; closing quietly is what it expects.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
