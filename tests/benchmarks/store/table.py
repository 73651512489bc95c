"""The measured values as Markdown, and against their bars."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks.store.small import ARRAYS, LENGTH
from tests.benchmarks.store.speed import FIRST, HASH, LEAST, OURS
from tests.benchmarks.timing import milliseconds

if TYPE_CHECKING:
    from tests.benchmarks.store.loads import Loads
    from tests.benchmarks.store.sizes import Sizes
    from tests.benchmarks.store.speed import Speed

__all__ = ["Bar", "bars", "table"]

TORCH, CP = "`torch.save` + fsync", "`cp` + fsync"
DVC, MLFLOW = "`dvc add`", "MLflow `log_model`"
LARGE = 400 * 10**6
TUNED = 2
"""Which case is full fine-tuning in fp32: what packing is for, and its speed is judged by."""
MOST_COPIES = (0.86, 1.35, 3.7, 1.7)
_SMALL = f"{ARRAYS:,} arrays of {LENGTH // 1024} kB"
# 64 MB, and two chunks for each of two threads.
MOST_EXTRA = 64 + 2 * 2 * 8.4


class Bar(NamedTuple):
    """A measured value and the most that it may be."""

    name: str
    value: float
    most: float


def bars(speeds: list[Speed], loads: list[Loads], copies: list[Sizes], small: float) -> list[Bar]:
    """Return every bar of the store that this run can tell."""
    found = []
    for speed in speeds:
        if speed.size < LARGE:
            continue
        size = f"{speed.size / 1e6:.0f} MB"
        cases = speed.cases
        rest = [
            ("unchanged", HASH, 1.5), ("head changed", TORCH, 1 / 5), ("head changed", DVC, 1 / 20),
            ("head changed", MLFLOW, 1 / 6), (FIRST, TORCH, 0.9), (FIRST, CP, 1.6),
            ("every weight changed", TORCH, 1.1),
        ]  # fmt: skip
        found += [
            Bar(f"{case}, {size}, beside {who}", cases[case][OURS] / cases[case][who], most)
            for case, who, most in rest
            if who in cases[case]
        ]
        found.append(Bar(f"bytes added by a new head, {size}, kB", speed.head_new / 1e3, 128))
    for load in loads:
        size = f"{load.size / 1e6:.0f} MB"
        found += [
            Bar(f"hot load, {size}, beside torch.load", load.hot / load.torch, 0.5),
            Bar(f"packed load, {size}, beside torch.load", load.packed / load.torch, 4),
            Bar(f"extra memory of a commit, {size}, MB", load.commit_extra / 1e6, MOST_EXTRA),
            Bar(f"extra memory of a restore, {size}, MB", load.restore_extra / 1e6, MOST_EXTRA),
        ]  # fmt: skip
    found += [
        Bar(f"ten versions, {sizes.case}", sizes.copies[OURS], most)
        for sizes, most in zip(copies, MOST_COPIES, strict=True)
    ]
    tuned = copies[TUNED]
    # What the prototype was held to; reading, verifying and writing are in the table beside it.
    found += [
        Bar(f"seconds to encode a GB on a core, {tuned.case}", 1e9 / tuned.encoding, 1 / 0.35),
        Bar(f"seconds to decode a GB on a core, {tuned.case}", 1e9 / tuned.decoding, 1 / 0.5),
    ]
    found.append(Bar(f"{_SMALL}, beside one file with fsync", small, 2))
    return found


def table(
    speeds: list[Speed], loads: list[Loads], copies: list[Sizes], small: float, rounds: int
) -> str:
    """Return the tables as Markdown."""
    parts = [_speed(speeds), _copies(copies), _loads(loads)]
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    parts.append(
        f"Medians of at least {LEAST}, of slow peers {rounds}, one run on {machine}, in turn on a "
        "synced disk; ratios travel, times do not. DVC, git-lfs, restic and borg keep a file whose "
        f"saving is not counted. The store's part of a commit of {_SMALL} takes {small:.1f} x as "
        "long as one file with fsync."
    )
    return "\n\n".join(parts)


def _speed(speeds: list[Speed]) -> str:
    columns = [(speed, case) for speed in speeds for case in speed.cases]
    titles = [f"{_size(speed.size)}, {case}" for speed, case in columns]
    everyone = dict.fromkeys(
        who for speed in speeds for taken in speed.cases.values() for who in taken
    )
    order = [OURS, HASH, *(who for who in everyone if who not in {OURS, HASH})]
    lines = ["| time to keep a version | " + " | ".join(order) + " |"]
    lines.append("|---" * (len(order) + 1) + "|")
    for title, (speed, case) in zip(titles, columns, strict=True):
        taken = speed.cases[case]
        cells = [milliseconds(taken[who]) if who in taken else "" for who in order]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _copies(copies: list[Sizes]) -> str:
    everyone = dict.fromkeys(who for sizes in copies for who in sizes.copies)
    head = "| ten versions of all-MiniLM-L6-v2, in copies of one | " + " | ".join(everyone)
    speeds = "packing, a core | encoding all of it, a core | decoding"
    lines = [f"{head} | {speeds} |", "|---" * (len(everyone) + 4) + "|"]
    for sizes in copies:
        cells = [f"{sizes.copies[who]:.2f}" if who in sizes.copies else "" for who in everyone]
        speed = " | ".join(
            f"{rate / 1e9:.2f} GB/s" for rate in (sizes.packing, sizes.encoding, sizes.decoding)
        )
        lines.append(f"| {sizes.case} | " + " | ".join(cells) + f" | {speed} |")
    return "\n".join(lines)


def _loads(loads: list[Loads]) -> str:
    lines = [
        "| bringing a version back, in a new process | `torch.load` | as committed | packed "
        "| packing, a core, every weight moved at random | extra memory of commit, restore |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {_size(load.size)} | {milliseconds(load.torch)} | {milliseconds(load.hot)} "
        f"| {milliseconds(load.packed)} | {load.packing / 1e9:.2f} GB/s "
        f"| {load.commit_extra / 1e6:.0f} MB, {load.restore_extra / 1e6:.0f} MB |"
        for load in loads
    ]
    return "\n".join(lines)


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 10**9 else f"{size / 1e6:.0f} MB"
