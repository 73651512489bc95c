"""What is known about metrics by their names."""

from __future__ import annotations

import math

import pytest

from jupyter_mvt.objects.metric import Metric, direction, finite, metric_unit


@pytest.mark.parametrize(
    "name",
    [
        "accuracy", "test_accuracy", "val/acc", "ROC AUC", "roc_auc", "f1", "F1-macro", "precision",
        "recall", "Recall@10", "r2", "top5_accuracy", "mAP", "ndcg", "bleu", "rougeL", "psnr",
        "balancedAccuracy", "reward", "throughput", "specificity", "mcc", "average_precision",
        "explained_variance", "iou",
    ],
)  # fmt: skip
def test_higher_is_better(name: str) -> None:
    assert direction(name) is True


@pytest.mark.parametrize(
    "name",
    [
        "loss", "val_loss", "logLoss", "log_loss", "MSE", "rmse", "test.mae", "mape", "error",
        "error_rate", "wer", "perplexity", "latency_ms", "train_seconds", "model_size_bytes",
        "cost_usd", "hamming_loss", "fpr", "brier", "ece", "kl",
    ],
)  # fmt: skip
def test_lower_is_better(name: str) -> None:
    assert direction(name) is False


@pytest.mark.parametrize("name", ["", "zork", "n", "epoch", "maeve", "lossless", "crest", "k"])
def test_unknown_names_have_no_direction(name: str) -> None:
    assert direction(name) is None


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("accuracy", 0.5, "share"),
        ("accuracy", 0, "share"),
        ("accuracy", 1, "share"),
        ("accuracy", 93.1, ""),
        ("accuracy", math.nan, "share"),
        ("accuracy", None, "share"),
        ("error_rate", 0.1, "share"),
        ("loss", 0.5, ""),
        ("latency_ms", 12, "ms"),
        ("fit_seconds", 12, "s"),
        ("fit_s", 12, "s"),
        ("step_us", 12, "µs"),
        ("model_bytes", 12, "B"),
        ("cost_usd", 12, "$"),
        ("r2", 0.5, ""),
    ],
)
def test_units(name: str, value: float | None, unit: str) -> None:
    assert metric_unit(name, value) == unit


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.5, True), (3, True), (10**400, True), (math.nan, False), (math.inf, False),
     (-math.inf, False), (None, False), (True, False), ("1", False)],
)  # fmt: skip
def test_finite(value: object, expected: bool) -> None:
    assert finite(value) is expected


def test_the_key_is_name_slice_and_split() -> None:
    assert Metric(name="a", value=1, split="test", slice="x > 1").key == ("a", "x > 1", "test")
