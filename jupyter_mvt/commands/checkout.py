"""``mvt checkout``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from jupyter_mvt.commands.command import Command, Desk, Parser
from jupyter_mvt.errors import NotFoundError, StorageError

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.checkout import Checkout

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.revision("revision", "HEAD")
    parser.add_argument("--trust", action="store_true", help="let code of that version run")
    parser.add_argument("--files", metavar="FOLDER", help="write the files that it holds there")
    parser.add_argument("--into-namespace", action="store_true",
                        help="set the names here; those that you have stay yours")  # fmt: skip
    parser.add_argument("--overwrite", action="store_true",
                        help="replace files; names of yours are stashed first")  # fmt: skip
    parser.add_argument("--rng", action="store_true",
                        help="set the random numbers as before the last cell that drew some "
                        "to make its model")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> Checkout:
    found = desk.repo().checkout(args.revision, trust=args.trust, rng=args.rng)
    if args.files is not None:
        found.saved = _saved(found, args)
    if args.into_namespace:
        from jupyter_mvt.api.stash import place

        place(found, desk.kernel, overwrite=args.overwrite)
    return found


def _saved(found: Checkout, args: Namespace) -> tuple[str, ...]:
    """Write the files of a version; tell their paths."""
    name = found.version.name
    if not found.files:
        msg = f"{name} holds no files: its models are objects, restored beside your own."
        raise NotFoundError(msg, hint=f"mvt checkout {name}", code="no-files")
    try:
        return tuple(str(path) for path in found.files.save(args.files, overwrite=args.overwrite))
    except StorageError as error:
        if error.code != "file-exists":
            raise
        hint = f"mvt checkout {name} --files {shlex.quote(args.files)} --overwrite"
        raise StorageError(error.message, hint=hint, code=error.code) from None


COMMAND = Command(
    name="checkout",
    summary="Restore the models and variables of a version, beside your own.",
    example="old = %mvt checkout v3",
    arguments=_arguments,
    run=_run,
)
