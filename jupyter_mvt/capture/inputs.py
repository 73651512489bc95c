"""Which data made and measured the model: arguments of its training, looked up by name only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.data.kind import is_dataset, kind_of, parts_of
from jupyter_mvt.capture.data.source import Source
from jupyter_mvt.capture.metrics import split_of
from jupyter_mvt.capture.watch import root_of
from jupyter_mvt.objects.commit import Note

if TYPE_CHECKING:
    from jupyter_mvt.capture.cells.log import CellLog
    from jupyter_mvt.capture.discovery import Candidate
    from jupyter_mvt.capture.slices.training import Training

__all__ = ["find_datasets", "given_datasets", "name_in", "training_of"]

_TRAIN = ("X_train", "y_train", "x_train", "train_X", "train_y", "train_df", "df_train", "train",
          "train_data", "train_loader", "trainloader", "train_dl", "train_dataset",
          "train_ds")  # fmt: skip
_WHOLE = ("X", "y", "df", "data", "dataset", "loader", "dataloader")
_OTHERS = ("X_test", "y_test", "x_test", "test_X", "test_y", "test_df", "df_test", "test",
           "test_data", "test_loader", "testloader", "X_val", "y_val", "x_val", "X_valid",
           "y_valid", "val_df", "val", "valid", "val_data", "val_loader", "valid_loader",
           "X_holdout", "y_holdout")  # fmt: skip
_TARGET = re.compile(r"^y(?:_|$|[A-Z])|_y$|^y\d*$|label|target", re.IGNORECASE)
_ROLES = frozenset({"features", "target", "reference", "live"})
_HELD_OUT = frozenset({"eval_set", "evals", "valid_sets", "validation_data", "eval_dataset"})
_HELD_BY_TRAINERS = (("train_dataset", "train"), ("eval_dataset", "val"))
_MOST_PARTS = 64


def given_datasets(data: Any, namespace: Mapping[str, Any]) -> tuple[Source, ...]:
    """Return the datasets somebody named: ``{role or name: data}``, or one alone.

    A path, a pattern or a list of paths stands for the files that it names.

    Raises
    ------
    CaptureError
        There is no such file (code ``no-such-file``).
    """
    if not isinstance(data, Mapping) or is_dataset(data):
        var = name_in(namespace, data)
        alone = Source(var=var or _file_name(data) or "data", role="train", obj=_opened(data))
        return _expanded([alone], namespace, None)
    found = []
    for key, obj in data.items():
        label = str(key)
        var = name_in(namespace, obj) or label
        role = label if label in _ROLES or split_of(label) == label else _role(label, "")
        if not role and var != label:
            role = label
        found.append(Source(var=var, role=role, obj=_opened(obj)))
    return _expanded(found, namespace, None)


def _opened(obj: Any) -> Any:
    from jupyter_mvt.capture.data.kinds.files import gather, is_path

    return gather(obj) if is_path(obj) else obj


def _file_name(obj: Any) -> str:
    return re.split(r"[\\/]", str(obj).rstrip("\\/"))[-1] if isinstance(obj, str) else ""


def name_in(namespace: Mapping[str, Any], obj: Any) -> str:
    """Return the public name that `obj` has, ``""`` if it has none."""
    names = (name for name, value in list(namespace.items()) if value is obj)
    return next((name for name in names if not name.startswith("_")), "")


def training_of(model: Candidate, log: CellLog | None) -> Training | None:
    """Return the statement that trained `model` last, as far as the cells tell."""
    if log is None:
        return None
    root = root_of(model.name)
    found = log.last_training(model.name) or log.last_training(root)
    if found is None:
        # Loops name the loss and the optimizer only: go by the cell that changed the model.
        same = [item for item in log.trainings() if item[0] in (model.changed, model.trained[0])]
        found = max(same, key=lambda item: len(item[1].arguments)) if same else None
    return None if found is None else found[1]


def find_datasets(
    namespace: Mapping[str, Any], model: Candidate, log: CellLog | None
) -> tuple[tuple[Source, ...], tuple[Note, ...]]:
    """Return the data that trained `model`, and held-out data by their usual names."""
    training = training_of(model, log)
    found = {} if training is None else dict(_arguments(namespace, training, model.name))
    if training is not None and not found:
        found = dict(_of_trainer(namespace, training))
        fed = replace(training, arguments=training.fed)
        found = found or dict(_arguments(namespace, fed, model.name))
    notes = []
    derived = [] if training is None else [
        argument for argument in training.arguments if not argument.plain and argument.root in found
    ]  # fmt: skip
    for argument in derived:
        text = f"the whole of {argument.root} was fingerprinted; "
        text += f"the model was trained on {argument.text}"
        notes.append(Note(kind="partial", about=argument.root, text=text))
    if not found:
        names = [name for name in _TRAIN if is_dataset(namespace.get(name))]
        names = names or [name for name in _WHOLE if is_dataset(namespace.get(name))]
        found = {n: Source(var=n, role=_role(n, "train"), obj=namespace[n]) for n in names}
    for name in _OTHERS:
        if name not in found and is_dataset(namespace.get(name)):
            found[name] = Source(var=name, role=_role(name, ""), obj=namespace[name])
    if not found:
        text = "no dataset was recognised; name it with data={...} or --data"
        notes.append(Note(kind="skipped", about="data", text=text))
    return _expanded(found.values(), namespace, log), tuple(notes)


def _expanded(
    sources: Iterable[Source], namespace: Mapping[str, Any], log: CellLog | None
) -> tuple[Source, ...]:
    """Replace holders of data (splits, bunches, boosters' matrices) by what they hold."""
    found: dict[str, Source] = {}
    for source in sources:
        parts = parts_of(source.obj)
        if parts is not None and len(parts) <= _MOST_PARTS:
            inner = [_part(source, name, obj, namespace) for name, obj in parts.items()]
        else:
            inner = list(_made_from(source, namespace, log)) or [source]
        for one in inner:
            found.setdefault(one.var, one)
    return tuple(found.values())


def _part(source: Source, name: str, obj: Any, namespace: Mapping[str, Any]) -> Source:
    var = name_in(namespace, obj) or f"{source.var}.{name}"
    role = split_of(name) or _with_target(source.role, name)
    return replace(source, var=var, role=role, obj=obj)


def _with_target(role: str, label: str) -> str:
    if not _TARGET.search(label) or role.endswith("target"):
        return role
    return f"{role}-target" if role else "target"


def _made_from(
    source: Source, namespace: Mapping[str, Any], log: CellLog | None
) -> Iterator[Source]:
    """Return the frames that a booster's matrix was made of, if nobody has rebound them since."""
    kind = kind_of(source.obj)
    text = None if log is None else log.definition(source.var)
    if log is None or kind is None or kind.name != "boosters" or not text:
        return
    try:
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError):
        return
    made = log.last_write(source.var)
    for call in calls[:1]:
        given = [("", arg) for arg in call.args] + [(k.arg or "", k.value) for k in call.keywords]
        plain = [(word, arg.id) for word, arg in given if isinstance(arg, ast.Name)]
        data = [(w, n) for w, n in plain if is_dataset(namespace.get(n))]
        if any(log.last_write(name) > made for _, name in data):
            return
        for position, (word, name) in enumerate(data):
            label = word or ("label" if position == 1 else name)
            yield replace(source, var=name, role=_with_target(source.role, label),
                          obj=namespace[name])  # fmt: skip


