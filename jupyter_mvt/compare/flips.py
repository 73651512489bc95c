"""What differs between the predictions of two versions, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mvt.objects.commit import Scalar

__all__ = ["ExampleChange", "FlipCount", "PredictionsDiff", "SliceChange"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleChange:
    """One example: its truth, and what either side predicts.

    A score is the probability that a side gave the truth, or its residual; ``None`` if unknown.
    `fixed` tells that the other side is right or closer, else it is wrong or farther.
    """

    row: int
    fixed: bool
    truth: Scalar
    base: Scalar
    other: Scalar
    base_score: float | None = None
    other_score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipCount:
    """How many examples of one truth went from one prediction to another."""

    truth: Scalar
    base: Scalar
    other: Scalar
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceChange:
    """Examples of a slice: on how many both sides agree, and how many broke or were fixed."""

    name: str
    rows: int
    agree: int
    broke: int
    fixed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionsDiff:
    """What both sides predict for the same rows.

    Attributes
    ----------
    agree
        Rows with equal predictions.
    broke, fixed
        Rows right before and wrong now, and the other way; of numbers, farther and closer.
    both_right, both_wrong
        The rest; 0 of numbers.
    p
        McNemar's mid-p: how likely so uneven a split is by chance alone.
    flips
        The most common changes of class.
    examples
        Some of each direction, those whose score moved most first.
    slices
        Those known of either evaluation, what lost most first.
    """

    task: str
    split: str
    rows: int
    agree: int
    broke: int
    fixed: int
    both_right: int
    both_wrong: int
    p: float
    flips: tuple[FlipCount, ...] = ()
    examples: tuple[ExampleChange, ...] = ()
    slices: tuple[SliceChange, ...] = ()
