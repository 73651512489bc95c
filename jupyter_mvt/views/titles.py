"""What a metric is called: ``latency_p95_ms`` is "Latency p95", ``test_roc_auc`` "ROC AUC"."""

from __future__ import annotations

import re

from jupyter_mvt.objects.metric import metric_unit
from jupyter_mvt.views import escape

__all__ = ["full", "on", "split_of", "title"]

_SPLIT = re.compile(
    r"(?P<split>test|train(?:ing)?|val|valid|validation|eval|dev|holdout)"
    # LightGBM's "valid_0_auc", XGBoost's "validation_1-logloss": several sets to watch.
    r"(?:_(?P<number>\d+)(?=[_-][^\W\d_]))?[_/. -]+"
    # "train_time" is how long training took.
    r"(?!time|seconds|duration)(?=[^\W_])",
    re.IGNORECASE,
)
_SPLITS = {"training": "train", "valid": "val", "validation": "val"}
_WORDY = re.compile(r"[\w./ -]+\Z")
_OF_CLASS = re.compile(r"(recall|precision)\[(.*)\]\Z", re.DOTALL)
_COST = "cost_per_day"
_SUFFIX = re.compile(r"_(?:ms|us|s|sec|secs|seconds|bytes|usd|dollars)\Z", re.IGNORECASE)
_SPELT = """
    ROC AUC PR AUROC AUPRC AP F1 F2 MSE RMSE MAE MAPE SMAPE NLL MCC IoU mAP nDCG BLEU WER CER FID
    LR KL ECE SSIM PSNR ELBO TPR FPR TNR FNR CPU GPU ID KS PPL p50 p95 p99
"""
_ACRONYMS = {name.lower(): name for name in _SPELT.split()} | {"r2": "R²"}


def split_of(name: str, split: str = "") -> str:
    """Return the split that `split` or else the name's own beginning tells, or nothing."""
    found = _SPLIT.match(name)
    if found is None:
        return split
    word = split or _SPLITS.get(found["split"].lower(), found["split"].lower())
    return f"{word} {found['number']}" if found["number"] else word


def title(name: str) -> str:
    """Return the metric's name for people, without split and unit."""
    found = _SPLIT.match(name)
    bare = name[found.end() :] if found else name
    if bare == _COST:
        return "Cost"
    of_class = _OF_CLASS.match(bare)
    if of_class:
        return escape.line(f"{of_class[1].capitalize()} [{of_class[2]}]", 80)
    if not _WORDY.match(bare):
        return escape.line(bare, 80)
    if metric_unit(bare) not in {"", "share"}:
        bare = _SUFFIX.sub("", bare)
    bare = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", bare)
    words = [word for word in re.split(r"[_\s./-]+", bare) if word]
    if not words:
        return escape.line(name, 80)
    shown = [_ACRONYMS.get(word.lower(), _word(word)) for word in words]
    first = shown[0] if shown[0] in _ACRONYMS.values() else shown[0][:1].upper() + shown[0][1:]
    return escape.line(" ".join([first, *shown[1:]]), 80)


def full(name: str, slice_: str = "", split: str = "") -> str:
    """Return the title with slice and split: ``Recall, region=south``, ``Accuracy (train)``."""
    part = split_of(name, split)
    where = f"{title(name)}, {escape.line(slice_, 80)}" if slice_ else title(name)
    return where if part in {"", "test"} else f"{where} ({escape.line(part, 40)})"


def on(name: str, slice_: str = "", split: str = "") -> tuple[str, str]:
    """Return title and where it was measured: ``("Recall", "on region=south")``."""
    part = split_of(name, split)
    where = f"on {escape.line(slice_, 80)}" if slice_ else ""
    if part not in {"", "test"}:
        where = f"{where} ({escape.line(part, 40)})" if where else f"on {escape.line(part, 40)}"
    return title(name), where


def _word(word: str) -> str:
    return word if word[1:] != word[1:].lower() and not word.isupper() else word.lower()
