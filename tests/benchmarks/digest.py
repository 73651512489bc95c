"""A frame's fingerprint beside pandas' hash of its rows: ``python -m tests.benchmarks.digest``.

Both read every cell. Timed in turn, so that a busy machine slows both; CPU seconds are told too,
because the fingerprint uses all cores and pandas one. A first look is one of a session that has
never seen these values; a look again reads and digests all of them, and spares what follows from
digests alone.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from time import perf_counter, process_time

import numpy as np
import pandas as pd

from jupyter_mvt.capture.data.fingerprint import describe
from jupyter_mvt.capture.data.kind import table_of
from jupyter_mvt.capture.data.profile import profile, sample_rows
from jupyter_mvt.capture.data.reading import forget
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


def compare(frame: pd.DataFrame, rounds: int) -> dict[str, float]:
    """Return median seconds of first looks, of looks again, and of pandas' hash."""
    return in_turn(_contenders(frame), rounds)


def _contenders(frame: pd.DataFrame) -> dict[str, Callable[[], object]]:
    def first() -> None:
        forget()
        describe(frame, "x")

    return {
        "first": first,
        "again": lambda: describe(frame, "x"),
        "pandas": lambda: pd.util.hash_pandas_object(frame),
    }


def _cpu(run: Callable[[], object], rounds: int = 5) -> float:
    spent = []
    for _ in range(rounds):
        started = process_time()
        run()
        spent.append(process_time() - started)
    return statistics.median(spent)


def _profiles(frame: pd.DataFrame) -> float:
    """Return the seconds that to look at a sample of all columns takes, in one thread."""
    table = table_of(frame)
    assert table is not None
    rows = sample_rows(table.rows, len(table.strips))
    started = perf_counter()
    for strip in table.strips:
        profile(strip, rows, 0)
    return perf_counter() - started


def main(rows: int = 500_000, rounds: int = 7) -> None:
    """Print the table."""
    load = os.getloadavg()[0]
    print(f"{rows:,} rows, {os.cpu_count()} cores, load {load:.1f}")
    for name, make in FRAMES.items():
        frame = make(rows)
        taken = compare(frame, rounds)
        cpu = {key: _cpu(run) for key, run in _contenders(frame).items()}
        print(
            f"{name}: pandas {milliseconds(taken['pandas'])}, CPU {milliseconds(cpu['pandas'])}; "
            + "; ".join(
                f"{key} {milliseconds(taken[key])}, {taken['pandas'] / taken[key]:.1f} ×, "
                f"CPU {milliseconds(cpu[key])}"
                for key in ("first", "again")
            )
            + f"; profiles apart {milliseconds(_profiles(frame))}"
        )


if __name__ == "__main__":
    main()
