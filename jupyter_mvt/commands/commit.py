"""``mvt commit`` and ``%%mvt commit``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.files.model import as_file
from jupyter_mvt.capture.lookup import look_up
from jupyter_mvt.capture.request import Named
from jupyter_mvt.commands.command import Command, Desk, Parser
from jupyter_mvt.errors import (
    UNTOUCHED,
    CaptureError,
    RepositoryError,
    UsageError,
    if_interrupted,
)

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mvt.api.results import CommitResult

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("models", nargs="*", metavar="MODEL",
                        help="names of models, or paths of files; found if none")  # fmt: skip
    parser.add_argument("-m", "--message", default="", help="what this version is")
    parser.add_argument("--data", action="append", default=[], metavar="[ROLE=]NAME",
                        help="a dataset or file: train=X_train; may be repeated")  # fmt: skip
    parser.add_argument("--metrics", action="append", default=[], metavar="NAME",
                        help="a dict, a number, or accuracy=0.93; may be repeated")  # fmt: skip
    parser.add_argument("--params", action="append", default=[], metavar="NAME",
                        help="a dict of the run's params, or lr=0.1; may be repeated")  # fmt: skip
    parser.add_argument("--vars", action="append", default=[], metavar="NAME",
                        help="a variable to keep; may be repeated, or a,b,c")  # fmt: skip
    parser.add_argument("--all-vars", action="store_true",
                        help="keep every variable that can be kept")  # fmt: skip
    parser.add_argument("--store-data", action="store_true",
                        help="keep the data themselves, not only their fingerprints")  # fmt: skip
    parser.add_argument("--evaluate", nargs=2, metavar=("X", "Y"),
                        help="measure it on these rows and their truth")  # fmt: skip
    parser.add_argument("--slices", action="append", default=[], metavar="COLUMN",
                        help="with --evaluate: a column of X to tell apart; or a,b")  # fmt: skip
    parser.add_argument("--allow-empty", action="store_true",
                        help="make a version even if nothing changed")  # fmt: skip
    parser.add_argument("--pack", action="store_true",
                        help="then store older versions more tightly, as gc does")  # fmt: skip


def _run(desk: Desk, args: Namespace) -> CommitResult:
    with if_interrupted(UNTOUCHED):
        from jupyter_mvt.api.commit import Wish, take

    names = _names(desk, args)
    wish = Wish(
        model=_models(names, args.models),
        message=args.message,
        data=_data(names, args.data),
        metrics=_metrics(names, args.metrics),
        params=_params(names, args.params),
        variables=True if args.all_vars else _listed(args.vars) or None,
        store_data=args.store_data,
        evaluate=_evaluate(names, args),
        allow_empty=args.allow_empty,
        trigger="manual",
        pack=args.pack,
    )
    try:
        return desk.repo().grant(wish)
    except RepositoryError as error:
        if error.code != "not-a-repository":
            raise
    # Taken before anything is made, so that a commit that is refused leaves no repository.
    taken = take(desk.kernel, wish)
    made = desk.init(".")
    return replace(desk.repo().grant(wish, taken), made_repository=made.path)


def _evaluate(names: Mapping[str, Any], args: Namespace) -> tuple[Any, ...] | None:
    slices = _listed(args.slices)
    if args.evaluate is None:
        if slices:
            msg = "Slices are of an evaluation: name the rows and their truth as well."
            hint = f"mvt commit --evaluate X_test y_test --slices {','.join(slices)}"
            raise UsageError(msg, hint=hint)
        return None
    found = tuple(look_up(names, word) for word in args.evaluate)
    return (*found, slices) if slices else found


def _names(desk: Desk, args: Namespace) -> Mapping[str, Any]:
    """Return the session's names; without a session only files can be meant."""
    if desk.kernel is not None:
        return desk.kernel.namespace
    absent = [word for word in args.models if not as_file(word, {})]
    if absent or not args.models:
        msg = "There is no live session here, so there is no model to commit."
        if absent:
            msg = f"There is no file {absent[0][:80]!r}, and no live session that has variables."
        hint = "mvt commit PATH keeps a file; in a program: jupyter_mvt.open().commit(model)"
        raise UsageError(msg, hint=hint, code="no-session")
    return {}


def _models(names: Mapping[str, Any], words: list[str]) -> Named | None:
    return Named(dict(_model(names, word) for word in words)) if words else None


def _model(names: Mapping[str, Any], word: str) -> tuple[str, Any]:
    """Return a model by the name of its variable, or by the path of its file."""
    file = as_file(word, names)
    return (word, look_up(names, word)) if file is None else (file.name, file)


def _data(names: Mapping[str, Any], given: list[str]) -> dict[str, Any] | None:
    """Return role (or name) → dataset of ``--data X_train`` and ``--data train=data/*.csv``."""
    found = {}
    for word in given:
        role, _, name = word.rpartition("=")
        found[role or name] = _dataset(names, name)
    return found or None


def _dataset(names: Mapping[str, Any], name: str) -> Any:
    """Return a variable, else the words themselves where they name files."""
    try:
        return look_up(names, name)
    except CaptureError:
        if name.isidentifier() and not Path(name).exists():
            raise
        return name


def _metrics(names: Mapping[str, Any], given: list[str]) -> dict[str, Any] | None:
    """Return the metrics of ``--metrics scores``, ``--metrics accuracy`` or ``accuracy=0.9``."""
    found: dict[str, Any] = {}
    for word in given:
        name, has_value, text = word.partition("=")
        if has_value:
            found[name] = _number(text, word)
            continue
        value = look_up(names, name)
        if isinstance(value, Mapping):
            found.update(value)
        else:
            found[name] = value
    return found or None


def _params(names: Mapping[str, Any], given: list[str]) -> Any:
    """Return the params of ``--params config`` or ``--params lr=0.1``; what is repeated adds up."""
    if len(given) == 1 and "=" not in given[0]:
        return look_up(names, given[0])
    found: dict[str, Any] = {}
    for word in given:
        name, has_value, text = word.partition("=")
        value = look_up(names, name) if not has_value else None
        if has_value:
            found[name] = _literal(text)
        elif isinstance(value, Mapping):
            found.update(value)
        else:
            found[name] = value
    return found or None


def _literal(text: str) -> Any:
    """Return a number or a truth value where `text` is one, else the text."""
    try:
        value = json.loads(text.lower() if text in {"True", "False"} else text)
    except ValueError:
        return text
    return text if isinstance(value, list | dict) else value


def _number(text: str, word: str) -> float:
    try:
        return float(text)
    except ValueError:
        msg = f"{word[:60]!r} does not give a number."
        hint = "mvt commit --metrics accuracy=0.93"
        raise UsageError(msg, hint=hint, code="metric-syntax") from None


def _listed(given: list[str]) -> list[str]:
    return [name for word in given for name in word.split(",") if name]


COMMAND = Command(
    name="commit",
    summary="Keep the model with everything that made it.",
    example='mvt commit -m "tuned lr"',
    arguments=_arguments,
    run=_run,
)