def _arguments(
    namespace: Mapping[str, Any], training: Training, model: str
) -> Iterator[tuple[str, Source]]:
    receiver = training.receivers[0] if training.receivers else model
    call = f"{receiver}.{training.method}"
    for argument in training.arguments:
        name = argument.root
        obj = namespace.get(name)
        if name and name != model and is_dataset(obj):
            label = argument.keyword if argument.keyword in ("y", "target", "labels") else name
            role = _role(name, "val" if argument.keyword in _HELD_OUT else "train")
            role = _with_target(role, label)
            yield name, Source(var=name, role=role, obj=obj, arg_of=call)


def _of_trainer(namespace: Mapping[str, Any], training: Training) -> Iterator[tuple[str, Source]]:
    """Return the data that the receiver of ``trainer.train()`` was given when it was made."""
    for receiver in training.receivers:
        for attribute, role in _HELD_BY_TRAINERS:
            obj = getattr(namespace.get(receiver), attribute, None)
            if is_dataset(obj):
                name = name_in(namespace, obj) or f"{receiver}.{attribute}"
                call = f"{receiver}.{training.method}"
                yield name, Source(var=name, role=role, obj=obj, arg_of=call)


def _role(name: str, default: str) -> str:
    """``X_test`` is ``test``, ``y_test`` is ``test-target``."""
    split = split_of(name) or default
    if not _TARGET.search(name):
        return split
    return f"{split}-target" if split else "target"
