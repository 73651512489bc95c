"""Which value stands for a metric that was measured on several splits."""

from __future__ import annotations

from jupyter_mvt.metrics.quoting import literal

__all__ = ["split_order", "split_rank"]

_RANKS = {
    "": 0,
    "test": 1,
    "holdout": 2,
    "validation": 3,
    "valid": 3,
    "val": 3,
    "dev": 3,
}
_OTHER = 4
_TRAIN = 5


def split_rank(split: str) -> tuple[int, str]:
    """Return a key to sort splits by: unknown, test, validation, others, and train last."""
    if split.startswith("train"):
        return _TRAIN, split
    return _RANKS.get(split, _OTHER), split


def split_order(column: str) -> str:
    """Return `split_rank` as the expressions of a SQL ``ORDER BY`` over `column`."""
    cases = " ".join(f"WHEN {literal(name)} THEN {rank}" for name, rank in _RANKS.items())
    train = f"starts_with({column}, 'train')"
    return f"CASE WHEN {train} THEN {_TRAIN} ELSE CASE {column} {cases} ELSE 4 END END, {column}"
