"""Words in, text or JSON out, an exit status.

Everything is imported when it is needed: a short command takes as long as its imports.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from jupyter_mvt._version import __version__
from jupyter_mvt.errors import (
    UNTOUCHED,
    MvtError,
    StorageError,
    UsageError,
    if_interrupted,
    interrupted,
)

__all__ = ["main"]


OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused, 2 the words were off."""
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    words = [word for word in words if word != "--json"] or ["help"]
    if words == ["--version"]:
        _write(f"mvt {__version__}", sys.stdout)
        return OK
    try:
        value = _answer(words)
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


def _answer(words: list[str]) -> Any:
    with if_interrupted(UNTOUCHED):
        from pathlib import Path

        from jupyter_mvt.commands.command import carry_out, parse

        command, args = parse(words)
        from jupyter_mvt.cli.desk import ShellDesk
    return carry_out(command, ShellDesk(Path.cwd()), args)


def _failed(error: MvtError, as_json: bool) -> int:
    if as_json:
        import json

        told = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
        _write(json.dumps(told, ensure_ascii=True), sys.stdout)
    else:
        _write("\n".join(error.lines("mvt")), sys.stderr)
    return USAGE if isinstance(error, UsageError) else FAILED


def _json(value: Any) -> str:
    import json

    from jupyter_mvt.objects.encode import to_wire

    return json.dumps(to_wire(value.to_dict()), ensure_ascii=True, allow_nan=False, indent=1)


def _text(value: Any) -> str:
    from jupyter_mvt.commands.completion import Completion
    from jupyter_mvt.commands.help import Help

    return value.text() if isinstance(value, (Help, Completion)) else _drawn(value)


def _drawn(value: Any) -> str:
    import shutil
    from datetime import UTC, datetime

    from jupyter_mvt.objects.clock import Clock
    from jupyter_mvt.views.register import plain
    from jupyter_mvt.views.text import Look

    width = shutil.get_terminal_size((100, 24)).columns
    zone = datetime.fromtimestamp(0, UTC).astimezone().tzinfo
    look = Look(width=max(60, min(width, 140)), now_ms=Clock().now_us() // 1000, zone=zone or UTC,
                command="mvt")  # fmt: skip
    return plain(value, look)


def _write(text: str, stream: Any) -> None:
    try:
        print(text, file=stream, flush=True)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        print(text.encode(encoding, "replace").decode(encoding), file=stream, flush=True)
    except BrokenPipeError:
        # The reader (head, less) has seen enough; closing quietly is what it expects.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
