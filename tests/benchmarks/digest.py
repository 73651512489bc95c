"""A frame's fingerprint beside pandas' hash of its rows: ``python -m tests.benchmarks.digest``.

Both read every cell. Timed in turn, so that a busy machine slows both; CPU seconds are told too,
because the fingerprint uses all cores and pandas one.
"""

from __future__ import annotations

import os
import statistics
from time import process_time

import numpy as np
import pandas as pd

from jupyter_mvt.capture.data import describe
from tests.benchmarks.timing import in_turn, milliseconds

__all__ = ["FRAMES", "compare", "main"]

_WORDS = np.array(["alpha", "beta", "gamma delta", "epsilon zeta eta", "x"])


def numeric(rows: int) -> pd.DataFrame:
    """Return twenty columns of floats."""
    values = np.random.default_rng(0).normal(size=(rows, 20))
    return pd.DataFrame(values, columns=[f"c{i}" for i in range(20)])


def mixed(rows: int) -> pd.DataFrame:
    """Return floats with gaps, integers, few and many words, categories, times and flags."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            **{f"f{i}": rng.normal(size=rows) for i in range(6)},
            **{f"i{i}": rng.integers(0, 1000, rows) for i in range(4)},
            "word": pd.array(_WORDS[rng.integers(0, 5, rows)], dtype="str"),
            "key": pd.array(rng.integers(0, 10**6, rows).astype(str), dtype="str"),
            "category": pd.Categorical(_WORDS[rng.integers(0, 5, rows)]),
            "time": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 10**7, rows), "s"),
            "flag": rng.random(rows) < 0.5,
        }
    )
    frame.loc[::50, "f0"] = np.nan
    return frame


def texts(rows: int) -> pd.DataFrame:
    """Return sentences, keys and few words."""
    rng = np.random.default_rng(0)
    many = pd.Series(rng.integers(0, 10**6, rows).astype(str))
    return pd.DataFrame(
        {
            "word": pd.array(_WORDS[rng.integers(0, 5, rows)], dtype="str"),
            "key": many.astype("str"),
            "sentence": ("the row of number " + many).astype("str"),
        }
    )


def categories(rows: int) -> pd.DataFrame:
    """Return four columns of codes for words."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {f"c{i}": pd.Categorical(_WORDS[rng.integers(0, 5, rows)]) for i in range(4)}
    )


def times(rows: int) -> pd.DataFrame:
    """Return ten columns of times."""
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2026-01-01")
    return pd.DataFrame(
        {f"t{i}": start + pd.to_timedelta(rng.integers(0, 10**7, rows), "s") for i in range(10)}
    )


FRAMES = {
    "numeric": numeric, "mixed": mixed, "text": texts, "category": categories, "datetime": times
}  # fmt: skip


def compare(frame: pd.DataFrame, rounds: int) -> tuple[float, float]:
    """Return median seconds of the fingerprint and of pandas' hash."""
    taken = in_turn(
        {
            "mvt": lambda: describe(frame, "x"),
            "pandas": lambda: pd.util.hash_pandas_object(frame),
        },
        rounds,
    )
    return taken["mvt"], taken["pandas"]


def _cpu(run: object, rounds: int = 3) -> float:
    spent = []
    for _ in range(rounds):
        started = process_time()
        run()  # type: ignore[operator]
        spent.append(process_time() - started)
    return statistics.median(spent)


def main(rows: int = 500_000, rounds: int = 7) -> None:
    """Print the table."""
    load = os.getloadavg()[0]
    print(f"{rows:,} rows, {os.cpu_count()} cores, load {load:.1f}")
    for name, make in FRAMES.items():
        frame = make(rows)
        ours, theirs = compare(frame, rounds)
        cpu = _cpu(lambda frame=frame: describe(frame, "x"))
        cpu_theirs = _cpu(lambda frame=frame: pd.util.hash_pandas_object(frame))
        print(
            f"{name}: {milliseconds(ours)} against {milliseconds(theirs)}, {theirs / ours:.1f} ×; "
            f"CPU {milliseconds(cpu)} against {milliseconds(cpu_theirs)}"
        )


if __name__ == "__main__":
    main()
