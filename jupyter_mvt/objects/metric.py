"""Metric values as a commit keeps them, and what is known about well-known metric names."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Z95", "Metric", "MetricValue", "Source", "direction", "finite", "metric_unit", "rising"]

Z95 = 1.96
"""Standard errors from a value to either end of its 95 % interval."""

MetricValue: TypeAlias = bool | int | float | None
Source: TypeAlias = Literal["explicit", "evaluated", "discovered", "imported"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One measured value of a version.

    Attributes
    ----------
    name
        As the user called it; kept exactly.
    value
        bool, int of any size, float incl. NaN and infinities, or None ("logged as missing").
    split
        ``"test"``, ``"train"`` … or empty when unknown.
    dataset_id
        Id of the data it was measured on (of features and target together where both are
        known), or empty.
    slice
        Predicate of the slice, empty for all rows.
    n
        Number of rows behind it, if known.
    stderr
        Standard error, if known.
    higher_is_better
        Direction; ``None`` when neither told nor known from the name.
    unit
        ``"share"`` (a value in [0, 1] whose change is shown in pp), ``"ms"``, ``"s"``, ``"B"``,
        ``"$"``, ``"$/day"`` … or empty for a plain number.
    source
        Where it came from.
    """

    name: str
    value: MetricValue
    split: str = ""
    dataset_id: str = ""
    slice: str = ""
    n: int | None = None
    stderr: float | None = None
    higher_is_better: bool | None = None
    unit: str = ""
    source: Source = "explicit"

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two metrics comparable by name: name, slice and split."""
        return self.name, self.slice, self.split


def finite(value: object) -> bool:
    """Tell whether `value` is a number that can be ranked."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and _is_finite(value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return True


_LOWER = re.compile(
    r"(?:^|_)(?:loss|error|err|mse|rmse|mae|mape|smape|medae|nll|brier|perplexity|ppl|wer|cer|fid"
    r"|latency|duration|time|seconds|cost|price|size|bytes|memory|hamming|deviance|fpr|fnr|ece"
    r"|crossentropy|divergence|kl)(?:_|\d|$)"
)
_SHARES = re.compile(
    r"(?:^|_)(?:accuracy|acc|balanced_accuracy|precision|recall|sensitivity|specificity|f1|f2"
    r"|fbeta|jaccard|iou|dice|map|ndcg|hit_rate|tpr|tnr|fpr|fnr|top\d+|top\d+_acc\w*|error_rate"
    r"|exact_match|em|coverage|purity|hamming_loss|zero_one_loss)(?:_|$)"
)
_HIGHER = re.compile(
    r"(?:^|_)(?:score|auc|roc_auc|auroc|auprc|average_precision|ap|r2|mcc|kappa|bleu|rouge\w*"
    r"|explained_variance|silhouette|gini|ks|psnr|ssim|throughput|reward|likelihood|elbo|corr"
    r"|pearson|spearman)(?:_|$)"
)
_UNITS = ((re.compile(r"_ms$"), "ms"), (re.compile(r"_(?:s|sec|secs|seconds)$"), "s"),
          (re.compile(r"_us$"), "µs"), (re.compile(r"_bytes$"), "B"),
          (re.compile(r"_(?:usd|dollars)$"), "$"))  # fmt: skip


def _plain(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def direction(name: str) -> bool | None:
    """Return whether higher is better by the metric's well-known name, ``None`` if unknown."""
    plain = _plain(name)
    if _LOWER.search(plain):
        return False
    if _SHARES.search(plain) or _HIGHER.search(plain):
        return True
    return None


def rising(*metrics: Metric) -> bool | None:
    """Return whether higher is better for metrics of one name.

    What was recorded counts; where nothing was, the well-known name. ``None`` when neither tells,
    or two records contradict each other.
    """
    known = {metric.higher_is_better for metric in metrics} - {None}
    if known:
        return known.pop() if len(known) == 1 else None
    return direction(metrics[0].name) if metrics else None


def metric_unit(name: str, value: object = None) -> str:
    """Return the unit by the metric's well-known name; see `Metric.unit`."""
    plain = _plain(name)
    for pattern, unit in _UNITS:
        if pattern.search(plain):
            return unit
    inside = value is None or not finite(value) or 0 <= float(value) <= 1  # type: ignore[arg-type]
    return "share" if _SHARES.search(plain) and inside else ""
