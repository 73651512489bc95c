"""Metrics, given by the person or found among the variables of the session."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.watch import public_names
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.commit import Note
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.metric import Metric, MetricValue, Source, direction, metric_unit

if TYPE_CHECKING:
    from jupyter_mvt.capture.cells.log import CellLog
    from jupyter_mvt.objects.snapshot import DatasetDraft

__all__ = ["discovered_metrics", "given_metrics", "is_progress", "split_of", "told_by"]

_HINT = "mvt commit --metrics {}=0.93"

_SPLITS = {
    "test": "test", "tst": "test", "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "train": "train", "training": "train", "trn": "train", "holdout": "holdout", "oof": "oof",
    "cv": "cv",
}  # fmt: skip
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_METRIC = re.compile(
    r"(?:^|_)(?:acc|accuracy|auc|roc_auc|auroc|auprc|ap|f1|f2|fbeta|precision|recall|sensitivity"
    r"|specificity|loss|rmse|mse|mae|mape|smape|medae|r2|score|logloss|nll|brier|perplexity|ppl"
    r"|mcc|kappa|iou|dice|map|ndcg|bleu|rouge\w*|wer|cer|fid|psnr|ssim|silhouette|gini"
    r"|explained_variance|error_rate|latency_ms|balanced_accuracy|pearson|spearman)(?:_\w{1,8})?$"
)
_PROGRESS = re.compile(
    r"^(?:epoch|(?:global_)?step|lr(?:[-_/].*)?|learning_rate|grad_norm|total_flos"
    r"|num_(?:input_)?tokens\w*)$|(?:_runtime|_per_second)$"
)
_HOLDER = re.compile(r"(?:^|_)(?:metrics?|scores?|results?|evaluation|performance)(?:_|$)")
_LITERAL = re.compile(r"(['\"]).*?\1", re.DOTALL)
_FUNCTION = re.compile(r"\s*(?:@|async\s+def\b|def\b)")
_MAX_FOUND = 200


def given_metrics(
    given: Mapping[str, Any] | None,
    datasets: Iterable[DatasetDraft] = (),
    told: Callable[[str, Any], str] = lambda name, value: "",
) -> tuple[tuple[Metric, ...], tuple[Note, ...]]:
    """Return metrics from ``{name: number}`` or ``{split: {name: number}}``.

    `told` returns the split of a metric whose name tells none, see `told_by`.

    Raises
    ------
    CaptureError
        A value is no real number (code ``metric-not-a-number``).
    """
    metrics: list[Metric] = []
    notes: list[Note] = []
    known = tuple(datasets)
    for split, name, value in _pairs(given or {}):
        number = _number(name, value)
        if isinstance(number, float) and not math.isfinite(number):
            text = f"is {number}: kept, but no comparison will use it"
            notes.append(Note(kind="warning", about=name, text=text))
        split = split or told(name, value)
        metrics.append(_metric(name, number, split, known, "explicit"))
    return tuple(metrics), tuple(notes)


def is_progress(name: str) -> bool:
    """Tell whether a logged number says how far or how fast training was, and not how good."""
    return _PROGRESS.search(name) is not None


def told_by(namespace: Mapping[str, Any], log: CellLog) -> Callable[[str, Any], str]:
    """Return how the split of a number is told by the statement that bound it to a variable.

    So a metric has one key, whether its variable was named or found.
    """

    def told(name: str, value: Any) -> str:
        for variable in public_names(namespace):
            held = namespace.get(variable)
            found = held.get(name) if type(held) is dict else held if variable == name else None
            if found is value and found is not None:
                statement = log.definition(variable) or ""
                return split_of(variable) or _split_in(statement, log.definition)
        return ""

    return told


def _pairs(given: Any) -> Iterator[tuple[str, str, Any]]:
    if not isinstance(given, Mapping):
        msg = f"Metrics come as a mapping of name to number, not as {type(given).__qualname__}."
        raise CaptureError(
            msg, hint="mvt commit --metrics accuracy=0.93", code="metric-not-a-number"
        )
    for key, value in given.items():
        if isinstance(value, Mapping):
            yield from ((str(key), str(name), inner) for name, inner in value.items())
        else:
            yield split_of(str(key)), str(key), value


def _number(name: str, value: Any) -> MetricValue:
    plain = _plain(value)
    if plain is None and value is not None:
        shown = name if len(name) <= 60 else name[:57] + "..."
        msg = f"The metric {shown!r} is a {type(value).__qualname__}, not a number."
        hint = _HINT.format(name if name.isidentifier() else "accuracy")
        raise CaptureError(msg, hint=hint, code="metric-not-a-number")
    return plain


def _plain(value: Any) -> MetricValue:
    """Return a real number as Python's own, ``None`` for everything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if getattr(value, "shape", None) not in ((), (1,)):
        return None
    item = getattr(value, "item", None)
    found = item() if callable(item) else None
    return found if isinstance(found, (bool, int, float)) else None


