"""The error tree: one class for each thing that a handler would do differently.

Every error says what is the case in its message, carries a stable kebab-case ``code`` and,
where something can be done, a ``hint`` that can be pasted. Rendering in a notebook is two
lines, for magics and API alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = [
    "UNCHANGED",
    "UNTOUCHED",
    "AmbiguousError",
    "CaptureError",
    "ConflictError",
    "CorruptionError",
    "FormatError",
    "InterruptedWorkError",
    "MvtError",
    "NameInvalidError",
    "NotFoundError",
    "QueryError",
    "RepositoryError",
    "RestoreError",
    "StorageError",
    "TrustError",
    "UsageError",
    "as_typed",
    "if_interrupted",
    "interrupted",
]

UNTOUCHED = "Interrupted: nothing was done."
"""Of work that has not even begun."""
UNCHANGED = "Interrupted: nothing was changed."
"""Of work that only reads, or had recorded nothing yet."""

_COMMAND = re.compile(r"(?<![%\w./-])(?<!in a notebook: )%?mvt (?=[a-z])")


class MvtError(Exception):
    """Base of all errors of this package.

    Parameters
    ----------
    message
        What is the case, in one sentence.
    hint
        What to do next, a command or call that can be pasted.
    code
        Stable kebab-case name of this very case; defaults to the class's own.
    """

    code = "error"

    def __init__(self, message: str, *, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        # KeyError's own __str__ shows a repr; subclasses that are also KeyErrors must not.
        return self.message

    def lines(self, command: str = "mvt") -> list[str]:
        """Return the two lines that every interface shows.

        Parameters
        ----------
        command
            How commands are written where this is read: ``"%mvt"`` in a notebook.
        """
        head = _on_one_line(f"{type(self).__name__} [{self.code}]: {self.message}")
        if self.hint is None:
            return [head]
        return [head, _on_one_line(f"Hint: {as_typed(self.hint, command)}")]

    def _render_traceback_(self) -> list[str]:
        # IPython's hook for a short traceback; needs no import of IPython here.
        return self.lines("%mvt")

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.hint, self.code))


def interrupted(error: KeyboardInterrupt) -> str:
    """Return the one line to show of an interrupt: what whoever was interrupted says is left."""
    return next(iter(getattr(error, "__notes__", ())), "Interrupted.")


@contextmanager
def if_interrupted(said: str) -> Iterator[None]:
    """Say of an interrupt in the block what is left, unless what is in it has said so itself."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        if not getattr(interrupt, "__notes__", ()):
            interrupt.add_note(said)
        raise


def as_typed(hint: str, command: str) -> str:
    """Return a hint with its commands as they are typed where it is read: ``"%mvt"``."""
    return _COMMAND.sub(command + " ", hint)


def _on_one_line(text: str) -> str:
    # Names and paths in a message are other people's text: no line breaks, terminal escapes,
    # reversed reading direction or lone surrogates.
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _rebuild(cls: type[MvtError], message: str, hint: str | None, code: str) -> MvtError:
    return cls(message, hint=hint, code=code)


class UsageError(MvtError, ValueError):
    """The call's words are off: unknown verb, option or argument."""

    code = "usage"


class RepositoryError(MvtError):
    """No repository here, one already here, or one that may not be written."""

    code = "repository"


class NotFoundError(MvtError, KeyError):
    """A revision, name or object does not exist."""

    code = "not-found"


class AmbiguousError(MvtError, ValueError):
    """Several things fit: an id prefix, or the model to commit."""

    code = "ambiguous"


class NameInvalidError(MvtError, ValueError):
    """A branch, tag, label or metric name is outside the grammar."""

    code = "name-invalid"


class ConflictError(MvtError):
    """An expectation no longer holds: somebody else moved the ref, or the name is taken."""

    code = "conflict"


class InterruptedWorkError(MvtError):
    """A person interrupted it; the message says what is left."""

    code = "interrupted"


class CaptureError(MvtError, ValueError):
    """Something that was to be committed cannot be taken: no model, unfitted, not finite."""

    code = "capture"


class RestoreError(MvtError):
    """A stored model, dataset or variable cannot be rebuilt here."""

    code = "restore"


class TrustError(RestoreError):
    """Rebuilding would run code that nobody here has trusted."""

    code = "trust"


class StorageError(MvtError, OSError):
    """The disk or the remote refused: full, read-only, gone, an I/O error."""

    code = "storage"


class CorruptionError(MvtError):
    """Bytes are not what their id says. Names the object, the file and what it touches.

    Attributes
    ----------
    about
        Id of the damaged or missing object, empty where it is not about one.
    """

    code = "corrupt"
    about: str = ""


class FormatError(MvtError):
    """The repository or a record is of a format that this version cannot read."""

    code = "format"


class QueryError(MvtError, ValueError):
    """A SQL statement or a filter expression cannot be run."""

    code = "query"
