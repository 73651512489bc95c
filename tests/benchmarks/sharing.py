"""What versions share: forests, frames, fine-tunes; bars B8, B9 and B11 of the store.

``python -m tests.benchmarks.sharing`` prints them at full size; `tests/system/test_sharing.py`
states them as laws, small enough for every run.
"""

from __future__ import annotations

import copy
import pickle
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import jupyter_mvt as mvt
from jupyter_mvt.store.quota import used_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt import Repo
    from jupyter_mvt.objects.manifest import Entry

__all__ = ["Figure", "forests", "frames", "six_versions"]

LARGE = 4096


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured share beside its bar."""

    what: str
    share: float
    bar: float
    least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the bar is met."""
        return self.share >= self.bar if self.least else self.share <= self.bar

    def __str__(self) -> str:
        sign = "≥" if self.least else "≤"
        mark = "holds" if self.holds else "MISSED"
        return f"{self.what:<58} {self.share:>8.1%}  {sign} {self.bar:<7.0%} {mark}"


def forests(folder: Path, trees: int, rows: int) -> Iterator[Figure]:
    """B8: a forest copied, pickled and loaded, and with a tenth more trees."""
    from sklearn.ensemble import RandomForestClassifier

    repo = _repository(folder)
    random = np.random.default_rng(0)
    data = random.normal(size=(rows, 20))
    target = (data[:, 0] + data[:, 1] * data[:, 2] > 0).astype(int)
    forest = RandomForestClassifier(trees, random_state=0, warm_start=True).fit(data, target)
    made = repo.commit(forest)
    whole = made.commit.new_bytes
    buffers = _large(repo)
    for what, other in (
        ("forest after deepcopy", copy.deepcopy(forest)),
        ("forest after a round trip through pickle", pickle.loads(pickle.dumps(forest))),
    ):
        repo.commit(other, allow_empty=True)
        again = _large(repo)
        shared = sum(entry.chunks == buffers[path].chunks for path, entry in again.items())
        yield Figure(f"{what}: large buffers shared", shared / len(buffers), 1.0, least=True)
    forest.set_params(n_estimators=trees + trees // 10).fit(data, target)
    grown = repo.commit(forest).commit.new_bytes
    yield Figure("forest with 10 % more trees: new bytes", grown / whole, 0.12)


def frames(folder: Path, rows: int) -> Iterator[Figure]:
    """B9: a frame kept as a variable; a column, a cell, more rows, fewer, their labels kept."""
    repo = _repository(folder)
    frame = _frame(rows)
    whole = _keep(repo, frame)
    column = frame.copy()
    column["b"] += 1
    yield Figure("frame with one column changed: new ÷ its bytes",
                 _keep(repo, column) / (8 * rows), 1.05)  # fmt: skip
    cell = frame.copy()
    cell.loc[rows // 2, "c"] = 1.5
    before = _chunks(repo, frame)
    fresh = len(_chunks(repo, cell) - before)
    yield Figure("frame with one cell changed: new chunks of 2", fresh / 2, 1.0)
    more = pd.concat([frame, _frame(rows // 100, seed=9)], ignore_index=True)
    yield Figure("frame with 1 % more rows: new bytes", _keep(repo, more) / whole, 0.05)
    fewer = frame.drop(index=range(rows // 2, rows // 2 + 100)).reset_index(drop=True)
    yield Figure("frame with 100 rows deleted: new bytes", _keep(repo, fewer) / whole, 0.12)
    other = _repository(folder)
    whole = _keep(other, frame)
    fewer = frame.drop(frame.index[rows // 2 : rows // 2 + 100])
    yield Figure("frame with 100 rows deleted, labels kept: new bytes",
                 _keep(other, fewer) / whole, 0.12)  # fmt: skip


def six_versions(folder: Path, width: int, steps: int) -> Figure:
    """B11: base, head, full fine-tune, low-rank half, exact revert, saved again; all packed."""
    repo = _repository(folder)
    raw = 0
    for module in _versions(width, steps):
        raw += sum(p.numel() * 4 for p in module.parameters())
        repo.commit(module, allow_empty=True)
    repo.gc(pack="all", grace_days=0)
    stored = used_bytes(repo._handle.store)
    name = f"six versions of {raw / 6e6:.0f} MB, packed: {stored / 1e6:.1f} of {raw / 1e6:.1f} MB"
    return Figure(name, stored / raw, 40 / 125.8)


def _versions(width: int, steps: int) -> Iterator[Any]:
    import torch
    from torch import nn

    torch.manual_seed(0)
    base = nn.Sequential(
        *(layer for _ in range(5) for layer in (nn.Linear(width, width), nn.GELU())),
        nn.Linear(width, 10),
    )
    yield base
    head = copy.deepcopy(base)
    with torch.no_grad():
        head[-1].weight.normal_()
    yield head
    tuned = copy.deepcopy(base)
    optimizer = torch.optim.AdamW(tuned.parameters(), lr=2e-5, fused=True)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(tuned(torch.randn(64, width)), torch.randint(10, (64,)))
        loss.backward()
        optimizer.step()
    yield tuned
    merged = copy.deepcopy(base)
    with torch.no_grad():
        for layer in list(merged)[: len(merged) // 2 : 2]:
            low = torch.randn(width, 8) @ torch.randn(8, width)
            layer.weight += 1e-4 * low
    yield merged
    yield copy.deepcopy(base)
    yield pickle.loads(pickle.dumps(tuned))


def _repository(folder: Path) -> Repo:
    place = Path(tempfile.mkdtemp(dir=folder))
    return mvt.init(place)


def _frame(rows: int, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    numbers = {name: random.normal(size=rows) for name in "abcdef"}
    numbers["n"] = random.integers(0, 1 << 40, rows)
    frame = pd.DataFrame(numbers)
    frame["t"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame["n"] % (1 << 30), unit="s")
    return frame


def _keep(repo: Repo, frame: pd.DataFrame) -> int:
    from jupyter_mvt.capture.variables.kept import take_variables
    from jupyter_mvt.objects.snapshot import Snapshot
    from jupyter_mvt.store.snapshot import write_snapshot
    from jupyter_mvt.store.writer import begin

    drafts, _ = take_variables({"frame": frame}, ["frame"])
    with begin(repo._handle.store) as pack:
        write_snapshot(pack, Snapshot(variables=drafts))
        return pack.publish().new_bytes


def _chunks(repo: Repo, frame: pd.DataFrame) -> set[str]:
    from jupyter_mvt.capture.variables.kept import take_variables
    from jupyter_mvt.store.writer import begin

    (draft,), _ = take_variables({"frame": frame}, ["frame"])
    with begin(repo._handle.store) as pack:
        _, manifest = pack.bundle(draft.bundle)
    return {chunk for entry in manifest.decoded().entries for chunk in entry.chunks}


def _large(repo: Repo) -> dict[str, Entry]:
    store, model = repo._handle.store, repo["HEAD"].commit.content.models[0]
    entries = store.manifest(model.weights).entries
    return {entry.path: entry for entry in entries if entry.nbytes >= LARGE}


def main() -> int:
    """Print every figure at full size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = [*forests(folder, 300, 4000), *frames(folder, 1_000_000)]
        found.append(six_versions(folder, 1024, 20))
    for figure in found:
        sys.stdout.write(f"{figure}\n")
    return 0 if all(figure.holds for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