def _metric(
    name: str, value: MetricValue, split: str, datasets: tuple[DatasetDraft, ...], source: Source
) -> Metric:
    # A person who gives metrics and names test data means that data, without saying so.
    meant = split or ("test" if source == "explicit" else "")
    dataset_id, rows = _measured_on(meant, datasets)
    return Metric(
        name=name,
        value=value,
        split=split,
        dataset_id=dataset_id,
        n=rows,
        higher_is_better=direction(name),
        unit=metric_unit(name, value),
        source=source,
    )


def split_of(name: str) -> str:
    """Return the split that a name tells: ``test_accuracy``, ``X_val``, ``accTrain``."""
    words = [word.lower() for word in _WORDS.split(name) if word]
    return next((_SPLITS[word] for word in words if word in _SPLITS), "")


def _split_in(statement: str, definition: Callable[[str], str | None], depth: int = 3) -> str:
    """Return the split of the data that a statement names: ``model.score(X_test, y_test)``.

    A statement that names none may call a function of the notebook that does.
    """
    names = set(re.findall(r"[^\W\d]\w*", _LITERAL.sub("", statement)))
    found = {split_of(name) for name in names} - {""}
    if not found and depth:
        texts = [definition(name) or "" for name in names]
        functions = [text for text in texts if _FUNCTION.match(text) and text != statement]
        found = {_split_in(text, definition, depth - 1) for text in functions} - {""}
    return found.pop() if len(found) == 1 else ""


def _measured_on(split: str, datasets: tuple[DatasetDraft, ...]) -> tuple[str, int | None]:
    """Return the id and the rows of the data of a split: features, together with their target."""
    features = next((data for data in datasets if split and data.role == split), None)
    if features is None:
        return "", None
    target = next((data for data in datasets if data.role == f"{split}-target"), None)
    both = features.id if target is None else digest(f"{features.id}{target.id}".encode())
    return both, features.rows


def discovered_metrics(
    namespace: Mapping[str, Any],
    log: CellLog,
    since: int,
    datasets: Iterable[DatasetDraft] = (),
) -> tuple[tuple[Metric, ...], tuple[Note, ...]]:
    """Return metrics among the variables that were assigned in cell `since` or later.

    Older ones measured an earlier model: they are named in a note and not taken.
    """
    known = tuple(datasets)
    metrics: dict[tuple[str, str, str], Metric] = {}
    stale: list[str] = []
    for name in public_names(namespace):
        found = list(_found(name, namespace.get(name)))
        if not found:
            continue
        if log.last_write(name) < since:
            stale.append(name)
            continue
        told = _split_in(log.definition(name) or "", log.definition)
        for split, label, value in found[:_MAX_FOUND]:
            metric = _metric(label, value, split or told, known, "discovered")
            metrics[metric.key] = metric
    notes: tuple[Note, ...] = ()
    if stale:
        text = f"{', '.join(stale[:10])}: measured before the model changed last, not taken"
        notes = (Note(kind="stale", about="metrics", text=text),)
    return tuple(metrics.values()), notes


def _found(name: str, value: Any) -> Iterator[tuple[str, str, MetricValue]]:
    plain = "_".join(word.lower() for word in _WORDS.split(name) if word)
    if type(value) is dict and _HOLDER.search(plain):
        yield from _in_holder(split_of(name), value)
    elif _METRIC.search(plain) and not getattr(value, "requires_grad", False):
        number = _scalar(value)
        if number is not None:
            yield split_of(name), name, number


def _in_holder(split: str, holder: dict[Any, Any]) -> Iterator[tuple[str, str, MetricValue]]:
    for key, value in holder.items():
        if not isinstance(key, str):
            continue
        if type(value) is dict:
            inner = [(k, _scalar(v)) for k, v in value.items() if isinstance(k, str)]
            split_name = split_of(key) or key
            yield from ((split_name, k, number) for k, number in inner if number is not None)
            continue
        number = _scalar(value)
        if number is not None:
            yield split or split_of(key), key, number


def _scalar(value: Any) -> MetricValue:
    """Numbers only: flags and counts that happen to have a metric's name are none."""
    if isinstance(value, bool) or type(value).__module__.partition(".")[0] not in (
        "builtins", "numpy", "torch", "jax", "jaxlib", "tensorflow",
    ):  # fmt: skip
        return None
    return _plain(value)
